import { randomBytes } from 'node:crypto'

/** Crockford's base 32: no I, L, O or U, which are read as something else. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 16

/** A code that somebody types over from paper: sixteen signs in groups of four, 80 bits. */
export function newPaperCode(): string {
  return paperCodeOf(randomBytes(LENGTH))
}

/** The code that these bytes give, of which there are at least sixteen. */
export function paperCodeOf(bytes: Uint8Array): string {
  const signs = Array.from(bytes.subarray(0, LENGTH), (byte) => SIGNS[byte % SIGNS.length]!).join('')
  return signs.match(/.{4}/g)!.join('-')
}

/** The code as it was made, however it was typed: small letters, other spaces, an O for a 0. Nothing when it cannot be one. */
export function paperCodeIn(typed: string): string | undefined {
  const signs = typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  if (signs.length !== LENGTH || signs.includes('U')) return undefined
  return signs.match(/.{4}/g)!.join('-')
}
