import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, PersonId } from '../ids.ts'
import { noLongerAsked } from './asked-of.ts'
import { stateOf } from './consent.ts'
import type { ImageUse } from './item.ts'
import { type AskedItem, consentsById } from './store.ts'

/**
 * Who of these persons may be in this picture on this channel (P23-P25, P27): those with a yes that stands for that very
 * channel and medium. Whoever was not asked, has not answered or is not known is not in it.
 */
export async function mayBeShown(
  tx: Tx,
  boardId: BoardId,
  personIds: readonly PersonId[],
  { channel, medium }: ImageUse,
  at: Date,
): Promise<Set<PersonId>> {
  const { rows } = await sql<{ consent_id: ConsentId }>`
    select c.consent_id from consents c -- consents_by_subject
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    where c.board_id = ${boardId} and c.subject_id = any(${personIds}::uuid[])
      and i.image_channel = ${channel} and i.image_medium = ${medium} and i.starts_at <= ${at} and i.ends_at > ${at}`.execute(tx)
  const consents = await consentsById(
    tx,
    boardId,
    rows.map(({ consent_id }) => consent_id),
  )
  const left = await noLongerAsked(tx, boardId, [...consents.keys()], at)
  const perPerson = Map.groupBy(consents.values(), ({ question }) => question.subject.personId)
  return new Set([...perPerson].filter(([, asked]) => mayBe(asked, left, at)).map(([personId]) => personId))
}

/**
 * Asked more than once for the same channel: a no to either is a no, and stopping one stops what was said before it. A yes to
 * what was asked of a school or group that they `left` says nothing any more.
 */
export function mayBe(asked: readonly AskedItem[], left: ReadonlySet<ConsentId>, at: Date): boolean {
  const states = asked.map((consent) => ({ consent, now: stateOf(consent, at) }))
  if (states.some(({ now }) => now.state === 'refused' || now.state === 'conflict' || now.state === 'unknown')) return false
  const stops = states.flatMap(({ now }) => (now.state === 'withdrawn' ? [now.at] : []))
  return states.some(
    ({ consent, now }) =>
      now.state === 'given' &&
      !left.has(consent.consentId) &&
      stops.every((stop) => consent.answers.some((said) => said.answeredAt > stop)),
  )
}
