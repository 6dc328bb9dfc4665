import { z } from 'zod'
import { idOf } from '../http.ts'
import type { ServiceId } from '../ids.ts'
import { endOf, moment, startOf } from '../moments.ts'
import { parseStrictJson } from '../strict-json.ts'
import type { Allowed } from './client-authentication.ts'
import { OAuthError } from './oauth-error.ts'

/** Most subjects of one token (design §5): its header stays below 8 kB. */
const LARGEST_BATCH = 50

const word = (longest: number) => z.string().min(1).max(longest)
const listOf = (entry: z.ZodString, most: number) =>
  z
    .array(entry)
    .min(1)
    .max(most)
    .refine((entries) => new Set(entries).size === entries.length, 'names something twice')

const common = {
  type: z.literal('pupil-data'),
  locations: z.tuple([word(500)]),
  actions: z.tuple([z.literal('read')]),
  datatypes: listOf(word(61), 40),
  purpose: word(40),
}

const redeeming = z
  .strictObject({
    ...common,
    identifier: word(100).optional(),
    identifiers: listOf(word(100), LARGEST_BATCH).optional(),
    period: z.strictObject({ from: moment, until: moment }).optional(),
  })
  .refine(({ identifier, identifiers }) => (identifier === undefined) !== (identifiers === undefined), 'names identifier or identifiers')

const asking = z.strictObject({
  ...common,
  service: idOf<ServiceId>().optional(),
  part: word(41).optional(),
  occasion: word(500).optional(),
  reason: z.strictObject({ nl: word(2000), en: word(2000).optional() }).optional(),
  period: z.strictObject({ from: moment.optional(), until: moment.optional() }).optional(),
})

const refreshing = z.strictObject({ ...common, identifier: word(100).optional() })

export type RedeemingEntry = z.infer<typeof redeeming>
export type AskingEntry = z.infer<typeof asking>
export type RefreshingEntry = z.infer<typeof refreshing>

/**
 * The one `authorization_details` entry (RFC 9396) of a redemption: strict, because a field that is ignored is a meaning
 * nobody agreed to.
 *
 * @throws OAuthError `invalid_authorization_details`, naming the fields that are wrong and never their values
 */
export function redeemingEntry(text: string | undefined): RedeemingEntry {
  return read(redeeming, text)
}

/** As `redeemingEntry`, for asking a decider directly: no subject, for the login hint says who; the words of the question. */
export function askingEntry(text: string | undefined): AskingEntry {
  return read(asking, text)
}

/**
 * Whether this client was registered to ask for this at all (RFC 9396 §10). It is told so: that is about its own registration and
 * says nothing of anybody.
 *
 * @throws OAuthError `invalid_authorization_details`, `invalid_target`
 */
export function mustBeAllowed({ allowed }: { allowed: Allowed }, resource: string, datatypes: readonly string[]): void {
  if (!allowed.detailTypes.includes('pupil-data')) throw notRegistered('authorization_details of this type')
  if (allowed.holders && !allowed.holders.includes(resource))
    throw new OAuthError('invalid_target', 'this client is not registered for this holder', { attempted: true })
  if (datatypes.some((datatype) => !(allowed.datatypes?.includes(datatype) ?? true))) throw notRegistered('these data')
}

/**
 * What a client may have now of what was granted to it: it may have been limited since it asked.
 *
 * @throws OAuthError as `mustBeAllowed`, when that is nothing
 */
export function stillAllowed(client: { allowed: Allowed }, resource: string, granted: readonly string[]): string[] {
  const allowed = granted.filter((datatype) => client.allowed.datatypes?.includes(datatype) ?? true)
  mustBeAllowed(client, resource, allowed.length > 0 ? allowed : granted)
  return allowed
}

/** As `redeemingEntry`, for less than a refresh token can give: about the one subject it is about. */
export function refreshingEntry(text: string | undefined): RefreshingEntry {
  return read(refreshing, text)
}

function read<T>(schema: z.ZodType<T>, text: string | undefined): T {
  const one = z.tuple([schema]).safeParse(parse(text))
  if (one.success) return one.data[0]
  const wrong = one.error.issues.map(({ path, message }) => `${path.slice(1).map(String).join('.') || 'the list of one entry'}: ${message}`)
  throw wrongDetails([...new Set(wrong)].slice(0, 10).join('; '))
}

function parse(text: string | undefined): unknown {
  if (text === undefined) throw wrongDetails('authorization_details is missing')
  try {
    return parseStrictJson(text)
  } catch (error) {
    throw wrongDetails(`authorization_details ${(error as SyntaxError).message}`)
  }
}

/** The first moment of a day or the moment itself; `until` a day is to its end. */
export function momentsOf({ from, until }: { from: string; until: string }): { startsAt: Date; endsAt: Date } {
  return { startsAt: startOf(from), endsAt: endOf(until) }
}

const wrongDetails = (description: string) => new OAuthError('invalid_authorization_details', description)
const notRegistered = (what: string) =>
  new OAuthError('invalid_authorization_details', `this client is not registered for ${what}`, { attempted: true })
