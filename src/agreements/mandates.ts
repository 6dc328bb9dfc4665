import type { PersonActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type { MandateRole } from '../people/mandate.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'

/** Who checks what a supplier hands in, and who may end things: the school's side short of signing (P18, P19). */
export const SCHOOL_SIDE: MandateRole[] = ['school_leader', 'consent_officer', 'administrator', 'signatory']

/** @throws Refusal `signatory_only` (P18) */
export async function mustBeSignatory(tx: Tx, actor: PersonActor, at: Date): Promise<void> {
  try {
    await mustHold(tx, actor, ['signatory'], at)
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('signatory_only')
    throw error
  }
}
