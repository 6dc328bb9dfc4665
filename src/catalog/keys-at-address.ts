import type { JWK } from 'jose'
import type { Deps } from '../deps.ts'
import type { SupplierId } from '../ids.ts'
import { OutsideError, type OutsideFault } from '../outside.ts'
import { isOutsideUrl } from '../outside-url.ts'
import { withinRate } from '../rates.ts'
import { Refusal } from '../refusal.ts'
import { parseStrictJson } from '../strict-json.ts'
import { hasPrivateMember, readSigningKeys } from './public-jwk.ts'

/** Why an address gives us no keys to know a client by, in words for whoever named it, with what to do. */
export const KEYS_FAULTS = {
  not_allowed: 'The address must begin with https, on port 443, at a name or address that everybody can reach, without # and user name.',
  name_unknown: 'The name in this address is not found (DNS). Look for a typing error, or wait until the name is known everywhere.',
  not_public: 'The name in this address leads to a private address. Put the keys at an address that everybody can reach.',
  connection_refused: 'Nothing listens at this address: the connection is refused. Start the server, or open port 443 to the outside.',
  certificate_invalid: 'The secure connection (TLS) fails. The certificate must be valid, for this name, and sent with its whole chain.',
  too_slow: 'There is no answer within three seconds. See whether a firewall is in between, and serve the keys as a plain file.',
  too_large: 'The answer is larger than 64 kB. Serve the keys alone.',
  unreachable: 'The connection breaks off before there is an answer. See what the log of that server says.',
  redirected: 'The address leads on to another one, which we do not follow. Fill in the address where the keys are.',
  answered_otherwise: 'The address answers, but not with 200. Without signing in it must give the keys to everybody.',
  not_json: 'The answer is no JSON. It must be a JWK Set: {"keys": [...]}.',
  not_key_set: 'The answer is JSON, but no JWK Set: it has no list named keys.',
  no_signing_key: 'No key there can sign for us. It takes an Ed25519 or P-256 key with a kid, not one for encryption.',
  private_key:
    'There is a private key at this address, for everybody to read. Throw that key away and publish the public half of a new one.',
  key_invalid: 'A key there does not work: it is damaged, its alg does not fit, a kid occurs twice, or there are more than ten.',
} as const satisfies Record<OutsideFault, string> & Record<string, string>
export type KeysFault = keyof typeof KEYS_FAULTS

/** An address gives no keys to know a client by. */
export class KeysNotServed extends Error {
  override name = 'KeysNotServed'
  readonly fault: KeysFault

  constructor(fault: KeysFault, options?: ErrorOptions) {
    super(fault, options)
    this.fault = fault
  }
}

/**
 * The keys that a client signs with, as its own address serves them now. Not checked: how often it is asked.
 *
 * @throws KeysNotServed when it does not answer, or with no sound key set
 */
export async function keysAtAddress({ outsideFetch }: Pick<Deps, 'outsideFetch'>, jwksUri: string): Promise<{ keys: JWK[] }> {
  const { status, text } = await outsideFetch(jwksUri, { headers: { accept: 'application/jwk-set+json, application/json' } }).catch(
    (error: unknown) => {
      throw new KeysNotServed(error instanceof OutsideError ? error.fault : 'unreachable', { cause: error })
    },
  )
  if (status >= 300 && status < 400) throw new KeysNotServed('redirected')
  if (status !== 200) throw new KeysNotServed('answered_otherwise', { cause: status })
  const keys = signingKeysIn(text)
  if (keys.length === 0) throw new KeysNotServed('no_signing_key')
  if (keys.some(hasPrivateMember)) throw new KeysNotServed('private_key')
  return await readSigningKeys(keys).catch((error: unknown) => {
    throw new KeysNotServed('key_invalid', { cause: error })
  })
}

/**
 * An address of keys counts only when it serves keys that work, so that no program is registered that can never come in. Not
 * checked: how often somebody has us look (`mayHaveUsLook`).
 *
 * @throws Refusal `jwks_uri_invalid` with its `fault`, and what to do as `detail`
 */
export async function mustServeKeys(deps: Pick<Deps, 'allowedLoopback' | 'log' | 'outsideFetch'>, jwksUri: string): Promise<void> {
  if (!isOutsideUrl(jwksUri, deps.allowedLoopback)) throw invalid('not_allowed')
  try {
    await keysAtAddress(deps, jwksUri)
  } catch (error) {
    if (!(error instanceof KeysNotServed)) throw error
    deps.log.info('jwks_not_fetched', { error })
    throw invalid(error.fault)
  }
}

const invalid = (fault: KeysFault) => new Refusal('jwks_uri_invalid', { fault, detail: KEYS_FAULTS[fault] })

/** So often may a supplier have us look at an address that it gives. */
export const LOOKED_AT = { most: 30, seconds: 60 }

/** @throws Refusal `too_many_requests` */
export async function mayHaveUsLook({ db }: Pick<Deps, 'db'>, supplierId: SupplierId, at: Date): Promise<void> {
  if (!(await withinRate(db, at, `jwks-given:${supplierId}`, LOOKED_AT))) throw new Refusal('too_many_requests')
}

/** Of a whole key set those that could sign for us: it may hold keys for other things and other services. */
function signingKeysIn(text: string): JWK[] {
  const { keys } = (readJson(text) ?? {}) as { keys?: unknown }
  if (!Array.isArray(keys)) throw new KeysNotServed('not_key_set')
  return (keys as (JWK | null)[]).filter((key): key is JWK => {
    const { use = 'sig', kid, kty, crv } = key ?? {}
    return use === 'sig' && Boolean(kid) && ((kty === 'OKP' && crv === 'Ed25519') || (kty === 'EC' && crv === 'P-256'))
  })
}

function readJson(text: string): unknown {
  try {
    return parseStrictJson(text)
  } catch {
    throw new KeysNotServed('not_json')
  }
}
