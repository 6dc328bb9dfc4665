import { addendum, addendumAwaiting, checkAddendum, signAddendum, subjectOf } from '../office.ts'
import { mustShow } from '../person.ts'
import { nameOf, type Stage } from '../stage.ts'
import { chapter, shown, step } from '../teller.ts'
import { askSchool, collect, passOn, say, type Telling } from './by-school.ts'
import { rekenPlusTelling } from './fatima.ts'
import { mustBeRefusedToRelease, releaseAs } from './release.ts'

/** A use that stands in neither contract: both get an addendum, and nothing goes out before both are there (K11). */
export async function unforeseenByContract(stage: Stage): Promise<void> {
  chapter('A use that the contract with the supplier does not cover either')
  const fatima = rekenPlusTelling(stage)
  const telling: Telling = {
    ...fatima,
    reference: 'RP-2026-0415',
    ask: {
      ...fatima.ask,
      partId: 'oudergesprek',
      datatype: 'practice-time',
      occasion: 'De ouders van Fatima willen met Reken Plus praten over het oefenen thuis.',
      reason: {
        nl: 'Wij willen zien hoe lang Fatima oefent, om dat met haar ouders te bespreken.',
        en: 'We want to see how long Fatima practises, to talk about it with her parents.',
      },
    },
  }
  const requestId = await askSchool(telling)
  await passOn(stage, telling, requestId)
  await say(stage, 'nadia', telling, 'yes')
  await mustBeRefusedToRelease(stage, requestId, 'cannot release: the contract with Reken Plus does not have this part')
  await sign(stage)
  await releaseAs(stage, requestId)
  await collect(stage, telling, minutesPractised)
}

interface Practice {
  subjects: { records: { minutes?: number }[] }[]
}

const minutesPractised = (data: unknown) =>
  `talks about ${(data as Practice).subjects.flatMap(({ records }) => records).reduce((sum, { minutes = 0 }) => sum + minutes, 0)} minutes of practice`

/** The contract's side of it: drafted when the question was passed on, checked by the school, signed for the board. */
async function sign(stage: Stage): Promise<void> {
  const [joost, ruud] = [await stage.person('joost'), await stage.person('ruud')]
  const path = await addendumAwaiting(joost)
  await step(nameOf('joost'), 'checks the addendum that was drafted when he passed the question on', async () => {
    shown('the addendum', subjectOf(await addendum(joost, path)))
    mustShow(await checkAddendum(joost, path), 200, 'the addendum is checked')
  })
  await step(nameOf('ruud'), 'signs it for the board', async () => {
    mustShow(await signAddendum(ruud, path), 200, 'the addendum is signed')
  })
}
