import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'
import { personsIn } from './audience.ts'
import { tellDeciders } from './notices.ts'

/**
 * Mails the deciders of rounds that were published, are open and were not told yet, one mail each. After the publication
 * and again by a job: a crash in between tells them later, never twice. A round that opens in May is told in May.
 */
export async function tellRounds(deps: Deps, boardId: BoardId): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const rounds = await tx
      .updateTable('rounds')
      .set({ told_at: at })
      .where('board_id', '=', boardId) // rounds_pkey
      .where('published_at', 'is not', null)
      .where('told_at', 'is', null)
      .where((where) => where.or([where('opens_at', 'is', null), where('opens_at', '<=', at)]))
      .returning(['round_id', 'subject_kind', 'audience'])
      .execute()
    for (const { round_id, subject_kind, audience } of rounds) {
      if (!audience) throw new Error(`round ${round_id} was published to nobody`)
      const { rows } = await personsIn(audience, subject_kind, boardId, at).execute(tx)
      await tellDeciders(
        tx,
        deps,
        at,
        boardId,
        rows.map(({ person_id }) => person_id),
      )
    }
  })
}
