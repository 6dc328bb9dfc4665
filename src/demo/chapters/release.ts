import { refusalIn, release } from '../office.ts'
import { mustShow } from '../person.ts'
import { nameOf, type Stage } from '../stage.ts'
import { mustBe, shown, step } from '../teller.ts'

/** Step 4: the school lets the supplier have what people said yes to. */
export async function releaseAs(stage: Stage, requestId: string): Promise<void> {
  const mirjam = await stage.person('mirjam')
  await step(nameOf('mirjam'), 'releases what was said yes to (step 4)', async () => {
    mustShow(await release(mirjam, requestId), 200, 'it is released')
  })
}

/** Where nobody said yes there is nothing to release. */
export async function mustBeRefusedToRelease(stage: Stage, requestId: string, what: string): Promise<void> {
  const mirjam = await stage.person('mirjam')
  await step(nameOf('mirjam'), what, async () => {
    const page = await release(mirjam, requestId)
    mustBe(page.status === 409, 'the release is refused')
    shown('the page says', refusalIn(page))
  })
}
