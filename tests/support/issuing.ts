// A process that redeems one grant without a pause, ten times at once, and says how it goes. Started by `standing-ends.test.ts`.
import { openDatabase } from '../../src/database.ts'
import type { Deps } from '../../src/deps.ts'
import { redeem } from '../../src/grants/redeem.ts'
import { NotGranted, type Redeemer, type Wish } from '../../src/grants/wish.ts'

export interface Issuing {
  url: string
  issuers: number
  redeemer: Redeemer
  wish: Wish
}

/** What it says, every few milliseconds. */
export interface Counts {
  issued: number
  refused: number
  /** What was neither a token nor the refusal of a grant. */
  other: string[]
}

const { url, issuers, redeemer, wish } = JSON.parse(process.argv[2]!) as Issuing
const db = openDatabase({ url, max: issuers })
const quiet = () => {}
const deps = { db, now: () => new Date(), log: { debug: quiet, info: quiet, warning: quiet, error: quiet } } as unknown as Deps
const counts: Counts = { issued: 0, refused: 0, other: [] }
let going = true
process.once('message', () => {
  going = false
})
const telling = setInterval(() => process.send!(counts), 3)

async function issue(): Promise<void> {
  while (going) {
    try {
      await redeem(deps, redeemer, wish)
      counts.issued += 1
    } catch (error) {
      if (error instanceof NotGranted) counts.refused += 1
      else counts.other.push(String(error))
      // A refusal is quick: whoever only refuses would leave the others no time.
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
}

await Promise.all(Array.from({ length: issuers }, issue))
clearInterval(telling)
await db.destroy()
process.disconnect()
