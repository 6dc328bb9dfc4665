import { sha256 } from '../canonical.ts'
import { revisionOf } from '../consents/store.ts'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { perDatabase } from '../gather.ts'
import { type ClientId, type DeliveryId, newId, type PersonId, type SupplierId } from '../ids.ts'
import { deliverWaiting } from '../notifications/deliver.ts'
import { askHinted } from '../requests/ask-directly.ts'
import type { DirectHint } from '../requests/direct-hint.ts'
import { readAskIn, type StoredAsk } from '../requests/stored-ask.ts'
import { seal, unseal } from '../sealing.ts'
import { pingWhenDecided } from './ping.ts'

const SEALED_FOR = 'ciba-question'

/** A question of a program to whoever its hint is about, which nobody has looked up yet. */
export interface Question {
  clientId: ClientId
  supplierId: SupplierId
  authReqId: string
  ask: StoredAsk
  hint: DirectHint
  /** Whom it has to be about, where it is to take the place of something. */
  onlyAbout?: PersonId | undefined
  /** With what the client is told of the answer, where it registered for it. */
  notificationToken?: string | undefined
}

/** Puts a question in the outbox, in the transaction that says it was asked. `askQuestions` takes it out. */
export async function enqueueQuestion(tx: Tx, { secret }: Deps, at: Date, question: Question): Promise<void> {
  const payload = await seal(secret, SEALED_FOR, JSON.stringify(question))
  const row = { delivery_id: newId<DeliveryId>(at), kind: 'question' as const, payload, run_at: at, made_at: at }
  await tx.insertInto('deliveries').values(row).execute()
}

/** Few: each holds a connection while it waits for others about the same supplier and board, and requests need theirs. */
const AT_ONCE = 4

/** One turn at a time in a process, and another when somebody came with a question meanwhile. */
const turnsOf = perDatabase(() => ({ turn: undefined as Promise<void> | undefined, again: false }))

/**
 * Asks what waits to be asked: looks up whom each hint is about, and makes the question and its place in the request that waits
 * for the answer in one transaction. A hint that is good for nothing leaves a request that nobody answers.
 */
export async function askQuestions(deps: Deps): Promise<void> {
  const turns = turnsOf(deps.db)
  turns.again = true
  turns.turn ??= takeTurns(deps, turns)
  await turns.turn
}

async function takeTurns(deps: Deps, turns: { turn: Promise<void> | undefined; again: boolean }): Promise<void> {
  const ask = async ({ payload }: { payload: string }) =>
    await askOne(deps, JSON.parse(await unseal(deps.secret, SEALED_FOR, payload)) as Question)
  try {
    while (turns.again) {
      turns.again = false
      await deliverWaiting(deps, 'question', ask, undefined, AT_ONCE)
    }
  } finally {
    turns.turn = undefined
  }
}

async function askOne(deps: Deps, { clientId, supplierId, authReqId, ask, hint, onlyAbout, notificationToken }: Question): Promise<void> {
  const hash = sha256(authReqId)
  const waiting = await deps.db
    .selectFrom('ciba_requests as r')
    .innerJoin('clients as c', 'c.client_id', 'r.client_id')
    .innerJoin('suppliers as s', 's.supplier_id', 'r.supplier_id')
    .select('r.expires_at')
    .where('r.auth_req_id_hash', '=', hash) // ciba_requests_pkey
    .where('r.expires_at', '>', deps.now())
    .where('c.disabled_at', 'is', null)
    .where('s.suspended_at', 'is', null)
    .executeTakeFirst()
  if (!waiting) return
  await askHinted(deps, { clientId, supplierId }, readAskIn(ask), { hint, onlyAbout }, async (tx, at, asked) => {
    const { boardId, requestId, consentId } = asked
    const { numUpdatedRows } = await tx
      .updateTable('ciba_requests')
      .set({
        board_id: boardId,
        request_id: requestId,
        consent_id: consentId,
        consent_revision: await revisionOf(tx, boardId, consentId),
      })
      .where('auth_req_id_hash', '=', hash) // ciba_requests_pkey
      .where('consent_id', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 1n && notificationToken)
      await pingWhenDecided(tx, deps, at, asked, { clientId, authReqId, token: notificationToken }, waiting.expires_at)
  })
}
