import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'

const GONE = '–'

/**
 * Erases what the broker has about pupils whose administration is over: names, birth date, addresses, ECK iD, the ids other
 * systems know them by, what they are called in agreements, what was written by them or about them, their ways in, and the keys of their commitments, so that the
 * ledger tells nobody who they were. With them goes whoever stood for nobody but them. Answers stay as ids and hashes. Who works
 * here, or stands for a pupil who is still known, stays. Does NOT check whether it is due.
 *
 * @returns who was erased
 */
export async function erasePersons(tx: Tx, boardId: BoardId, pupils: readonly PersonId[], at: Date): Promise<PersonId[]> {
  const { rows: going } = await sql<{ person_id: PersonId }>`
    update persons p set given_name = ${GONE}, family_name = ${GONE}, birth_date = null, email = null, phone = null, eck_id = null,
      source_id = null, erased_at = ${at}
    where p.board_id = ${boardId} and p.erased_at is null and (p.person_id = any(${pupils}::uuid[]) or exists (
        select from guardianships g -- guardianships_by_guardian
        where g.board_id = p.board_id and g.guardian_id = p.person_id and g.pupil_id = any(${pupils}::uuid[])))
      and not exists (
        select from employments e -- employments_by_person
        where e.board_id = p.board_id and e.person_id = p.person_id and (e.ends_at is null or e.ends_at > ${at}))
      and not exists (
        select from guardianships g -- guardianships_by_guardian
        join persons other on other.board_id = g.board_id and other.person_id = g.pupil_id and other.erased_at is null -- persons_pkey
        where g.board_id = p.board_id and g.guardian_id = p.person_id and not (g.pupil_id = any(${pupils}::uuid[])))
      and (p.person_id = any(${pupils}::uuid[]) or not exists (
        select from enrolments e where e.board_id = p.board_id and e.person_id = p.person_id)) -- enrolments_by_person
    returning p.person_id`.execute(tx)
  const erased = going.map(({ person_id }) => person_id).toSorted()
  if (erased.length > 0) {
    await eraseWaysIn(tx, boardId, erased)
    await eraseWords(tx, boardId, erased, at)
  }
  return erased
}

async function eraseWaysIn(tx: Tx, boardId: BoardId, persons: readonly PersonId[]): Promise<void> {
  for (const table of ['account_persons', 'invitations', 'person_aliases', 'informed']) {
    await sql`delete from ${sql.table(table)} where board_id = ${boardId} and person_id = any(${persons}::uuid[])`.execute(tx)
  }
  await sql`delete from subject_keys where board_id = ${boardId} and subject_id = any(${persons}::uuid[])`.execute(tx) // subject_keys_pkey
}

/** What people wrote: in cases, to companies, in a dossier that went elsewhere, in objections and questions, and hints to who it is. */
async function eraseWords(tx: Tx, boardId: BoardId, persons: readonly PersonId[], at: Date): Promise<void> {
  const theirs = sql`any(${persons}::uuid[])`
  const gone = (table: string, column: string) =>
    sql`${sql.ref(column)} = case when ${sql.ref(`${table}.${column}`)} is not null then ${GONE} end`
  await sql`update rights_cases set ${gone('rights_cases', 'words')}, ${gone('rights_cases', 'closing')}, ${gone('rights_cases', 'extended_because')}
    where board_id = ${boardId} and subject_id = ${theirs}`.execute(tx) // rights_cases_by_subject
  await sql`update forwarded_rights f set hint = null, ${gone('f', 'words')} from rights_cases c
    where f.board_id = ${boardId} and c.board_id = f.board_id and c.case_id = f.case_id and c.subject_id = ${theirs}`.execute(tx)
  await sql`update duties set ${gone('duties', 'instruction')}, ${gone('duties', 'note')}
    where board_id = ${boardId} and (subject_id = ${theirs} or consent_id in (
      select consent_id from consents where board_id = ${boardId} and subject_id = ${theirs}))`.execute(tx)
  await sql`update objections o set ${gone('o', 'reasons')} from consents c
    where o.board_id = ${boardId} and c.board_id = o.board_id and c.consent_id = o.consent_id and c.subject_id = ${theirs}`.execute(tx)
  await sql`update inquiries q set question = null, answer = null, erased_at = ${at} from consents c
    where q.board_id = ${boardId} and q.erased_at is null and c.board_id = q.board_id and c.consent_id = q.consent_id
      and (c.subject_id = ${theirs} or q.asked_by = ${theirs})`.execute(tx)
  await sql`update parent_agreements set names = null
    where board_id = ${boardId} and names is not null and (subject_id = ${theirs} or decider_id = ${theirs})`.execute(tx)
  await sql`update request_subjects set hint = null where board_id = ${boardId} and subject_id = ${theirs} and hint is not null`.execute(tx)
  await sql`update transfer_inspections i set remarks = null from transfers t
    where t.board_id = i.board_id and t.transfer_id = i.transfer_id and t.board_id = ${boardId} and t.subject_id = ${theirs}`.execute(tx)
  await sql`update emergency_disclosures set receiver = ${GONE}, data = ${GONE}, reason = ${GONE}, tried = ${GONE}
    where board_id = ${boardId} and subject_id = ${theirs}`.execute(tx) // emergency_disclosures_by_subject
  await sql`update transfers set contents = ${GONE} where board_id = ${boardId} and subject_id = ${theirs}`.execute(tx)
}
