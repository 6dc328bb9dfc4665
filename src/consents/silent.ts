import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, PersonId, RoundId } from '../ids.ts'
import { subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import { stillAskedIn } from './asked-of.ts'
import { stateOf } from './consent.ts'
import { latestPerDecider } from './outcome.ts'
import { consentsById } from './store.ts'

/** Who may still answer a question of the round that nobody said no to, and that waits for them. Does NOT check who asks. */
export async function silentDeciders(tx: Tx, boardId: BoardId, roundId: RoundId, at: Date): Promise<PersonId[]> {
  return [...(await waitsFor(tx, boardId, roundId, at)).keys()].sort()
}

/** As `silentDeciders`, each with whom the questions that wait for them are about. */
export async function waitsFor(tx: Tx, boardId: BoardId, roundId: RoundId, at: Date): Promise<Map<PersonId, Set<PersonId>>> {
  const { rows } = await sql<{ subject_id: PersonId; some: ConsentId[]; untouched: boolean }>`
    select c.subject_id, bool_or(c.revision = 0) as untouched,
      coalesce(array_agg(c.consent_id) filter (where c.revision > 0 and i.decision_rule <> 'veto'), '{}') as some
    from items i -- items_by_round
    join consents c on c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null -- consents_one_open
    where i.board_id = ${boardId} and i.round_id = ${roundId} and i.legal_basis = 'consent' and i.ends_at > ${at}
    group by c.subject_id`.execute(tx)
  const waiting = new Map<PersonId, Set<PersonId>>()
  const waits = (deciderId: PersonId, subjectId: PersonId) => waiting.set(deciderId, (waiting.get(deciderId) ?? new Set()).add(subjectId))
  const there = await stillAskedIn(
    tx,
    boardId,
    roundId,
    rows.map((row) => row.subject_id),
    at,
  )
  const untouched = rows.filter((row) => row.untouched && there.has(row.subject_id)).map((row) => row.subject_id)
  for (const subject of (await subjectFacts(tx, boardId, untouched)).values()) {
    const may = whoMayAnswer(subject, at)
    if (may.known) for (const { personId } of may.deciders) waits(personId, subject.personId)
  }
  // Where everybody has to say yes, or anybody may, one answer can leave the question with the others.
  const partly = rows.flatMap((row) => (there.has(row.subject_id) ? row.some : []))
  for (const consent of (await consentsById(tx, boardId, partly)).values()) {
    const { subject } = consent.question
    const latest = latestPerDecider(consent.answers)
    const may = whoMayAnswer(subject, at)
    if (!may.known || stateOf(consent, at).state !== 'unanswered' || latest.some(({ answer }) => answer === 'no')) continue
    for (const { personId } of may.deciders) {
      if (!latest.some(({ deciderId }) => deciderId === personId)) waits(personId, subject.personId)
    }
  }
  return waiting
}
