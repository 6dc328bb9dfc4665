import { sql } from 'kysely'
import { amsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, PersonId } from '../ids.ts'
import { ageOn } from '../people/age.ts'
import { inForce } from '../people/interval.ts'
import { childrenOf } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import { noLongerAsked } from './asked-of.ts'
import { mayStop } from './consent.ts'
import { type ConsentFacts, factsOf } from './facts.ts'
import { latestPerDecider } from './outcome.ts'
import { type AskedItem, consentById, consentsAbout } from './store.ts'
import type { GivenAnswer } from './whose-answers-count.ts'

/** A consent as one person sees it. */
export interface SeenConsent extends ConsentFacts {
  subjectId: PersonId
  viewerId: PersonId
  /** This person's own latest answer. */
  mine: GivenAnswer | null
  mayAnswer: boolean
  mayStop: boolean
  /** The subject left the school, the group or the work that it was asked of: nothing is asked, and nothing goes out, whatever was answered. */
  left: boolean
  /**
   * The pupil answered it too since, alone, and does not share that: of this consent its viewer, a parent, sees what they gave
   * themselves and nothing else. What it came to is not in the state then.
   */
  takenOver: boolean
}

/**
 * The questions that wait for this person, who may answer and has not yet. Also one that another decider said yes to, while
 * one may still say no, and a conflict until it is solved. A no of another decider is an answer: nobody is pressed after
 * it (D01), except a pupil of sixteen, to whom the decision goes over.
 */
export async function openQuestionsOf(tx: Tx, boardId: BoardId, personId: PersonId, at: Date): Promise<SeenConsent[]> {
  return (await seenBy(tx, boardId, personId, at)).filter(waits)
}

/** Whether a consent waits for the person who sees it so. */
export function waits({ mayAnswer, mine, state: { state }, subjectId, viewerId }: SeenConsent): boolean {
  return mayAnswer && isOpen(state) && (mine === null ? state !== 'refused' || subjectId === viewerId : state === 'conflict')
}

/**
 * What this person answered, whatever came of it: with what can still be stopped first. A parent keeps seeing what they gave
 * until their child is eighteen.
 */
export async function givenBy(tx: Tx, boardId: BoardId, personId: PersonId, at: Date): Promise<SeenConsent[]> {
  const seen = (await seenBy(tx, boardId, personId, at)).filter(({ mine }) => mine !== null)
  return [
    ...seen.filter((one) => one.mayStop && isOpen(one.state.state)),
    ...seen.filter((one) => !one.mayStop || !isOpen(one.state.state)),
  ]
}

export interface SharedItem extends SeenConsent {
  /** Tokens that were issued on it, and what the holders said they delivered: not the same (design §5). None of what was taken over. */
  issued: { count: number; lastAt: Date | null }
  delivered: { count: number; lastAt: Date | null }
}

/**
 * Everything that is shared, or asked to be, about a subject, on whatever basis (K21, C21): for the subject and those who
 * decide for them. Parents of a pupil who decides for themselves see what parents gave and what needs no consent; of what the pupil
 * answered since, their own answer alone.
 *
 * @param viewerId who looks; somebody who has no say about the subject sees nothing
 */
export async function sharedAbout(tx: Tx, boardId: BoardId, subjectId: PersonId, at: Date, viewerId: PersonId): Promise<SharedItem[]> {
  const seen = await visible(tx, boardId, await consentsAbout(tx, boardId, [subjectId]), viewerId, at)
  const traces = await tracesOf(
    tx,
    boardId,
    seen.flatMap(({ consentId, takenOver }) => (takenOver ? [] : [consentId])),
  )
  return seen.map((consent) => ({ ...consent, ...(traces.get(consent.consentId) ?? NO_TRACE) }))
}

/** One consent as this person sees it; undefined when it is none of their business, or there is none. */
export async function consentSeenBy(
  tx: Tx,
  boardId: BoardId,
  consentId: ConsentId,
  personId: PersonId,
  at: Date,
): Promise<SeenConsent | undefined> {
  const consent = await consentById(tx, boardId, consentId)
  return consent && (await visible(tx, boardId, [consent], personId, at))[0]
}

/** Everything about the people around this person, as they see it: what they were asked, told, answered and stopped. */
export async function seenBy(tx: Tx, boardId: BoardId, personId: PersonId, at: Date): Promise<SeenConsent[]> {
  const children = await childrenOf(tx, boardId, personId, at)
  const subjects = [personId, ...children.filter(({ authority }) => authority === 'yes').map((child) => child.personId)]
  return await visible(tx, boardId, await consentsAbout(tx, boardId, [...new Set(subjects)]), personId, at)
}

const isOpen = (state: ConsentFacts['state']['state']) => ['unanswered', 'given', 'refused', 'conflict'].includes(state)

async function visible(tx: Tx, boardId: BoardId, consents: readonly AskedItem[], viewerId: PersonId, at: Date): Promise<SeenConsent[]> {
  const gone = await noLongerAsked(
    tx,
    boardId,
    consents.map(({ consentId }) => consentId),
    at,
  )
  return consents.flatMap((consent): SeenConsent[] => {
    if (consent.opensAt && at < consent.opensAt) return []
    const { subject } = consent.question
    const may = whoMayAnswer(subject, at)
    const decides = may.known && may.deciders.some(({ personId }) => personId === viewerId)
    const mine = latestPerDecider(consent.answers).find(({ deciderId }) => deciderId === viewerId) ?? null
    const left = gone.has(consent.consentId)
    const as = { subjectId: subject.personId, viewerId, mine, left }
    const isTheirs = isParents(consent) || consent.sharedWithParents === true
    const looks = isParentOfMinor(consent, viewerId, at)
    if (subject.personId === viewerId || decides || (looks && isTheirs)) {
      const acts = { mayAnswer: decides && !left, mayStop: mayStop(consent, viewerId, at) }
      return [{ ...factsOf(consent, at), ...as, takenOver: false, ...acts }]
    }
    if (!looks || !mine) return []
    const given = { ...consent, answers: [mine], ended: null, objections: [] }
    return [{ ...factsOf(given, at), ...as, takenOver: true, mayAnswer: false, mayStop: false }]
  })
}

/** What parents gave, or what nobody needs to give: not what the pupil was asked or answered, unless the pupil shares it. */
function isParents({ legalBasis, answers }: AskedItem): boolean {
  return legalBasis !== 'consent' || (answers.length > 0 && answers.every(({ authority }) => authority === 'guardianship'))
}

function isParentOfMinor({ question: { subject } }: AskedItem, viewerId: PersonId, at: Date): boolean {
  return (
    subject.birthDate !== null &&
    ageOn(subject.birthDate, amsterdamDay(at)) < 18 &&
    subject.guardianships.some((interval) => interval.guardianId === viewerId && interval.authority === 'yes' && inForce(interval, at))
  )
}

const NO_TRACE = { issued: { count: 0, lastAt: null }, delivered: { count: 0, lastAt: null } }

async function tracesOf(
  tx: Tx,
  boardId: BoardId,
  consentIds: readonly ConsentId[],
): Promise<Map<ConsentId, Pick<SharedItem, 'issued' | 'delivered'>>> {
  if (consentIds.length === 0) return new Map()
  const { rows } = await sql<{
    consent_id: ConsentId
    issued: number
    issued_at: Date | null
    delivered: number
    delivered_at: Date | null
  }>`
    select s.consent_id, count(distinct s.token_id)::int as issued, max(t.issued_at) as issued_at,
      (count(distinct u.use_id) + count(distinct v.view_id))::int as delivered, greatest(max(u.delivered_at), max(v.viewed_at)) as delivered_at
    from token_supports s -- token_supports_by_consent
    join tokens t on t.board_id = s.board_id and t.token_id = s.token_id
    left join uses u on u.board_id = s.board_id and u.token_id = s.token_id -- uses_by_token
    left join views v on v.board_id = s.board_id and v.token_id = s.token_id -- views_by_token
    where s.board_id = ${boardId} and s.consent_id = any(${consentIds}::uuid[])
    group by s.consent_id`.execute(tx)
  return new Map(
    rows.map((row) => [
      row.consent_id,
      { issued: { count: row.issued, lastAt: row.issued_at }, delivered: { count: row.delivered, lastAt: row.delivered_at } },
    ]),
  )
}
