/** GDPR art. 6(1)(a)-(f). The sources list five or six; the law has six (P09, K24). */
export const LEGAL_BASES = ['consent', 'contract', 'legal_obligation', 'public_task', 'vital_interest', 'legitimate_interest'] as const
export type LegalBasis = (typeof LEGAL_BASES)[number]

/** Objection exists on these two only (GDPR art. 21(1)). */
export function mayBeObjectedTo(basis: LegalBasis): boolean {
  return basis === 'public_task' || basis === 'legitimate_interest'
}
