import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, PersonId } from '../ids.ts'
import type { SeenConsent } from './questions.ts'

/**
 * `told`: shared on another basis since. `ended`: stopped by somebody else, or over. `answered`: another decider spoke; `conflict`: so
 * that they disagree. `agreement_ended`: of the board with the company or the holder, so that nothing goes out any more, whatever
 * was answered. `objection`: the school decided on one's objection. `inquiry`: it answered what one asked. `delivered`: a holder handed
 * over for the first time since. `erased`, `taken_down`: what had to go is said to be gone.
 */
export type ChangeKind =
  | 'told'
  | 'ended'
  | 'answered'
  | 'conflict'
  | 'agreement_ended'
  | 'objection'
  | 'inquiry'
  | 'delivered'
  | 'erased'
  | 'taken_down'

export interface ChangeSince<Consent extends SeenConsent = SeenConsent> {
  kind: ChangeKind
  consent: Consent
  at: Date
}

/**
 * What happened on these consents since a moment that this person may know and did not do, the newest first. It follows
 * from what they see: nothing about a consent that is hidden from them, or that their child decides on since, and never who of the deciders did what.
 *
 * @param consents as this person sees them now
 */
export async function changesSince<Consent extends SeenConsent>(
  tx: Tx,
  boardId: BoardId,
  personId: PersonId,
  consents: readonly Consent[],
  since: Date,
): Promise<ChangeSince<Consent>[]> {
  const known = consents.filter(({ takenOver }) => !takenOver)
  const own = known.flatMap((consent) => onConsent(consent, personId, since))
  const byId = new Map(known.map((consent) => [consent.consentId, consent]))
  const beside = await besideConsents(tx, boardId, personId, [...byId.keys()], since)
  return [...own, ...beside.flatMap(({ consentId, ...change }) => ({ ...change, consent: byId.get(consentId)! }))].toSorted(
    (a, b) => b.at.getTime() - a.at.getTime() || (a.consent.consentId < b.consent.consentId ? -1 : 1),
  )
}

function onConsent<Consent extends SeenConsent>(consent: Consent, personId: PersonId, since: Date): ChangeSince<Consent>[] {
  const { state, answers, objections, askedAt, opensAt } = consent
  const found: ChangeSince<Consent>[] = []
  const cameAt = opensAt && opensAt > askedAt ? opensAt : askedAt
  if (state.state === 'informed' && cameAt > since) found.push({ kind: 'told', consent, at: cameAt })
  if ('at' in state && state.at > since && state.by !== `person:${personId}`) found.push({ kind: 'ended', consent, at: state.at })
  const spoke = answers.filter(({ deciderId, answeredAt }) => deciderId !== personId && answeredAt > since).at(-1)
  if (spoke && !('at' in state)) {
    found.push({ kind: state.state === 'conflict' ? 'conflict' : 'answered', consent, at: spoke.answeredAt })
  }
  const decided = objections.findLast((one) => one.madeBy === personId && one.decided && one.decided.at > since)?.decided
  if (decided) found.push({ kind: 'objection', consent, at: decided.at })
  return found
}

/** What stands in other tables: one statement for all of them. */
async function besideConsents(
  tx: Tx,
  boardId: BoardId,
  personId: PersonId,
  consentIds: readonly ConsentId[],
  since: Date,
): Promise<{ kind: ChangeKind; consentId: ConsentId; at: Date }[]> {
  if (consentIds.length === 0) return []
  const { rows } = await sql<{ kind: ChangeKind; consent_id: ConsentId; at: Date }>`
    select 'inquiry' as kind, q.consent_id, max(q.answered_at) as at
    from inquiries q -- inquiries_by_consent
    where q.board_id = ${boardId} and q.consent_id = any(${consentIds}::uuid[]) and q.asked_by = ${personId} and q.answered_at > ${since}
    group by q.consent_id
    union all
    select case d.kind when 'destroy' then 'erased' else 'taken_down' end, d.consent_id, max(d.confirmed_at)
    from duties d -- duties_by_consent
    where d.board_id = ${boardId} and d.consent_id = any(${consentIds}::uuid[]) and d.kind in ('destroy', 'take_down') and d.confirmed_at > ${since}
    group by d.kind, d.consent_id
    union all
    select 'agreement_ended', c.consent_id, max(a.ended_at)
    from consents c -- consents_pkey
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join supplier_agreements a on a.board_id = i.board_id and a.agreement_id in (i.agreement_id, i.holder_agreement_id)
    where c.board_id = ${boardId} and c.consent_id = any(${consentIds}::uuid[]) and c.ended_at is null and a.ended_at > ${since}
    group by c.consent_id
    union all
    select 'delivered', s.consent_id, min(u.delivered_at)
    from token_supports s -- token_supports_by_consent
    join uses u on u.board_id = s.board_id and u.token_id = s.token_id -- uses_by_token
    where s.board_id = ${boardId} and s.consent_id = any(${consentIds}::uuid[]) and u.delivered_at > ${since}
    group by s.consent_id`.execute(tx)
  return rows.map(({ kind, consent_id, at }) => ({ kind, consentId: consent_id, at }))
}
