/** What an event is to its receiver: what it has to do about it. Closed; the event itself is told beside it. */
export const EVENT_TYPES = ['released', 'changed', 'withdrawn', 'ended', 'erased'] as const
export type EventType = (typeof EVENT_TYPES)[number]

const TYPE_OF: Record<string, EventType> = {
  released: 'released',
  release_withdrawn: 'withdrawn',
  consent_withdrawn: 'withdrawn',
  objection_decided: 'withdrawn',
  consent_invalidated: 'ended',
  consent_lapsed: 'ended',
  consents_expired: 'ended',
  agreement_ended: 'ended',
  onward_clause_ended: 'ended',
  request_refused: 'ended',
  request_withdrawn: 'ended',
}

/** The type of an event of the ledger: a duty to destroy says that data are to be erased; what has no type of its own is a change. */
export function typeOf({ event, facts }: { event: string; facts: Record<string, unknown> }): EventType {
  if (event === 'duty_given' && facts.kind === 'destroy') return 'erased'
  return TYPE_OF[event] ?? 'changed'
}

/** The URI that names a type in a SET (RFC 8417 §1.2). */
export const typeUri = (issuer: string, type: EventType): string => `${issuer}/event-types/${type}`
