import { type Selectable, sql } from 'kysely'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, MemberId, SupplierId } from '../ids.ts'
import type { MemberTable } from '../members/tables.ts'
import { TIDINGS } from '../messages/tidings.ts'
import { enqueueMails, type NewMail } from '../notifications/enqueue.ts'
import { isQuiet } from '../notifications/quiet-hours.ts'
import { isTheirs, type Waiting, waitingAt } from './waiting-at-supplier.ts'

/** Nobody is mailed more often than this about one board; what came meanwhile is in the next mail. */
const APART_MS = 3_600_000
/** What waits longer is on the page, and is nobody's news. */
const NEWEST_MS = 7 * 86_400_000

/**
 * Mails whoever works for a supplier what has come to wait for them at a board, once about each thing and at most once an hour:
 * those whose role it is, and the administrators where nobody has it. A job of the board; never in the quiet hours.
 *
 * @returns how many mails were written
 */
export async function tellMembers(deps: Deps, boardId: BoardId): Promise<number> {
  const at = deps.now()
  if (isQuiet(at)) return 0
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const fresh = (await waitingAt(tx, [boardId], at)).filter(({ since }) => since > new Date(at.getTime() - NEWEST_MS))
    if (fresh.length === 0) return 0
    const members = await membersToTell(tx, boardId, [...new Set(fresh.map(({ supplierId }) => supplierId))], at)
    const mails: NewMail[] = []
    for (const member of members) {
      const told = await takeDown(
        tx,
        boardId,
        member.member_id,
        fresh.filter((one) => isFor(member, one, members)),
        at,
      )
      if (told.length === 0) continue
      const { subject, text, kinds } = TIDINGS[member.language]
      const list = [...new Set(told.map(({ kind }) => kinds[kind]))].map((line) => `- ${line}\n`).join('')
      mails.push({ to: member.email, subject, text: text(list, `${deps.issuer}/supplier/${member.supplier_id}`), byDay: true, at })
    }
    return await enqueueMails(tx, deps, mails)
  })
}

type Told = Pick<Selectable<MemberTable>, 'member_id' | 'supplier_id' | 'roles'> & {
  email: string
  language: 'nl' | 'en'
  resting: boolean
}

/** Whether it is theirs to do, or there is nobody whose it is. */
function isFor(member: Told, waits: Waiting, members: readonly Told[]): boolean {
  const isOurs = (one: Told) => one.supplier_id === waits.supplierId
  const has = (one: Told) => isOurs(one) && isTheirs(waits, { memberId: one.member_id, roles: one.roles })
  return !member.resting && isOurs(member) && (has(member) || (member.roles.includes('administrator') && !members.some(has)))
}

/** Who works for these suppliers and has an address; `resting`: mailed about this board less than an hour ago. */
async function membersToTell(tx: Tx, boardId: BoardId, supplierIds: readonly SupplierId[], at: Date): Promise<Told[]> {
  const { rows } = await sql<Told>`
    select m.member_id, m.supplier_id, m.roles, a.email, case when a.language = 'en' then 'en' else 'nl' end as language,
      exists (
        select from member_tidings t -- member_tidings_pkey
        where t.board_id = ${boardId} and t.member_id = m.member_id and t.told_at > ${new Date(at.getTime() - APART_MS)}
      ) as resting
    from members m join accounts a on a.account_id = m.account_id
    where m.supplier_id = any(${supplierIds}::uuid[]) and m.ended_at is null and a.email is not null -- members_once
    order by m.member_id`.execute(tx)
  return rows
}

/** Of these the ones that this member was not told of before. Another process that tells them now is waited for. */
async function takeDown(tx: Tx, boardId: BoardId, memberId: MemberId, waiting: readonly Waiting[], at: Date): Promise<Waiting[]> {
  if (waiting.length === 0) return []
  const rows = await tx
    .insertInto('member_tidings')
    .values(waiting.map(({ ref }) => ({ board_id: boardId, member_id: memberId, ref, told_at: at })))
    .onConflict((conflict) => conflict.doNothing()) // member_tidings_pkey
    .returning('ref')
    .execute()
  const refs = new Set(rows.map(({ ref }) => ref))
  return waiting.filter(({ ref }) => refs.has(ref))
}
