import { fsck, reportOf } from '../fsck/fsck.ts'
import { unforeseenByContract } from './chapters/addendum.ts'
import { aliAndZorgpunt } from './chapters/ali.ts'
import { fatimaBySchool, fatimaDirectly } from './chapters/fatima.ts'
import { aConflict, aRefusal, blankCheques } from './chapters/noes.ts'
import { saraBySchool, saraDirectly } from './chapters/sara.ts'
import type { ServingDemo } from './serve-demo.ts'
import { setTheStage } from './stage.ts'
import { chapter, mustBe, shown, step } from './teller.ts'

/** Both examples of the Kaartenboek by both approaches, and what must not happen, over HTTP. @throws NotAsTold */
export async function tellTheStory(demo: ServingDemo): Promise<void> {
  const stage = await setTheStage(demo)
  await fatimaBySchool(stage)
  await fatimaDirectly(stage)
  await saraBySchool(stage)
  await saraDirectly(stage)
  await aliAndZorgpunt(stage)
  await unforeseenByContract(stage)
  await blankCheques(stage)
  await aRefusal(stage)
  await aConflict(stage)
  await stage.settled()
  chapter('The books')
  await step(
    'Anybody who keeps the database',
    'can check that the ledger is whole and tells what the tables say (npm run fsck)',
    async () => {
      const checked = await fsck(demo.deps.db)
      shown('fsck', reportOf(checked))
      mustBe(
        Object.values(checked.findings).every((found) => found.length === 0),
        'no invariant is broken',
      )
    },
  )
}
