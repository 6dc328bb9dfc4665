import type { JWK } from 'jose'
import type { Access } from './access.ts'
import { AccessError } from './access-error.ts'
import { MAX_TOKEN_LENGTH, type ReadClaims, readClaims, tokenVerifier } from './access-token.ts'
import type { Fetch } from './bounded-fetch.ts'
import { brokerClient } from './broker-client.ts'
import { PROOF_MAX_AGE_SECONDS, proofVerifier } from './dpop-proof.ts'
import { tokenOpener } from './encrypted-token.ts'
import { introspector } from './introspection.ts'
import { issuerAt } from './issuer.ts'
import { metadataUrl, type ResourceMetadata, resourceMetadata } from './metadata.ts'
import { memoryReplayStore, type ReplayStore } from './replay-store.ts'
import { type ReportOptions, useReporter } from './report-uses.ts'
import { statusListsOf } from './status-list.ts'
import { type KnownSubject, readSubjects, subjectLookup } from './subjects.ts'
import { tokenHash } from './token-hash.ts'

export { type Access, entryFor, type PupilData } from './access.ts'
export { AccessError, type AccessErrorCode } from './access-error.ts'
export { BrokerCallFailed } from './broker-client.ts'
export { postgresReplayStore, REPLAY_TABLE, type RunQuery } from './postgres-replay-store.ts'
export { memoryReplayStore, type ReplayStore } from './replay-store.ts'
export type { Delivery } from './report-uses.ts'
export type { KnownSubject } from './subjects.ts'

export interface VerifierOptions {
  /** The broker, exactly as it names itself: `https://broker.example`. */
  issuer: string
  /** This holder's resource, exactly as registered with the broker: the `aud` of its tokens. */
  resource: string
  /** This holder's own client at the broker, for reports and subjects, with the key whose public part is registered. */
  clientId: string
  privateJwk: JWK
  /**
   * How the broker gives you your tokens, as registered with it. `jwt` (when left out): signed, for everybody to read; `jwe`:
   * encrypted to you besides; `opaque`: nothing in them, so each is asked about.
   */
  tokens?: 'jwt' | 'jwe' | 'opaque'
  /** For `jwe`: your private keys, the newest and, for ten minutes, the one before it. */
  decryptionJwks?: readonly JWK[]
  /**
   * How a token is found to be ended. `status-list` (when left out): by the broker's list, within 60 seconds and without
   * asking; `introspection`: by asking about each request, at once. Opaque tokens are always asked about.
   */
  ended?: 'status-list' | 'introspection'
  /** Several processes need one store between them; the default is for one process. */
  replayStore?: ReplayStore
  /** For the metadata document (RFC 9728). */
  name?: string
  documentation?: string
  /** The public address of a request, when it is not the resource's origin with the path of the request. */
  urlOf?: (request: Request) => string
  /** How long a status list is used, at most; never more than 60. */
  statusMaxAgeSeconds?: number
  /** How far ahead the clocks of broker and clients may be. */
  clockToleranceSeconds?: number
  reports?: ReportOptions
  timeoutMs?: number
  fetch?: Fetch
  now?: () => Date
}

export interface Verifier {
  /**
   * Verifies the access token and DPoP proof of a request to this holder: that the broker issued it for this resource, to
   * whoever sent the request, that it lives and was not ended, and that the proof is used for the first time.
   *
   * Does NOT check that what the request asks for is what the token allows: ask `entryFor(access, subject, datatype)`.
   *
   * @throws AccessError; `error.response(verifier.metadataUrl)` is the answer
   */
  verifyAccess: (request: Request) => Promise<Access>
  /**
   * Tells the broker what was handed over, in the background. Returns at once and never throws. On Workers give the promise
   * to `waitUntil`; elsewhere ignore it.
   */
  delivered: (access: Access, what: { datatypes: string[]; records: number }) => Promise<void>
  /**
   * Who a pseudonym is: the identifier the school gave this holder, an ECK iD for a pupil. Undefined when the broker does
   * not tell. Asked once for each, then remembered.
   *
   * @throws BrokerCallFailed
   */
  identifierOf: (subject: string) => Promise<string | undefined>
  /** All of them: pairs of the school's identifier and `sub`. */
  subjects: () => AsyncGenerator<KnownSubject>
  metadata: ResourceMetadata
  metadataUrl: string
  /** Sends the reports that still wait: call it before a process ends. */
  settled: (withinMs?: number) => Promise<void>
}

const DEFAULT_TIMEOUT_MS = 5_000
const DEFAULT_TOLERANCE_SECONDS = 10

/** A verifier for one resource of one broker. Make one per process and keep it: its caches are what makes it fast. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer: name, resource } = options
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init))
  const now = options.now ? () => options.now!().getTime() : Date.now
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const toleranceSeconds = options.clockToleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS
  const { origin } = new URL(resource)
  const urlOf = options.urlOf ?? ((request) => origin + new URL(request.url).pathname)

  const issuer = issuerAt(name, { fetch, now, timeoutMs })
  const tokens = options.tokens ?? 'jwt'
  const open = tokens === 'jwe' ? tokenOpener(options.decryptionJwks ?? []) : undefined
  const verifySigned = tokenVerifier(issuer, { name, resource, now, toleranceSeconds, open })
  const verifyProof = proofVerifier({ now, toleranceSeconds })
  const mustBeValid = statusListsOf(issuer, {
    issuer: name,
    fetch,
    now,
    timeoutMs,
    toleranceSeconds,
    ...(options.statusMaxAgeSeconds !== undefined && { maxAgeSeconds: options.statusMaxAgeSeconds }),
  })
  const replayStore = options.replayStore ?? memoryReplayStore({ now })
  const client = brokerClient(issuer, { ...options, fetch, now, timeoutMs })
  const introspect = introspector(issuer, client, { name, clientId: options.clientId, now, toleranceSeconds })
  const reporter = useReporter(client, options.reports ?? {})

  /** What the token says, and the broker's word on it where it was asked. */
  async function readToken(token: string): Promise<ReadClaims & { ath: string; evidence?: string }> {
    if (tokens !== 'opaque') return await verifySigned(token)
    const [{ claims, evidence }, ath] = await Promise.all([introspect(token), tokenHash(token)])
    if (claims.iss !== name || !(claims.exp! * 1000 > now())) throw new AccessError('invalid_token', 'access token: it is not one of now')
    return { ...readClaims(claims, resource), ath, evidence }
  }

  /** Throws unless the token still stands, with all that it leans on. */
  async function mustStand(claims: ReadClaims & { jwt?: string; evidence?: string }): Promise<string | undefined> {
    if (claims.evidence !== undefined) return claims.evidence
    if (options.ended !== 'introspection') {
      await mustBeValid(claims.status.uri, claims.status.index)
      return undefined
    }
    const { claims: told, evidence } = await introspect(claims.jwt!)
    if (told.jti !== claims.tokenId) throw new AccessError('broker_unavailable', 'the broker’s answer is about another token')
    return evidence
  }

  async function mustBeFirst(jkt: string, jti: string, issuedAt: number): Promise<void> {
    const expiresAt = new Date((issuedAt + PROOF_MAX_AGE_SECONDS + toleranceSeconds) * 1000)
    let first: boolean
    try {
      first = await replayStore.useOnce(`${jkt} ${jti}`, expiresAt)
    } catch (cause) {
      throw new AccessError('broker_unavailable', 'it cannot be known whether the proof was used before', { cause })
    }
    if (!first) throw new AccessError('invalid_dpop_proof', 'DPoP proof: it was used before')
  }

  return {
    async verifyAccess(request) {
      const { token, proof } = credentialsOf(request)
      const verifyingProof = verifyProof(proof, { method: request.method, url: urlOf(request) })
      // Both are checked at the same time; of two failures the token's is told.
      verifyingProof.catch(() => {})
      const claims = await readToken(token)
      const { jkt, ath, jti, issuedAt } = await verifyingProof
      if (jkt !== claims.jkt) throw new AccessError('invalid_token', 'access token: it is bound to another key than the proof’s')
      if (ath !== claims.ath) throw new AccessError('invalid_dpop_proof', 'DPoP proof: ath is not the hash of the access token')
      const evidence = await mustStand(claims)
      await mustBeFirst(jkt, jti, issuedAt)
      const { tokenId, clientId, subjects, details, grantId, txn, expiresAt } = claims
      return {
        tokenId,
        clientId,
        subjects,
        details,
        ...(grantId && { grantId }),
        ...(txn && { txn }),
        expiresAt: new Date(expiresAt * 1000),
        ...(evidence !== undefined && { evidence }),
      }
    },
    delivered: (access, what) => reporter.report({ ...what, tokenId: access.tokenId, deliveredAt: new Date(now()) }),
    identifierOf: subjectLookup(client),
    subjects: () => readSubjects(client),
    metadata: resourceMetadata({ issuer: name, resource, ...pick(options) }),
    metadataUrl: metadataUrl(resource),
    settled: (withinMs) => reporter.settled(withinMs),
  }
}

const pick = ({ name, documentation }: VerifierOptions) => ({ ...(name && { name }), ...(documentation && { documentation }) })

/** RFC 9449 §7.1: the token comes with scheme DPoP in the Authorization header, and with exactly one proof. */
function credentialsOf(request: Request): { token: string; proof: string } {
  const authorization = request.headers.get('authorization')
  const proof = request.headers.get('dpop')
  if (!authorization) throw new AccessError('token_missing', 'this resource needs an access token of the broker')
  const [scheme, token, ...rest] = authorization.split(' ')
  if (scheme?.toLowerCase() === 'bearer')
    throw new AccessError('invalid_token', 'access token: it is used as a bearer token; it needs DPoP')
  if (scheme?.toLowerCase() !== 'dpop' || !token || rest.length > 0) {
    throw new AccessError('invalid_request', 'the Authorization header is not "DPoP" and one token')
  }
  if (token.length > MAX_TOKEN_LENGTH) throw new AccessError('invalid_token', 'access token: it is too long')
  if (!proof) throw new AccessError('invalid_dpop_proof', 'DPoP proof: there is none')
  if (proof.includes(',')) throw new AccessError('invalid_dpop_proof', 'DPoP proof: there is more than one')
  return { token, proof }
}
