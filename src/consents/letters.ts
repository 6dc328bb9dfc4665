import { sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId, RoundId, SchoolId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { invitationEntry, inviteOnPaper } from '../people/invitations.ts'
import { mustHold } from '../people/mandates.ts'
import { isOwnFamily } from '../people/same-human.ts'
import { subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import { Refusal } from '../refusal.ts'
import { ROUND_SIDE } from './draft-round.ts'
import { isRunning } from './progress.ts'
import { roundById } from './rounds.ts'

/** Somebody who has a question in the round and whom no mail reaches. */
export interface Unreached {
  personId: PersonId
  name: string
  /** The pupils they answer for here; themselves when they are one. */
  pupils: { personId: PersonId; name: string; groupName: string | null; schoolId: SchoolId }[]
}

/** A letter to print: it is the only place where the code ever stands. */
export interface Letter extends Unreached {
  code: string
}

/**
 * Who may answer a question of the round that waits for an answer, and has neither an account nor an e-mail address; by
 * the group and name of their first pupil. Does NOT check who asks.
 *
 * @param among only these deciders, whether a mail reaches them or not: for whoever asks for a letter
 */
export async function unreachedIn(
  tx: Tx,
  boardId: BoardId,
  roundId: RoundId,
  at: Date,
  { schools, among }: { schools: SchoolId[] | null; among?: readonly PersonId[] },
): Promise<Unreached[]> {
  const { rows } = await sql<{ person_id: PersonId; name: string; group_name: string | null; school_id: SchoolId }>`
    select distinct on (p.person_id) p.person_id, p.given_name || ' ' || p.family_name as name, e.group_name, e.school_id
    from items i -- items_by_round
    join consents c on c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null and c.revision = 0 -- consents_one_open
    join persons p on p.board_id = c.board_id and p.person_id = c.subject_id and p.erased_at is null -- persons_pkey
    join enrolments e on e.board_id = p.board_id and e.person_id = p.person_id -- enrolments_by_person
      and e.starts_at <= ${at} and (e.ends_at is null or e.ends_at > ${at})
      and (${schools}::uuid[] is null or e.school_id = any(${schools}::uuid[]))
    where i.board_id = ${boardId} and i.round_id = ${roundId} and i.legal_basis = 'consent'
    order by p.person_id, e.starts_at desc`.execute(tx)
  const pupils = new Map(rows.map((row) => [row.person_id, row]))
  const of = new Map<PersonId, PersonId[]>()
  for (const subject of (await subjectFacts(tx, boardId, [...pupils.keys()])).values()) {
    const may = whoMayAnswer(subject, at)
    if (!may.known) continue
    for (const { personId } of may.deciders) of.set(personId, [...(of.get(personId) ?? []), subject.personId])
  }
  const wanted = among ? [...of.keys()].filter((personId) => among.includes(personId)) : [...of.keys()]
  const people = await tx
    .selectFrom('persons as p')
    .leftJoin('account_persons as ap', (join) => join.onRef('ap.board_id', '=', 'p.board_id').onRef('ap.person_id', '=', 'p.person_id'))
    .select(['p.person_id', 'p.given_name', 'p.family_name'])
    .where('p.board_id', '=', boardId)
    .where('p.person_id', '=', sql<PersonId>`any(${wanted}::uuid[])`) // persons_pkey
    .where('p.erased_at', 'is', null)
    .$if(among === undefined, (query) => query.where('p.email', 'is', null).where('ap.account_id', 'is', null))
    .execute()
  const key = ({ pupils: [first] }: Unreached) => `${first?.groupName ?? '~'}\n${first?.name ?? ''}`
  return people
    .map(({ person_id, given_name, family_name }) => ({
      personId: person_id,
      name: `${given_name} ${family_name}`,
      pupils: (of.get(person_id) ?? [])
        .map((pupilId) => pupils.get(pupilId)!)
        .map((pupil) => ({ personId: pupil.person_id, name: pupil.name, groupName: pupil.group_name, schoolId: pupil.school_id }))
        .sort((a, b) => a.name.localeCompare(b.name, 'nl')),
    }))
    .sort((a, b) => key(a).localeCompare(key(b), 'nl', { numeric: true }))
}

/**
 * Makes a letter with a one-use code for each of these deciders, or for everybody whom no mail reaches: with it they sign
 * in and answer, by an address of their own or without any. Nobody makes one for their own family: those are left to a
 * colleague.
 *
 * @returns the letters, and who is left to a colleague
 * @throws Refusal `mandate_missing`, `round_not_found`, `round_not_published`, `round_not_open`
 * @throws Refusal `person_not_found` when one of them has no question here, or at another school; `person_claimed_already`
 */
export async function makeLetters(
  deps: Deps,
  actor: PersonActor,
  { roundId, personIds }: { roundId: RoundId; personIds?: PersonId[] },
): Promise<{ letters: Letter[]; ownFamily: Unreached[] }> {
  const at = deps.now()
  const { boardId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const mandates = await mustHold(tx, actor, ROUND_SIDE, at, 'any')
    const round = await roundById(tx, boardId, roundId)
    if (!round) throw new Refusal('round_not_found')
    if (!round.publishedAt || round.endsAt <= at) throw new Refusal('round_not_published')
    if (!isRunning(round, at)) throw new Refusal('round_not_open')
    const schools = mandates.some(({ schoolId }) => schoolId === null) ? null : mandates.flatMap(({ schoolId }) => schoolId ?? [])
    const people = await unreachedIn(tx, boardId, roundId, at, { schools, ...(personIds && { among: personIds }) })
    if (personIds && people.length !== new Set(personIds).size) throw new Refusal('person_not_found')
    const letters: Letter[] = []
    const ownFamily: Unreached[] = []
    const entries: LedgerEntry[] = []
    for (const person of people) {
      const { personId } = person
      if (await isOwnFamily(tx, actor, personId)) {
        ownFamily.push(person)
        continue
      }
      letters.push({ ...person, code: await inviteOnPaper(tx, at, { boardId, personId }) })
      entries.push(invitationEntry(boardId, personId, at, `person:${actor.personId}`, 'paper'))
    }
    await append(tx, ...entries)
    return { letters, ownFamily }
  })
}
