import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, GuardianshipId, ItemId, PersonId, RoundId } from '../ids.ts'
import { boardById, subjectFacts } from '../people/store.ts'
import { stateOf } from './consent.ts'
import { itemsOfRound } from './rounds.ts'

/** One answer that stands, of a question on which both a yes and a no do. */
interface DisputedAnswer {
  consent_id: ConsentId
  item_id: ItemId
  subject_id: PersonId
  asked_at: Date
  consent_revision: number
  decider_id: PersonId
  answer: 'yes' | 'no'
  datatypes: string[] | null
  until_at: Date | null
  revision: number
  authority: 'self' | 'guardianship'
  guardianship_id: GuardianshipId | null
  answered_at: Date
}

/**
 * On how many questions of the round the deciders of a subject do not agree, as `stateOf` has it. Reads no more of each than
 * that takes: there may be a thousand.
 *
 * @param among only of these subjects; absent is everybody
 */
export async function conflictsIn(
  tx: Tx,
  boardId: BoardId,
  roundId: RoundId,
  at: Date,
  among: readonly PersonId[] | null = null,
): Promise<Map<PersonId, number>> {
  const { rows } = await sql<DisputedAnswer>`
    select c.consent_id, c.item_id, c.subject_id, c.asked_at, c.revision as consent_revision,
      a.decider_id, a.answer, a.datatypes, a.until_at, a.revision, a.authority, a.guardianship_id, a.answered_at
    from round_tallies t -- round_tallies_pkey
    cross join unnest(t.disputed) as d (consent_id)
    join consents c on c.board_id = t.board_id and c.consent_id = d.consent_id -- consents_pkey
    join answers a on a.board_id = c.board_id and a.consent_id = c.consent_id and a.undone_at is null -- answers_one_per_revision
    where t.board_id = ${boardId} and t.round_id = ${roundId} and t.disputed <> '{}'
      and (${among}::uuid[] is null or t.subject_id = any(${among}::uuid[]))
    order by a.consent_id, a.revision`.execute(tx)
  const perSubject = new Map<PersonId, number>()
  if (rows.length === 0) return perSubject
  const items = new Map((await itemsOfRound(tx, boardId, roundId)).map((item) => [item.itemId, item]))
  const subjects = await subjectFacts(tx, boardId, [...new Set(rows.map(({ subject_id }) => subject_id))])
  const { atSixteen } = await boardById(tx, boardId)
  for (const [consentId, answers] of Map.groupBy(rows, ({ consent_id }) => consent_id)) {
    const { subject_id, item_id, asked_at, consent_revision } = answers[0]!
    const [item, subject] = [items.get(item_id), subjects.get(subject_id)]
    if (!item || !subject) continue
    const { approach, legalBasis, rule, datatypes, endsAt } = item
    const { state } = stateOf(
      {
        boardId,
        consentId,
        itemId: item_id,
        approach,
        legalBasis,
        question: { rule, asked: { datatypes, endsAt }, subject, atSixteen },
        askedAt: asked_at,
        revision: consent_revision,
        answers: answers.map((answer) => ({
          deciderId: answer.decider_id,
          answer: answer.answer,
          datatypes: answer.datatypes,
          untilAt: answer.until_at,
          revision: answer.revision,
          authority: answer.authority,
          guardianshipId: answer.guardianship_id,
          answeredAt: answer.answered_at,
        })),
        objections: [],
        ended: null,
      },
      at,
    )
    if (state === 'conflict') perSubject.set(subject_id, (perSubject.get(subject_id) ?? 0) + 1)
  }
  return perSubject
}
