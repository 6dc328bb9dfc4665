/** What a supplier is. */
export const SUPPLIER_KINDS = [
  'publisher',
  'administration',
  'tutoring',
  'research',
  'care',
  'photographer',
  'cloud',
  'distributor',
] as const
export type SupplierKind = (typeof SUPPLIER_KINDS)[number]
