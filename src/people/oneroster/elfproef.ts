/**
 * Whether a value can be a BSN, the Dutch citizen number: nine digits that pass the "elfproef", with or without dots,
 * spaces or hyphens between. One in eleven innocent nine-digit numbers does too; those are refused with it.
 */
export function looksLikeBsn(value: string): boolean {
  if (value.length < 9 || value.length > 15) return false
  const digits = value.replace(/[.\s-]/g, '')
  if (!/^\d{9}$/.test(digits) || digits === '000000000') return false
  let sum = 0
  for (let place = 0; place < 9; place += 1) sum += Number(digits[place]) * (place === 8 ? -1 : 9 - place)
  return sum % 11 === 0
}
