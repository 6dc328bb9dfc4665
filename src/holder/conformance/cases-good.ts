import { metadataUrl } from '../metadata.ts'
import { signingKey } from './signing.ts'
import { pseudonymOf } from './test-issuer.ts'
import { type Case, served, soon } from './verdict.ts'

const USES_MS = 20_000
const NEW_KEY_MS = 15_000

/** What a holder does for suppliers that behave. */
export const goodCases: Case[] = [
  {
    id: 'good-token',
    title: 'hands over data of the pupil to a supplier with a good token and proof',
    source: 'RFC 9068, RFC 9449',
    advice: 'See the quick start for holders; the body below it says what was missed.',
    play: async (bench) => served(bench, await bench.ask(await bench.issued())),
  },
  {
    id: 'good-ed25519-proof',
    title: 'takes a proof by an Ed25519 key as well as by a P-256 key',
    source: 'FAPI 2.0 §5.4',
    advice: 'Allow EdDSA and ES256 for DPoP proofs.',
    play: async (bench) => {
      const key = await signingKey('EdDSA', 'supplier')
      return served(bench, await bench.ask(await bench.issued({ claims: { cnf: { jkt: key.jkt } } }), { key }))
    },
  },
  {
    id: 'good-second-request',
    title: 'takes one token for several requests, each with a proof of its own',
    source: 'RFC 9449 §7',
    advice: 'Use up the proof’s jti and not the token’s.',
    play: async (bench) => {
      const token = await bench.issued()
      return served(bench, await bench.ask(token)) ?? served(bench, await bench.ask(token))
    },
  },
  {
    id: 'good-batch',
    title: 'hands over data of both pupils on one token for both',
    source: 'README, authorization_details',
    advice: 'With sub equal to client_id the pupils stand in identifiers.',
    applies: ({ config }) => !/\{(subject|identifier)\}/.test(config.request.path),
    play: async (bench) => {
      const details = [bench.entry(0, { identifier: undefined, identifiers: [pseudonymOf(0), pseudonymOf(1)] })]
      const claims = { sub: 'conformance-supplier', grant_id: undefined, authorization_details: details }
      return served(bench, await bench.ask(await bench.issued({ claims })), [0, 1])
    },
  },
  {
    id: 'good-new-key',
    title: 'finds a signing key that the issuer added a moment ago',
    source: 'RFC 7517, key rotation',
    advice: 'Read the key set again when a token names a kid you do not know, not more than once in some seconds.',
    applies: ({ config }) => config.tokens !== 'opaque',
    play: async (bench) => {
      const { next } = bench.issuer.keys
      if (!bench.issuer.published.includes(next)) bench.issuer.published.push(next)
      return await soon(async () => served(bench, await bench.ask(await bench.issued({ key: next }))), NEW_KEY_MS)
    },
  },
  {
    id: 'good-use-reported',
    title: 'tells the broker what it handed over',
    source: 'POST /v1/uses',
    advice: 'Call delivered(…) of the kit, or POST /v1/uses with jti, time, data and number of records.',
    play: async (bench) => {
      const jti = crypto.randomUUID()
      const seen = served(bench, await bench.ask(await bench.issued({ claims: { jti } })))
      if (seen) return seen
      return await soon(async () => {
        const use = bench.issuer.uses.find((reported) => reported.jti === jti)
        if (!use) return `no report within ${USES_MS / 1000} seconds${bench.issuer.refusals.map((why) => `; ${why}`).join('')}`
        return use.datatypes?.includes(bench.config.datatype) ? undefined : 'the report does not name the data that were handed over'
      }, USES_MS)
    },
  },
  {
    id: 'good-metadata',
    title: 'tells where its broker is, in its metadata document',
    source: 'RFC 9728 §3',
    advice: 'Serve the document at /.well-known/oauth-protected-resource, followed by the path of the resource.',
    play: async (bench) => {
      const { resource, issuer, address } = bench.config
      const { pathname } = new URL(metadataUrl(resource))
      const response = await fetch(new URL(pathname, address), { redirect: 'manual', signal: AbortSignal.timeout(10_000) })
      if (response.status !== 200) return `${pathname} answers ${response.status}`
      const told = (await response.json().catch(() => ({}))) as { resource?: unknown; authorization_servers?: unknown[] }
      if (told.resource !== resource) return 'its resource is not the one that is registered'
      return told.authorization_servers?.includes(issuer) ? undefined : 'its authorization_servers do not name the issuer'
    },
  },
  {
    id: 'good-challenge',
    title: 'tells a stranger what it needs: 401 with a DPoP challenge that points at its metadata',
    source: 'RFC 9449 §7.1, RFC 9728 §5.1',
    advice: 'Answer with WWW-Authenticate: DPoP algs="…", resource_metadata="…".',
    play: async (bench) => {
      const { status, headers } = await bench.send({})
      if (status !== 401) return `it answered ${status}`
      const challenge = headers.get('www-authenticate') ?? ''
      if (!/(^|,\s*)DPoP\b/i.test(challenge)) return 'there is no DPoP challenge'
      return challenge.includes('resource_metadata=') ? undefined : 'the challenge does not name resource_metadata'
    },
  },
  {
    id: 'good-not-kept',
    title: 'forbids that an answer with data is kept on the way (Cache-Control: no-store)',
    source: 'RFC 9111 §5.2.2.5',
    advice: 'Answer with Cache-Control: no-store.',
    level: 'should',
    play: async (bench) => {
      const { headers } = await bench.ask(await bench.issued())
      return headers.get('cache-control')?.includes('no-store') ? undefined : 'the answer may be kept'
    },
  },
]
