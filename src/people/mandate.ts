/** What a member of staff may do. `dpo` sees everything of the board, decides nothing and holds no deciding mandate beside it. */
export type MandateRole = 'administrator' | 'school_leader' | 'signatory' | 'consent_officer' | 'teacher' | 'dpo' | 'concierge'

/** Mandates that decide on purpose and means, or on who may: a data protection officer holds none of these (P45). */
const DECIDING_ROLES: readonly MandateRole[] = ['administrator', 'school_leader', 'signatory', 'consent_officer']

/** Whether somebody who holds `held` may get `role` as well. */
export function goesWith(role: MandateRole, held: readonly MandateRole[]): boolean {
  if (role === 'dpo') return !held.some((other) => DECIDING_ROLES.includes(other))
  return !(DECIDING_ROLES.includes(role) && held.includes('dpo'))
}
