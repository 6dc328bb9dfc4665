import { createVerifier, type VerifierOptions } from '../../src/holder/verifier.ts'
import { type FakeBroker, ISSUER, RESOURCE } from '../fakes/broker.ts'

/** The kit as a publisher sets it up, against a fake broker and its clock. */
export const verifierFor = (broker: FakeBroker, options: Partial<VerifierOptions> = {}) =>
  createVerifier({
    issuer: ISSUER,
    resource: RESOURCE,
    clientId: 'rekenrijk',
    privateJwk: broker.holder.privateJwk,
    fetch: broker.fetch,
    now: broker.now,
    ...options,
  })
