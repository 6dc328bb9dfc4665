import type { Bench, Made } from './bench.ts'
import { seconds, signed, signedWithPublicKey, signingKey, unsigned } from './signing.ts'
import { pseudonymOf } from './test-issuer.ts'
import { type Case, refused } from './verdict.ts'

const readable = ({ config }: Bench) => config.tokens !== 'opaque'

/** A case in which the token is not one this holder may take; the proof is sound. */
function badToken(id: string, title: string, source: string, advice: string, made: (bench: Bench) => Made | Promise<Made>): Case {
  return {
    id,
    title: `refuses a token ${title}`,
    source,
    advice,
    applies: readable,
    play: async (bench) => refused(bench, await bench.ask(await bench.forged(await made(bench)))),
  }
}

/** A case in which the broker itself would say of the token that it is not active for this holder. */
function notForHere(id: string, title: string, source: string, advice: string, claims: (bench: Bench) => Made['claims'] & object): Case {
  return {
    id,
    title: `refuses a token ${title}`,
    source,
    advice,
    play: async (bench) => refused(bench, await bench.ask(await bench.issued({ claims: claims(bench) }))),
  }
}

/** Suppliers that come with a token that is not good here. */
export const tokenCases: Case[] = [
  notForHere('token-other-audience', 'for another holder', 'RFC 9068 §4', 'aud must be exactly your resource.', () => ({
    aud: 'https://api.another-holder.example/',
  })),
  notForHere(
    'token-several-audiences',
    'for you and another holder at once',
    'RFC 9068 §4',
    'aud is one text, not a list.',
    ({ config }) => ({
      aud: [config.resource, 'https://api.another-holder.example/'],
    }),
  ),
  notForHere('token-other-issuer', 'that names another issuer', 'RFC 9068 §4', 'iss must be exactly the issuer you trust.', () => ({
    iss: 'https://broker.another.example',
  })),
  notForHere('token-expired', 'that has expired', 'RFC 9068 §4', 'Look at exp, without minutes of grace.', () => ({
    iat: seconds() - 400,
    exp: seconds() - 100,
  })),
  badToken('token-lives-too-long', 'that lives longer than ten minutes', 'published bound', 'exp − iat is 600 seconds at most.', () => ({
    claims: { exp: seconds() + 86_400 },
  })),
  badToken(
    'token-from-the-future',
    'that was issued in the future',
    'RFC 7519 §4.1.6',
    'iat lies no more than some seconds ahead.',
    () => ({
      claims: { iat: seconds() + 300, exp: seconds() + 600 },
    }),
  ),
  badToken('token-wrong-typ', 'whose typ is JWT: an ID token, say', 'RFC 8725 §3.11', 'typ must be at+jwt.', () => ({
    header: { typ: 'JWT' },
  })),
  badToken('token-no-typ', 'without typ', 'RFC 9068 §4', 'typ must be there, and at+jwt.', () => ({ header: { typ: undefined } })),
  badToken(
    'token-forged',
    'signed by somebody else under the name of a key of the broker',
    'RFC 9068 §4',
    'Verify the signature with the key of that kid.',
    ({ issuer }) => ({
      key: issuer.keys.foreign,
    }),
  ),
  badToken(
    'token-unknown-key',
    'signed with a key that the broker does not have',
    'RFC 9068 §4',
    'Only keys in the broker’s key set count.',
    async () => ({
      key: await signingKey('EdDSA', 'nobody'),
    }),
  ),
  badToken(
    'token-own-key',
    'that brings its own key in its header',
    'RFC 8725 §3.10',
    'Never take a key from the token itself.',
    async () => {
      const key = await signingKey('EdDSA', 'own')
      return { key, header: { kid: undefined, jwk: key.publicJwk } }
    },
  ),
  badToken('token-alg-none', 'with no signature (alg none)', 'RFC 8725 §3.1', 'Allow EdDSA and ES256 and nothing else.', () => ({
    sign: unsigned,
  })),
  badToken(
    'token-alg-confusion',
    'signed with the public key as if it were a secret',
    'RFC 8725 §2.1',
    'Allow EdDSA and ES256 and nothing else.',
    () => ({
      sign: signedWithPublicKey,
    }),
  ),
  {
    id: 'token-tampered',
    title: 'refuses a token in which something was changed after it was signed',
    source: 'RFC 7515 §5.2',
    advice: 'Read claims only from what was verified.',
    applies: ({ config }) => config.tokens === 'jwt',
    play: async (bench) => {
      const [header, , signature] = (await bench.issued()).split('.')
      const claims = bench.claims({ sub: pseudonymOf(1), authorization_details: [bench.entry(1)] })
      const token = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
      return refused(bench, await bench.ask(token))
    },
  },
  {
    id: 'token-not-encrypted',
    title: 'refuses a token that is signed and not encrypted',
    source: 'registered token format',
    advice: 'A holder that takes jwe takes nothing else.',
    applies: ({ config }) => config.tokens === 'jwe',
    play: async (bench) => {
      const { access } = bench.issuer.keys
      return refused(bench, await bench.ask(await signed(bench.claims(), { typ: 'at+jwt', kid: access.kid }, access)))
    },
  },
  {
    id: 'token-unbound',
    title: 'refuses a token that is bound to no key',
    source: 'RFC 9449 §7.1',
    advice: 'cnf.jkt must be there, alone, and be the thumbprint of the proof’s key.',
    play: async (bench) => refused(bench, await bench.ask(await bench.issued({ claims: { cnf: undefined } }))),
  },
  {
    id: 'token-as-bearer',
    title: 'refuses a good token as a bearer token, without a proof',
    source: 'RFC 9449 §7.2',
    advice: 'The scheme is DPoP.',
    play: async (bench) => refused(bench, await bench.send({ authorization: `Bearer ${await bench.issued()}` })),
  },
  {
    id: 'token-in-query',
    title: 'refuses a good token in the address',
    source: 'RFC 9449 §7.1, FAPI 2.0 §5.3.4',
    advice: 'Read tokens from the Authorization header only.',
    play: async (bench) => {
      const [token, url] = [await bench.issued(), bench.target()]
      url.searchParams.set('access_token', token)
      return refused(bench, await bench.send({ dpop: await bench.proof(token) }, url))
    },
  },
  {
    id: 'token-nonsense',
    title: 'refuses what is no token at all',
    source: 'RFC 6750 §3.1',
    advice: 'What cannot be read is a 401, not a fault of your own.',
    play: async (bench) => refused(bench, await bench.ask('nonsense')) ?? refused(bench, await bench.ask('a.b.c')),
  },
]
