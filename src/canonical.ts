import { createHash } from 'node:crypto'

/** JSON with sorted keys and no spaces (the JCS shape for our values: strings, integers, booleans, null, arrays, objects). Dates as ISO 8601 UTC; `undefined` members are left out. */
export function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString())
  if (Array.isArray(value)) return `[${value.map((entry) => canonical(entry ?? null)).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value)
}

/** SHA-256 as 32 bytes; a value that is no string is made canonical first. */
export function sha256(value: unknown): Buffer {
  return createHash('sha256')
    .update(typeof value === 'string' || value instanceof Uint8Array ? value : canonical(value))
    .digest()
}
