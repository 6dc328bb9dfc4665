import { type RefusalCode, refusals } from '../../refusal.ts'

/** The codes as the world sees them: a refusal with another public name has no sentence of its own. */
export type PublicCode = {
  [Code in RefusalCode]: (typeof refusals)[Code] extends { as: infer As extends RefusalCode } ? As : Code
}[RefusalCode]

export function publicCodeOf(code: RefusalCode): PublicCode {
  const refusal: { status: number; as?: string } = refusals[code]
  return (refusal.as ?? code) as PublicCode
}
