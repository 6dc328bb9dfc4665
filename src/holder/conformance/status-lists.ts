import { base64url } from 'jose'
import { type Claims, type SigningKey, seconds, signed } from './signing.ts'

/** What may be wrong with a list that the test issuer serves. Each is a list of its own, at its own address. */
export const SPOILT = {
  expired: 'has expired',
  forged: 'is signed with a key that is not the broker’s',
  moved: 'is a list of another address',
  mistyped: 'is a JWT of another kind (typ)',
  away: 'cannot be had: the broker answers 503',
} as const
export type Spoilt = keyof typeof SPOILT

const ENTRIES = 1024

/** The status lists of a test issuer (Token Status List): one that is sound, and one for each way to be not. */
export function statusLists(issuer: string, keys: { status: SigningKey; foreign: SigningKey }, ttl: number) {
  const ended = new Set<number>()
  const uriOf = (list: 'sound' | Spoilt) => `${issuer}/status/${list}`

  async function packed(): Promise<string> {
    const bytes = new Uint8Array(ENTRIES / 8)
    for (const index of ended) bytes[index >> 3]! |= 1 << (index & 7)
    const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'))
    return base64url.encode(new Uint8Array(await new Response(stream).arrayBuffer()))
  }

  return {
    uriOf,
    /** An index that is in no list. */
    outside: ENTRIES + 7,
    end: (index: number) => void ended.add(index),
    hasEnded: (index: number) => ended.has(index),
    /** The list at an address, or undefined where there is none to have. */
    async at(name: string): Promise<string | undefined> {
      const list = name as 'sound' | Spoilt
      if (list !== 'sound' && !Object.hasOwn(SPOILT, list)) return undefined
      if (list === 'away') return undefined
      const iat = list === 'expired' ? seconds() - 7_200 : seconds()
      const claims: Claims = {
        sub: list === 'moved' ? uriOf('sound') : uriOf(list),
        iat,
        exp: iat + 3_600,
        ttl,
        status_list: { bits: 1, lst: await packed() },
      }
      const typ = list === 'mistyped' ? 'JWT' : 'statuslist+jwt'
      return await signed(claims, { typ, kid: keys.status.kid }, list === 'forged' ? keys.foreign : keys.status)
    },
  }
}
