import type { Bench, Made } from './bench.ts'
import { seconds, signedWithPublicKey, unsigned } from './signing.ts'
import { type Case, refused, served } from './verdict.ts'

/** A case in which the token is good and the proof is not. */
function badProof(id: string, title: string, advice: string, made: (bench: Bench) => Made): Case {
  return {
    id,
    title: `refuses a proof ${title}`,
    source: 'RFC 9449 §4.3',
    advice,
    play: async (bench) => refused(bench, await bench.ask(await bench.issued(), made(bench))),
  }
}

/** Suppliers, and thieves of tokens, that come with a proof that is not good. */
export const proofCases: Case[] = [
  {
    id: 'proof-missing',
    title: 'refuses a good token without a proof',
    source: 'RFC 9449 §7.1',
    advice: 'Every request carries exactly one DPoP header.',
    play: async (bench) => refused(bench, await bench.send({ authorization: `DPoP ${await bench.issued()}` })),
  },
  {
    id: 'proof-twice',
    title: 'refuses two proofs at once',
    source: 'RFC 9449 §4.3 item 1',
    advice: 'More than one DPoP header is a no.',
    play: async (bench) => {
      const token = await bench.issued()
      const proofs: [string, string][] = [
        ['dpop', await bench.proof(token)],
        ['dpop', await bench.proof(token)],
      ]
      return refused(bench, await bench.send([['authorization', `DPoP ${token}`], ...proofs]))
    },
  },
  {
    id: 'proof-replayed',
    title: 'refuses a proof that was used before',
    source: 'RFC 9449 §11.1',
    advice: 'Keep the jti of each proof, with its key, for as long as the proof could be used.',
    play: async (bench) => {
      const token = await bench.issued()
      const headers = { authorization: `DPoP ${token}`, dpop: await bench.proof(token) }
      return served(bench, await bench.send(headers)) ?? refused(bench, await bench.send(headers))
    },
  },
  {
    id: 'proof-replayed-at-once',
    title: 'takes one and the same proof once, when it comes ten times at the same moment',
    source: 'RFC 9449 §11.1',
    advice: 'Look and take down in one atomic step, in a store that all your processes share.',
    play: async (bench) => {
      const token = await bench.issued()
      const headers = { authorization: `DPoP ${token}`, dpop: await bench.proof(token) }
      const seen = await Promise.all(Array.from({ length: 10 }, () => bench.send(headers)))
      const good = seen.filter(({ status }) => status === 200).length
      return good === 1 ? undefined : `it was taken ${good} times`
    },
  },
  badProof('proof-other-method', 'for another method (htm)', 'htm must be the method of the request.', ({ config }) => ({
    claims: { htm: config.request.method === 'POST' ? 'GET' : 'POST' },
  })),
  badProof('proof-other-path', 'for another path (htu)', 'htu must be the address of the request, without query.', ({ config }) => ({
    claims: { htu: new URL('/somewhere/else', config.resource).href },
  })),
  badProof('proof-other-host', 'for another holder (htu)', 'Compare with your public address, not with the Host header.', (bench) => ({
    claims: { htu: `https://api.another-holder.example${bench.target().pathname}` },
  })),
  badProof('proof-no-ath', 'that is for no token (no ath)', 'ath must be there.', () => ({ claims: { ath: undefined } })),
  badProof('proof-other-ath', 'that was made for another token (ath)', 'ath is the SHA-256 of the access token.', () => ({
    claims: { ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' },
  })),
  badProof('proof-old', 'of five minutes ago', 'iat is no more than a minute ago.', () => ({ claims: { iat: seconds() - 300 } })),
  badProof('proof-from-the-future', 'of five minutes from now', 'iat lies no more than some seconds ahead.', () => ({
    claims: { iat: seconds() + 300 },
  })),
  badProof('proof-no-iat', 'without a time', 'iat must be there.', () => ({ claims: { iat: undefined } })),
  badProof('proof-no-jti', 'that cannot be told from another (no jti)', 'jti must be there.', () => ({ claims: { jti: undefined } })),
  badProof(
    'proof-stolen-token',
    'by somebody who only has the token',
    'The thumbprint of the proof’s key is cnf.jkt of the token.',
    ({ thief }) => ({
      key: thief,
    }),
  ),
  badProof(
    'proof-borrowed-key',
    'that names the supplier’s key and is signed with another',
    'Verify the proof with the key in its header.',
    ({ thief, supplier }) => ({
      key: thief,
      header: { jwk: supplier.publicJwk },
    }),
  ),
  badProof('proof-wrong-typ', 'whose typ is JWT', 'typ must be dpop+jwt.', () => ({ header: { typ: 'JWT' } })),
  badProof('proof-alg-none', 'with no signature', 'Allow EdDSA and ES256 and nothing else.', () => ({ sign: unsigned })),
  badProof('proof-alg-confusion', 'signed with the public key as if it were a secret', 'Allow EdDSA and ES256 and nothing else.', () => ({
    sign: signedWithPublicKey,
  })),
  badProof('proof-private-key', 'that carries a private key', 'A jwk with d in it is refused.', ({ supplier }) => ({
    header: { jwk: supplier.privateJwk },
  })),
]
