import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId, RoundId, SchoolId } from '../ids.ts'
import { waitsFor } from './silent.ts'

/** Somebody who has a question in the round and whom no mail reaches. */
export interface Unreached {
  personId: PersonId
  name: string
  /** The pupils they answer for here; themselves when they are one. */
  pupils: { personId: PersonId; name: string; groupName: string | null; schoolId: SchoolId }[]
  /** When a letter was made since the round went out, whose code still works; null without one. */
  writtenAt: Date | null
}

/**
 * Who may answer a question of the round that waits for their answer (`waitsFor`), and has neither an account nor an e-mail address; by
 * the group and name of their first pupil. Does NOT check who asks.
 *
 * @param among only these of them
 */
export async function unreachedIn(
  tx: Tx,
  boardId: BoardId,
  roundId: RoundId,
  at: Date,
  { schools, among }: { schools: SchoolId[] | null; among?: readonly PersonId[] },
): Promise<Unreached[]> {
  const waiting = await waitsFor(tx, boardId, roundId, at)
  const subjects = [...new Set([...waiting.values()].flatMap((of) => [...of]))]
  const { rows } = await sql<{ person_id: PersonId; name: string; group_name: string | null; school_id: SchoolId }>`
    select distinct on (p.person_id) p.person_id, p.given_name || ' ' || p.family_name as name, e.group_name, e.school_id
    from persons p
    join enrolments e on e.board_id = p.board_id and e.person_id = p.person_id -- enrolments_by_person
      and e.starts_at <= ${at} and (e.ends_at is null or e.ends_at > ${at})
      and (${schools}::uuid[] is null or e.school_id = any(${schools}::uuid[]))
    where p.board_id = ${boardId} and p.person_id = any(${subjects}::uuid[]) and p.erased_at is null -- persons_pkey
    order by p.person_id, e.starts_at desc`.execute(tx)
  const pupils = new Map(rows.map((row) => [row.person_id, row]))
  const of = new Map(
    [...waiting]
      .map(([personId, about]) => [personId, [...about].filter((pupilId) => pupils.has(pupilId))] as const)
      .filter(([, about]) => about.length > 0),
  )
  const wanted = among ? [...of.keys()].filter((personId) => among.includes(personId)) : [...of.keys()]
  const people = await tx
    .selectFrom('persons as p')
    .leftJoin('account_persons as ap', (join) => join.onRef('ap.board_id', '=', 'p.board_id').onRef('ap.person_id', '=', 'p.person_id'))
    .select(['p.person_id', 'p.given_name', 'p.family_name'])
    .where('p.board_id', '=', boardId)
    .where('p.person_id', '=', sql<PersonId>`any(${wanted}::uuid[])`) // persons_pkey
    .where('p.erased_at', 'is', null)
    .where('p.email', 'is', null)
    .where('ap.account_id', 'is', null)
    .execute()
  const written = await lettersOf(tx, boardId, roundId, wanted, at)
  const key = ({ pupils: [first] }: Unreached) => `${first?.groupName ?? '~'}\n${first?.name ?? ''}`
  return people
    .map(({ person_id, given_name, family_name }) => ({
      personId: person_id,
      name: `${given_name} ${family_name}`,
      pupils: (of.get(person_id) ?? [])
        .map((pupilId) => pupils.get(pupilId)!)
        .map((pupil) => ({ personId: pupil.person_id, name: pupil.name, groupName: pupil.group_name, schoolId: pupil.school_id }))
        .sort((a, b) => a.name.localeCompare(b.name, 'nl')),
      writtenAt: written.get(person_id) ?? null,
    }))
    .sort((a, b) => key(a).localeCompare(key(b), 'nl', { numeric: true }))
}

/** When the newest letter was made since the round went out, for each of these who has one whose code still works. */
async function lettersOf(
  tx: Tx,
  boardId: BoardId,
  roundId: RoundId,
  personIds: readonly PersonId[],
  at: Date,
): Promise<Map<PersonId, Date>> {
  const { rows } = await sql<{ person_id: PersonId; made_at: Date }>`
    select i.person_id, max(i.made_at) as made_at
    from rounds r join invitations i on i.board_id = r.board_id and i.made_at >= r.published_at
    where r.board_id = ${boardId} and r.round_id = ${roundId} -- rounds_pkey
      and i.person_id = any(${personIds}::uuid[]) -- invitations_by_person
      and i.email is null and i.used_at is null and i.expires_at > ${at}
    group by i.person_id`.execute(tx)
  return new Map(rows.map(({ person_id, made_at }) => [person_id, made_at]))
}
