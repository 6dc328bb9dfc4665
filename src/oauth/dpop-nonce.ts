import { createHmac, timingSafeEqual } from 'node:crypto'

/** A nonce is of one minute; it is taken in that one and in this many after it. */
const STEP_SECONDS = 60
const GOOD_STEPS = 5

/**
 * A nonce to make a DPoP proof with (RFC 9449 §8): it says by our clock when it was given out, and nobody else can make one.
 * Nothing is kept of it, so every process that has the secret takes it.
 */
export function freshNonce(secret: string, at: Date): string {
  return nonceOf(secret, stepAt(at))
}

/** Until when a nonce of ours is taken; undefined for one that is not ours, or too old. */
export function nonceGoodUntil(secret: string, nonce: string, at: Date): Date | undefined {
  const now = stepAt(at)
  const given = Buffer.from(nonce)
  for (let step = now; step >= now - GOOD_STEPS; step--) {
    const ours = Buffer.from(nonceOf(secret, step))
    if (given.length === ours.length && timingSafeEqual(given, ours)) return new Date((step + GOOD_STEPS + 1) * STEP_SECONDS * 1000)
  }
  return undefined
}

const stepAt = (at: Date) => Math.floor(at.getTime() / 1000 / STEP_SECONDS)

const nonceOf = (secret: string, step: number) =>
  createHmac('sha256', Buffer.from(secret, 'base64url')).update(`dpop-nonce ${step}`).digest('base64url')
