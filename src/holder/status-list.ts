import { errors, jwtVerify } from 'jose'
import { AccessError } from './access-error.ts'
import { ageIn, type Fetch, fetchBytes, readAtMost } from './bounded-fetch.ts'
import { type Fetched, freshByKey } from './fresh.ts'
import type { Issuer } from './issuer.ts'

const MAX_LIST_BYTES = 4_194_304
const MAX_JWT_BYTES = 6_291_456
/** The published bound of a withdrawal: no list is used longer than this, whatever it says itself. */
const MAX_AGE_SECONDS = 60
const MAX_KNOWN_LISTS = 64

interface StatusList {
  bits: number
  bytes: Uint8Array
}

/**
 * Looks up a token's status in the broker's signed lists (Token Status List). Only a value of 0 lets through; a list that
 * cannot be had, checked or understood lets nothing through.
 */
export function statusListsOf(
  issuer: Issuer,
  options: { issuer: string; fetch: Fetch; now: () => number; timeoutMs: number; maxAgeSeconds?: number; toleranceSeconds: number },
) {
  const { fetch, now, timeoutMs, toleranceSeconds } = options
  const maxAgeSeconds = Math.min(options.maxAgeSeconds ?? MAX_AGE_SECONDS, MAX_AGE_SECONDS)
  const { origin } = new URL(options.issuer)

  async function load(uri: string): Promise<Fetched<StatusList>> {
    const askedAt = now()
    const { headers, bytes } = await fetchBytes(fetch, uri, { accept: 'application/statuslist+jwt', maxBytes: MAX_JWT_BYTES, timeoutMs })
    if (headers.get('content-type')?.split(';')[0]!.trim() !== 'application/statuslist+jwt') throw unusable('has another content type')
    const { payload } = await jwtVerify(new TextDecoder().decode(bytes), issuer.keyFor, {
      typ: 'statuslist+jwt',
      algorithms: ['EdDSA', 'Ed25519', 'ES256'],
      subject: uri,
      requiredClaims: ['iat'],
      clockTolerance: toleranceSeconds,
      currentDate: new Date(now()),
    }).catch((cause: unknown) => {
      throw cause instanceof errors.JOSEError
        ? unusable('is not signed as it should be, is for another address or has expired', cause)
        : cause
    })
    const { ttl = maxAgeSeconds, iat, exp = Infinity } = payload as { ttl?: unknown; iat: number; exp?: number }
    if (typeof ttl !== 'number' || !(ttl > 0)) throw unusable('has no sensible ttl')
    if (iat * 1000 > askedAt + toleranceSeconds * 1000) throw unusable('is from the future')
    const usableUntil = Math.min(askedAt + (Math.min(ttl, maxAgeSeconds) - ageIn(headers)) * 1000, exp * 1000)
    return { value: await unpack(payload.status_list), usableUntil }
  }

  const listAt = freshByKey(load, { now, max: MAX_KNOWN_LISTS })

  /**
   * @throws AccessError `invalid_token` when the token was ended, `broker_unavailable` when that cannot be known
   */
  return async function mustBeValid(uri: string, index: number): Promise<void> {
    // The address is signed by the broker; that it is the broker's own costs nothing to insist on.
    if (!URL.canParse(uri) || new URL(uri).origin !== origin)
      throw new AccessError('invalid_token', 'access token: its status list is not the broker’s')
    const list = await listAt(uri)
    if (statusAt(list, index) !== 0) throw new AccessError('invalid_token', 'access token: it was ended')
  }
}

async function unpack(statusList: unknown): Promise<StatusList> {
  const { bits, lst } = (statusList ?? {}) as { bits?: unknown; lst?: unknown }
  if (![1, 2, 4, 8].includes(bits as number) || typeof lst !== 'string' || !/^[A-Za-z0-9_-]+$/.test(lst))
    throw unusable('has no list in it')
  try {
    const packed = Uint8Array.from(atob(lst.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
    const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'))
    return { bits: bits as number, bytes: await readAtMost(inflated, MAX_LIST_BYTES) }
  } catch (cause) {
    throw unusable('cannot be unpacked', cause)
  }
}

/** Entries are packed from the least significant bit of each byte up. */
function statusAt({ bits, bytes }: StatusList, index: number): number {
  const byte = bytes[Math.floor((index * bits) / 8)]
  if (byte === undefined) throw new AccessError('invalid_token', 'access token: its status is not in the list')
  return (byte >> ((index * bits) % 8)) & (2 ** bits - 1)
}

const unusable = (why: string, cause?: unknown) => new AccessError('broker_unavailable', `the broker’s status list ${why}`, { cause })
