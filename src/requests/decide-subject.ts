import type { Consent } from '../consents/consent.ts'
import { type State, stateOf } from '../consents/consent.ts'
import { latestPerDecider } from '../consents/outcome.ts'
import type { AskedItem } from '../consents/store.ts'
import type { ConsentId } from '../ids.ts'
import { covers, type Use } from './covered.ts'
import { type EarlierAsk, mayAsk } from './rationing.ts'

export type Decision =
  | { how: 'ask' }
  /** An item that was asked already is about this use, whatever was answered: nobody is asked again (K11). */
  | { how: 'covered'; consentId: ConsentId }
  /** Not asked: the same was refused lately or is being asked, or the pupil is below the minimum age of the service (P48). */
  | { how: 'left_out'; because: 'open' | 'cooling_down' | 'too_young' }

/** What an item answers for as long as it is one of these. A question that was stopped or fell away answers nothing any more. */
const STANDING: readonly State[] = ['unanswered', 'given', 'refused', 'conflict', 'unknown', 'informed']

/**
 * What step 2 is for one subject: an answer that is there already, a supplementary question, or neither.
 *
 * @param asked everything that was asked about the subject by way of the school, oldest first
 */
export function decideSubject(use: Use, asked: readonly AskedItem[], at: Date): Decision {
  const covering = asked.findLast((consent) => {
    const item = useOf(consent)
    return item && covers(item, use) && STANDING.includes(stateOf(consent, at).state)
  })
  if (covering) return { how: 'covered', consentId: covering.consentId }
  const may = mayAsk(use, earlierAsks(asked, at), at)
  return may === 'yes' ? { how: 'ask' } : { how: 'left_out', because: may }
}

/**
 * Earlier asks of suppliers as rationing sees them. A no rests: a refusal, a conflict, and a yes that was stopped. What was
 * entered by mistake was never said. A yearly round that waits for its answer does not stand in the way of a request.
 */
export function earlierAsks(asked: readonly AskedItem[], at: Date): EarlierAsk[] {
  return asked.flatMap((consent): EarlierAsk[] => {
    const use = useOf(consent)
    if (!use) return []
    const saidNoAt = lastNo(consent, at)
    if (saidNoAt) return [{ ...use, was: 'refused', at: saidNoAt }]
    const { state } = stateOf(consent, at)
    const waits = state === 'unanswered' || state === 'unknown'
    return waits && consent.item.requestId ? [{ ...use, was: 'open' }] : []
  })
}

function lastNo(consent: Consent, at: Date): Date | undefined {
  const state = stateOf(consent, at)
  if (state.state === 'withdrawn') return state.at
  if (state.state === 'invalidated' || state.state === 'given') return undefined
  const noes = latestPerDecider(consent.answers).filter(({ answer }) => answer === 'no')
  return noes
    .map(({ answeredAt }) => answeredAt)
    .toSorted((a, b) => a.getTime() - b.getTime())
    .at(-1)
}

function useOf({ item }: AskedItem): Use | undefined {
  const { supplierId, serviceId, partId, leafletId, holderId, purpose, datatypes, startsAt, endsAt } = item
  if (!supplierId || !serviceId || !leafletId || !holderId) return undefined
  return { supplierId, serviceId, partId, leafletId, holderId, purpose, datatypes, startsAt, endsAt }
}
