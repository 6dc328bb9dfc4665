import type { LeafletContent } from '../catalog/leaflet.ts'
import { ARRANGED } from '../messages/contracts.ts'
import type { Agreement } from './agreement.ts'

/** What the covenant wants an agreement to be about (convenant 4.4, C07). */
export const TOPICS = [
  'roles',
  'end',
  'purposes',
  'confidentiality',
  'retention',
  'subprocessors',
  'outside',
  'incidents',
  'rights',
  'information',
  'data',
  'security',
] as const
export type Topic = (typeof TOPICS)[number]

/**
 * `model`: an article of the model agreement says it. `here`: this agreement or a leaflet with it says it. `missing`: neither
 * does, so that somebody has to ask.
 */
export type TopicState = 'model' | 'here' | 'missing'

/** Of the model agreement, which holds between a board and its processor only. */
const IN_MODEL: ReadonlySet<Topic> = new Set([
  'roles',
  'end',
  'confidentiality',
  'subprocessors',
  'outside',
  'incidents',
  'rights',
  'information',
])

/**
 * Where an agreement speaks of each of the covenant's twelve topics. What the model says is not looked for again, unless the
 * agreement deviates. Between two controllers there is no model: then what is not written down is missing.
 *
 * @param leaflets the leaflets with it; an agreement with who only holds data has none, and names no data
 */
export function topicsOf(agreement: Agreement, leaflets: readonly LeafletContent[]): Record<Topic, TopicState> {
  const { kind, security, retention, supplierBasis, boardBasis } = agreement
  const told = leaflets.length > 0
  const here: Record<Topic, boolean> = {
    roles: supplierBasis !== null && boardBasis !== null,
    end: false,
    purposes: told,
    confidentiality: security[ARRANGED.secrecy] !== undefined,
    retention: retention.trim() !== '',
    subprocessors: told,
    outside: told && leaflets.every(({ security: { storageCountries } }) => storageCountries.length > 0),
    incidents: security[ARRANGED.leaks] !== undefined,
    rights: false,
    information: told,
    data: told,
    security: Object.keys(security).length > 0,
  }
  const stateOf = (topic: Topic): TopicState => (here[topic] ? 'here' : kind === 'processor' && IN_MODEL.has(topic) ? 'model' : 'missing')
  return Object.fromEntries(TOPICS.map((topic) => [topic, stateOf(topic)])) as Record<Topic, TopicState>
}
