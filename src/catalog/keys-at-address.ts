import type { JWK } from 'jose'
import type { Deps } from '../deps.ts'
import { readSigningKeys } from './public-jwk.ts'

/**
 * The keys that a client signs with, as its own address serves them now. Not checked: how often it is asked.
 *
 * @throws Error when it does not answer, or with no sound key set; whatever the reason
 */
export async function keysAtAddress({ outsideFetch }: Pick<Deps, 'outsideFetch'>, jwksUri: string): Promise<{ keys: JWK[] }> {
  const { status, text } = await outsideFetch(jwksUri, { headers: { accept: 'application/jwk-set+json, application/json' } })
  if (status !== 200) throw new Error(`answered ${status}`)
  return await readSigningKeys(signingKeysIn(text))
}

/** Of a whole key set those that could sign for us: it may hold keys for other things and other services. */
function signingKeysIn(text: string): JWK[] {
  const { keys } = JSON.parse(text) as { keys?: unknown }
  if (!Array.isArray(keys)) throw new Error('is not a key set')
  return (keys as JWK[]).filter(
    ({ use = 'sig', kid, kty, crv }) => use === 'sig' && kid && ((kty === 'OKP' && crv === 'Ed25519') || (kty === 'EC' && crv === 'P-256')),
  )
}
