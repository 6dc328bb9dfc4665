import { createVerifier, type VerifierOptions } from '../../src/holder/verifier.ts'
import { type FakeBroker, ISSUER, RESOURCE } from '../fakes/broker.ts'
import { sabotagedCopy } from './sabotaged-copy.ts'

export type Kit = typeof createVerifier

/** A kit in which whoever comes while something is fetched fetches it as well. */
export async function impatientKit(): Promise<Kit> {
  const copy = await sabotagedCopy('holder/fresh.ts', /underWay\.get\(key\)/, 'undefined as Promise<Fetched<T>> | undefined')
  return ((await import(`${copy}/holder/verifier.ts`)) as { createVerifier: Kit }).createVerifier
}

/** The kit as a publisher sets it up, against a fake broker and its clock. */
export const verifierFor = (broker: FakeBroker, options: Partial<VerifierOptions> = {}, kit: Kit = createVerifier) =>
  kit({
    issuer: ISSUER,
    resource: RESOURCE,
    clientId: 'rekenrijk',
    privateJwk: broker.holder.privateJwk,
    fetch: broker.fetch,
    now: broker.now,
    ...options,
  })
