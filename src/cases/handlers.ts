import type { MandateRole } from '../people/mandate.ts'

/** Who handles cases, at the school of whom they are about. */
export const HANDLERS: MandateRole[] = ['school_leader', 'consent_officer']
