import { addendaOf } from '../../agreements/addendum-store.ts'
import { checkAddendum } from '../../agreements/check-addendum.ts'
import { signAddendum } from '../../agreements/sign-addendum.ts'
import { sha256 } from '../../canonical.ts'
import { inTransaction } from '../../database.ts'
import type { RequestId } from '../../ids.ts'
import { nameOf, type Stage } from '../stage.ts'
import { chapter, mustBe, shown, step } from '../teller.ts'
import { actorOf } from '../world.ts'
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
  await sign(stage, requestId as RequestId)
  await releaseAs(stage, requestId)
  await collect(stage, telling, (data) => data)
}

/** Contracts are signed at the board's own desk; there is no page for it in this demo. */
async function sign({ deps, world }: Stage, requestId: RequestId): Promise<void> {
  const { boardId } = world
  const addendum = await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) =>
    (await addendaOf(tx, boardId, { requestId })).at(0),
  )
  mustBe(addendum !== undefined, 'an addendum lies ready')
  const { addendumId, text } = addendum!
  await step(nameOf('joost'), 'checks the addendum that was drafted when he passed the question on', async () => {
    await checkAddendum(deps, actorOf(world, 'joost'), { addendumId })
    shown('the addendum', text)
  })
  await step(nameOf('ruud'), 'signs it for the board', async () => {
    await signAddendum(deps, actorOf(world, 'ruud'), { addendumId, textHash: sha256(text).toString('hex') })
  })
}
