import type { PersonActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import { mustBeFresh } from '../fresh-sign-in.ts'
import type { MandateRole } from '../people/mandate.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'

/** Who checks what a supplier hands in, and who may end things: the school's side short of signing (P18, P19). */
export const SCHOOL_SIDE: MandateRole[] = ['school_leader', 'consent_officer', 'administrator', 'signatory']

/**
 * What binds the board takes a signatory (P18), who proved a short while ago who they are.
 *
 * @throws Refusal `signatory_only`, `sign_in_again`
 */
export async function mustBeSignatory(tx: Tx, actor: PersonActor, at: Date): Promise<void> {
  try {
    await mustHold(tx, actor, ['signatory'], at)
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('signatory_only')
    throw error
  }
  mustBeFresh(actor, at)
}
