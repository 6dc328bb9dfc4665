import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'
import { transfersOf } from './transfer.ts'

/** A dossier that goes or went to another school. */
export interface HeldTransfer {
  school: string
  contents: string
  offeredAt: string
  sentAt: string | null
  cancelledAt: string | null
  /** What whoever asks said of it, last. */
  mine: { at: string; remarks: string | null; agrees: boolean | null } | null
}

/** The dossiers of a pupil that were made ready for another school, with what this person said of them and nobody else. Does NOT check who asks. */
export async function transfersIn(tx: Tx, boardId: BoardId, subjectId: PersonId, viewerId: PersonId): Promise<HeldTransfer[]> {
  return (await transfersOf(tx, boardId, [subjectId])).map(({ receiver, contents, offeredAt, sent, cancelledAt, inspections }) => {
    const mine = inspections.find(({ personId }) => personId === viewerId)
    return {
      school: receiver.name,
      contents,
      offeredAt: offeredAt.toISOString(),
      sentAt: sent?.at.toISOString() ?? null,
      cancelledAt: cancelledAt?.toISOString() ?? null,
      mine: mine ? { at: mine.at.toISOString(), remarks: mine.remarks, agrees: mine.agrees } : null,
    }
  })
}
