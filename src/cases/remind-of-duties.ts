import { sql } from 'kysely'
import { type Duty, overdueDuties } from '../agreements/duties.ts'
import { amsterdamDay } from '../clock.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AccountId, BoardId, SupplierId } from '../ids.ts'
import { DUTY_MAIL } from '../messages/case-mails.ts'
import { enqueueMails, type NewMail } from '../notifications/enqueue.ts'
import { isQuiet } from '../notifications/quiet-hours.ts'
import { boardById } from '../people/store.ts'
import { holdersOf, mailAboutCase } from './case-mails.ts'

const WEEK = 7 * 86_400_000

/**
 * Reminds whoever has to do something by a day that has passed, once a week until it is confirmed (M21, P23): a supplier of what it
 * has to destroy or put right, and the school of what it has to take down itself. A job of the board; never in the quiet hours.
 *
 * @returns how many mails were written
 */
export async function remindOfDuties(deps: Deps, boardId: BoardId): Promise<number> {
  const at = deps.now()
  if (isQuiet(at)) return 0
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const overdue = await overdueDuties(tx, boardId, at)
    if (overdue.length === 0) return 0
    // The oldest stands first: the weeks are counted from the day on which it was due.
    const weekOf = (oldest: Duty) => `${amsterdamDay(oldest.dueAt)}:${Math.floor((at.getTime() - oldest.dueAt.getTime()) / WEEK)}`
    const oldestOf = (supplierId: SupplierId) => overdue.find((duty) => duty.supplierId === supplierId)!
    const suppliers = [...new Set(overdue.flatMap(({ supplierId }) => supplierId ?? []))].toSorted()
    const { name } = await boardById(tx, boardId)
    const mails = (await membersOf(tx, suppliers)).map(
      ({ supplier_id, account_id, email, language }): NewMail => ({
        to: email,
        ...DUTY_MAIL[language](name, `${deps.issuer}/supplier/${supplier_id}/duties`),
        dedupKey: `overdue:${boardId}:${supplier_id}:${account_id}:${weekOf(oldestOf(supplier_id))}`,
        byDay: true,
        at,
      }),
    )
    const written = await enqueueMails(tx, deps, mails)
    const own = overdue.find(({ supplierId, approach }) => supplierId === null && approach === 'organisation')
    if (!own) return written
    const staff = await holdersOf(tx, boardId, ['consent_officer', 'school_leader'], at)
    return (
      written +
      (await mailAboutCase(tx, deps, at, boardId, staff, {
        mail: 'overdue',
        path: '/school/duties',
        key: `overdue:${weekOf(own)}`,
        byDay: true,
      }))
    )
  })
}

interface Reminded {
  supplier_id: SupplierId
  account_id: AccountId
  email: string
  language: 'nl' | 'en'
}

/** Who handles the duties of these suppliers now and has an address. */
async function membersOf(tx: Tx, supplierIds: readonly SupplierId[]): Promise<Reminded[]> {
  const { rows } = await sql<Reminded>`
    select m.supplier_id, m.account_id, a.email, case when a.language = 'en' then 'en' else 'nl' end as language
    from members m join accounts a on a.account_id = m.account_id
    where m.supplier_id = any(${supplierIds}::uuid[]) and m.ended_at is null and a.email is not null and m.roles && '{administrator,contracts}' -- members_once
    order by m.supplier_id, m.account_id`.execute(tx)
  return rows
}
