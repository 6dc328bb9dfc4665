/** One entry of `authorization_details` (RFC 9396) as granted: strict, one holder, named data, one purpose. */
export interface PupilData {
  type: 'pupil-data'
  locations: [string]
  actions: ['read']
  datatypes: string[]
  purpose: string
  identifier?: string
  identifiers?: string[]
  period?: { from: string; until: string }
}
