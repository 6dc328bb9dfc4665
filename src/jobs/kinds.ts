/** What long work there is, by the name of what is done. Each kind has its handler in src/long-work.ts. */
export type JobKind =
  | 'roster_preview'
  | 'roster_import'
  | 'round_publication'
  | 'round_reminder'
  | 'ledger_export'
  | 'round_letters'
  | 'sandbox_turn'
