import type { Context } from 'hono'
import type { JWK } from 'jose'
import { z } from 'zod'
import type { KeysFault } from '../../catalog/keys-at-address.ts'
import type { ClientKeysGiven } from '../../catalog/manage-client.ts'
import { Refusal } from '../../refusal.ts'
import { Field, TextArea } from '../fields.tsx'
import type { PageEnv } from '../page.tsx'
import type { Messages } from '../texts/shape.ts'

/** The fields in which keys are given, pasted or by address. What is too much of them is no key set and no address, and is told at the field. */
export const keysFields = {
  jwks: z.string().default(''),
  jwks_uri: z.string().trim().default(''),
}

export interface KeysTyped {
  jwks?: string | undefined
  jwks_uri?: string | undefined
}

/** What was typed, as keys. @throws Refusal `client_key_invalid` for what is no JWK or JWK Set, both, or nothing */
export function keysGiven({ jwks, jwks_uri: jwksUri }: { jwks: string; jwks_uri: string }): ClientKeysGiven {
  if ((jwks.trim() === '') === (jwksUri === '')) throw new Refusal('client_key_invalid')
  if (jwksUri !== '') return { jwksUri }
  let read: unknown
  try {
    read = JSON.parse(jwks)
  } catch {
    throw new Refusal('client_key_invalid')
  }
  if (typeof read !== 'object' || read === null) throw new Refusal('client_key_invalid')
  const keys = 'keys' in read ? read.keys : [read]
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'object' && key !== null)) throw new Refusal('client_key_invalid')
  return { keys: keys as JWK[] }
}

/** A private key that somebody pasted is not put into the page again. */
const shownAgain = (jwks = '') => (/"(d|k|p|q)"\s*:/.test(jwks) ? '' : jwks)

/** What is wrong with what was typed: the field, and of an address of keys what came of it. */
export interface KeysWrong {
  fields: ReadonlySet<string>
  fault?: KeysFault | undefined
}
export const NONE_WRONG: KeysWrong = { fields: new Set() }

/** The sentence at the address of keys: what came of it, else how an address looks. */
export const addressWrong = ({ machine }: Messages, { fault = 'not_allowed' }: KeysWrong): string => machine.clients.faults[fault]

export function KeysFields({ c, typed = {}, wrong }: { c: Context<PageEnv>; typed?: KeysTyped; wrong: KeysWrong }) {
  const { fields } = wrong
  const words = c.var.t.machine.clients
  const isBoth = Boolean(typed.jwks?.trim()) === Boolean(typed.jwks_uri)
  return (
    <>
      <TextArea
        name="jwks"
        label={words.jwks}
        hint={words.jwksHint}
        error={fields.has('jwks') && (isBoth ? words.oneOfBoth : words.jwksWrong)}
        value={shownAgain(typed.jwks)}
        maxlength={20_000}
      />
      <Field
        name="jwks_uri"
        label={words.jwksUri}
        hint={words.jwksUriHint}
        error={fields.has('jwks_uri') && addressWrong(c.var.t, wrong)}
        input={{ type: 'url', value: typed.jwks_uri, maxlength: 500, autocomplete: 'off' }}
      />
    </>
  )
}

const FIELD_OF: Partial<Record<string, string>> = {
  client_key_invalid: 'jwks',
  jwks_uri_invalid: 'jwks_uri',
  redirect_uri_invalid: 'redirects',
}

/** At which field a refusal of a program belongs, and why; nothing for what is no such refusal. */
export function wrongBy(error: unknown): KeysWrong | undefined {
  const field = error instanceof Refusal && FIELD_OF[error.code]
  return field ? { fields: new Set([field]), fault: error.details.fault as KeysFault | undefined } : undefined
}
