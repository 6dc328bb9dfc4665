import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId, SchoolId } from '../ids.ts'
import type { MailWords } from '../messages/mail.ts'
import { enqueueMails } from '../notifications/enqueue.ts'
import { nextMorning } from '../notifications/quiet-hours.ts'
import { addressesOf } from './addresses.ts'
import type { MandateRole } from './mandate.ts'
import { boardById } from './store.ts'

/** What comes to wait for staff: whose it is to do, how they are told, and the page where it waits. */
export interface Waiting {
  roles: readonly MandateRole[]
  mail: MailWords<[board: string, link: string]>
  path: `/school${string}`
}

/**
 * Mails staff that something came to wait for them: once the next morning, however much came until then. Before the ledger, as
 * every mail. Does NOT check who asks.
 *
 * @param schoolId whoever may act for that school is told too; null: only who may act for the whole board
 */
export async function tellStaff(
  tx: Tx,
  deps: Pick<Deps, 'secret' | 'issuer'>,
  at: Date,
  { boardId, schoolId }: { boardId: BoardId; schoolId: SchoolId | null },
  { roles, mail, path }: Waiting,
): Promise<void> {
  const addresses = await addressesOf(tx, boardId, await whoMayAct(tx, boardId, schoolId, roles, at))
  if (addresses.length === 0) return
  const { name } = await boardById(tx, boardId)
  const notBefore = nextMorning(at)
  await enqueueMails(
    tx,
    deps,
    addresses.map(({ personId, email, language }) => ({
      to: email,
      ...mail[language](name, `${deps.issuer}${path}`),
      dedupKey: `waiting:${path}:${boardId}:${personId}:${notBefore.toISOString()}`,
      notBefore,
      byDay: true,
      at,
    })),
  )
}

/** Whom `mustHold` lets act there. */
async function whoMayAct(
  tx: Tx,
  boardId: BoardId,
  schoolId: SchoolId | null,
  roles: readonly MandateRole[],
  at: Date,
): Promise<PersonId[]> {
  const rows = await tx
    .selectFrom('mandates')
    .select('person_id')
    .distinct()
    .where('board_id', '=', boardId)
    .where('role', 'in', roles)
    .where((where) => where.or([where('school_id', 'is', null), where('school_id', '=', schoolId)]))
    .where('starts_at', '<=', at)
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .orderBy('person_id')
    .execute()
  return rows.map(({ person_id }) => person_id)
}
