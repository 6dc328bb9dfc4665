import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, ObjectionId, PersonId } from '../ids.ts'
import { subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import { stateOf } from './consent.ts'
import { OBJECTION_DAYS } from './object.ts'
import { type AskedItem, consentsById } from './store.ts'

/** What waits for the school: parents who do not agree, children of whom nobody knows who may answer, objections to decide. */
export interface WorkList {
  conflicts: AskedItem[]
  unknown: { subjectId: PersonId; why: 'no_birth_date' | 'nobody' }[]
  objections: { objectionId: ObjectionId; consentId: ConsentId; madeAt: Date; decideBy: Date }[]
}

/**
 * The school's work list about pupils. Nothing about staff: no superior sees what they answered. Subject-oriented consents
 * are not the school's and stay hidden. Does NOT check the mandate of who asks.
 */
export async function workListOf(tx: Tx, boardId: BoardId, at: Date): Promise<WorkList> {
  return {
    conflicts: await conflictsOf(tx, boardId, at),
    unknown: await unknownOf(tx, boardId, at),
    objections: await pendingObjections(tx, boardId),
  }
}

async function conflictsOf(tx: Tx, boardId: BoardId, at: Date): Promise<AskedItem[]> {
  const { rows } = await sql<{ consent_id: ConsentId }>`
    select c.consent_id from consents c
    join answers a on a.board_id = c.board_id and a.consent_id = c.consent_id -- answers_one_per_revision
    where c.board_id = ${boardId} and c.approach = 'organisation' and c.ended_at is null
    group by c.consent_id having count(distinct a.answer) = 2`.execute(tx)
  const consents = await consentsById(
    tx,
    boardId,
    rows.map(({ consent_id }) => consent_id),
  )
  return [...consents.values()].filter((consent) => consent.question.subject.kind === 'pupil' && stateOf(consent, at).state === 'conflict')
}

async function unknownOf(tx: Tx, boardId: BoardId, at: Date): Promise<WorkList['unknown']> {
  const rows = await tx
    .selectFrom('consents as c')
    .innerJoin('items as i', (join) => join.onRef('i.board_id', '=', 'c.board_id').onRef('i.item_id', '=', 'c.item_id'))
    .select('c.subject_id')
    .distinct()
    .where('c.board_id', '=', boardId)
    .where('c.approach', '=', 'organisation')
    .where('c.ended_at', 'is', null)
    .where('i.legal_basis', '=', 'consent')
    .where('i.ends_at', '>', at)
    .orderBy('c.subject_id')
    .execute()
  const subjects = await subjectFacts(
    tx,
    boardId,
    rows.map(({ subject_id }) => subject_id),
  )
  return [...subjects.values()].flatMap((subject) => {
    const may = whoMayAnswer(subject, at)
    return may.known ? [] : [{ subjectId: subject.personId, why: may.why }]
  })
}

async function pendingObjections(tx: Tx, boardId: BoardId): Promise<WorkList['objections']> {
  const rows = await tx
    .selectFrom('objections')
    .select(['objection_id', 'consent_id', 'made_at'])
    .where('board_id', '=', boardId) // objections_one_pending
    .where('approach', '=', 'organisation')
    .where('decided_at', 'is', null)
    .orderBy('made_at')
    .execute()
  return rows.map((row) => ({
    objectionId: row.objection_id,
    consentId: row.consent_id,
    madeAt: row.made_at,
    decideBy: new Date(row.made_at.getTime() + OBJECTION_DAYS * 86_400_000),
  }))
}
