/** One entry of `authorization_details` in an access token: which data, for what, about whom. */
export interface PupilData {
  type: 'pupil-data'
  locations: string[]
  actions: 'read'[]
  datatypes: string[]
  purpose: string
  /** The one pupil or member of staff it is about, under the pseudonym of this holder. */
  identifier?: string
  /** Up to fifty of them, in a batch token. */
  identifiers?: string[]
  /** The days the data may be of, YYYY-MM-DD or an instant: hand over nothing from before or after. */
  period?: { from: string; until: string }
}

/** What a verified access token allows, at this holder and now. */
export interface Access {
  /** The token's `jti`: what deliveries are reported under. */
  tokenId: string
  clientId: string
  /** Pseudonyms of this holder; who they are is what `subjects()` tells. */
  subjects: string[]
  details: PupilData[]
  /** The grant it was issued on; a batch token has none. */
  grantId?: string
  /** Ties the broker's and the holder's logs together. */
  txn?: string
  expiresAt: Date
  /** By introspection only: the broker's signed answer (RFC 9701), to keep with what was handed over. */
  evidence?: string
}

/**
 * The entry that allows handing over `datatype` about `subject`, or undefined: then hand over nothing. Its `period`, when
 * there, is for the caller to keep.
 */
export function entryFor(access: Access, subject: string, datatype: string): PupilData | undefined {
  return access.details.find(
    (entry) => entry.datatypes.includes(datatype) && (entry.identifiers?.includes(subject) ?? access.subjects.includes(subject)),
  )
}
