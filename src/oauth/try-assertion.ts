import type { Deps } from '../deps.ts'
import type { ClientId } from '../ids.ts'
import { fits, isSameAlgorithm } from './algorithms.ts'
import {
  ASSERTION_TYPE,
  type AssertionFault,
  type ClientRow,
  clientRow,
  clientThatSigned,
  type ReadAssertion,
  readAssertion,
  WrongAssertion,
} from './client-authentication.ts'
import { clientKeys } from './client-keys.ts'
import { OAuthError } from './oauth-error.ts'

/** Why an assertion would not let its client in: what it says, or whose key signed it. */
export type TriedFault = AssertionFault | 'registered_alg' | 'kid_unknown' | 'key_kind' | 'signature'

/**
 * Looks whether this assertion would let a client in, and says exactly why not; what `authenticated` tells nobody whom it does not
 * know. It is not used up, and a use of it before is not looked for. Does NOT check who asks: only the client's own engineer may.
 *
 * @returns the fault, `other_client` also for one that is out of use; undefined when it would let the client in
 */
export async function tryAssertion(deps: Deps, clientId: ClientId, assertion: string): Promise<TriedFault | undefined> {
  const at = deps.now()
  const form = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion, client_id: clientId }
  const client = await clientRow(deps.db, clientId)
  if (!client) return 'other_client'
  try {
    const read = readAssertion(deps.issuer, new Map(Object.entries(form)), at)
    return await clientThatSigned(deps, read, client, at).then(
      () => undefined,
      async (error: unknown) => {
        if (!(error instanceof OAuthError)) throw error
        return await whyNotSigned(deps, client, read, at)
      },
    )
  } catch (error) {
    if (error instanceof WrongAssertion) return error.fault
    throw error
  }
}

async function whyNotSigned(deps: Deps, client: ClientRow, { alg, kid }: ReadAssertion, at: Date): Promise<TriedFault> {
  if (client.assertion_alg !== null && !isSameAlgorithm(client.assertion_alg, alg)) return 'registered_alg'
  const fitting = (await clientKeys(deps, client, at)).filter((jwk) => fits(jwk, alg))
  if (fitting.length === 0) return 'key_kind'
  return kid !== undefined && !fitting.some((jwk) => jwk.kid === undefined || jwk.kid === kid) ? 'kid_unknown' : 'signature'
}
