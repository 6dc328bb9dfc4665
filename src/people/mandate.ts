/** What a member of staff may do. `dpo` sees everything of the board, decides nothing and holds no deciding mandate beside it. */
export type MandateRole = 'administrator' | 'school_leader' | 'signatory' | 'consent_officer' | 'teacher' | 'dpo' | 'concierge'
