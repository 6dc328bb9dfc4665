import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../src/database.ts'
import type { Deps } from '../../src/deps.ts'
import { runJobs } from '../../src/jobs/run-jobs.ts'
import { effect } from './job-effect.ts'

/** A process of its own that works on jobs until it is killed: it says `inside` when it stands in the middle of one. */
const [url, now] = process.argv.slice(2)
const at = new Date(now!)
const db = openDatabase({ url: url!, max: 4 })
const silent = () => {}
const deps = { db, now: () => at, log: { debug: silent, info: silent, warning: silent, error: silent } } as unknown as Deps
const stand = async () => {
  process.stdout.write('inside\n')
  await sleep(60_000)
}
await runJobs(deps, {
  roster_import: async (_, job) => {
    await job.last(async (tx) => {
      await effect(tx, job.boardId, at)
      await stand()
      return {}
    })
  },
  roster_preview: async (_, job) => {
    for (let nr = Number(job.reached?.nr ?? 0); nr < 4; nr += 1) {
      if (nr === 2) await stand()
      await job.step(async (tx) => ({ reached: { nr: nr + 1 }, is: await effect(tx, job.boardId, at) }))
    }
  },
})
