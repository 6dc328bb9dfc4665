import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { perDatabase } from '../gather.ts'
import { type DeliveryId, newId } from '../ids.ts'
import { deliverWaiting } from '../notifications/deliver.ts'
import { seal, unseal } from '../sealing.ts'

/** Few: each holds a connection while it waits for others about the same supplier and board, and requests need theirs. */
const AT_ONCE = 4

/**
 * Questions by a hint that wait in the outbox, sealed, until whoever asked has their answer: only then is looked up whom the hint is
 * about, so that no time tells what it is worth.
 *
 * @param kind of the outbox
 * @param sealedFor what a sealed question opens for
 * @param ask asks one; rejects when it is to be tried again later
 */
export function sealedQuestions<Q extends object>(
  kind: 'question' | 'prepared_question',
  sealedFor: string,
  ask: (deps: Deps, question: Q) => Promise<void>,
) {
  /** One turn at a time in a process, and another when somebody came with a question meanwhile. */
  const turnsOf = perDatabase(() => ({ turn: undefined as Promise<void> | undefined, again: false }))

  async function takeTurns(deps: Deps, turns: { turn: Promise<void> | undefined; again: boolean }): Promise<void> {
    const askOne = async ({ payload }: { payload: string }) =>
      await ask(deps, JSON.parse(await unseal(deps.secret, sealedFor, payload)) as Q)
    try {
      while (turns.again) {
        turns.again = false
        await deliverWaiting(deps, kind, askOne, undefined, AT_ONCE)
      }
    } finally {
      turns.turn = undefined
    }
  }

  return {
    /** Puts a question in the outbox, in the transaction that says it was asked. `askWaiting` takes it out. */
    enqueue: async (tx: Tx, { secret }: Deps, at: Date, question: Q): Promise<void> => {
      const payload = await seal(secret, sealedFor, JSON.stringify(question))
      await tx
        .insertInto('deliveries')
        .values({ delivery_id: newId<DeliveryId>(at), kind, payload, run_at: at, made_at: at })
        .execute()
    },

    /** Asks all that waits to be asked. */
    askWaiting: async (deps: Deps): Promise<void> => {
      const turns = turnsOf(deps.db)
      turns.again = true
      turns.turn ??= takeTurns(deps, turns)
      await turns.turn
    },
  }
}
