import type { Supplier, SupplierParty } from '../catalog/store.ts'
import type { Board } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import type { Agreement } from './agreement.ts'

export type MissingOfParty =
  | `board_${'legal_form' | 'address' | 'representative'}`
  | `supplier_${'address' | 'registration' | 'representative'}`

/** How the supplier is named in an agreement that nobody signed: as it named itself there, else as it is named everywhere. */
export function supplierPartyIn({ supplierParty }: Pick<Agreement, 'supplierParty'>, { party }: Pick<Supplier, 'party'>): SupplierParty {
  return supplierParty ?? party
}

/** What an agreement does not say of its two parties and has to before it is signed (M01). */
export function missingOfParties(agreement: Pick<Agreement, 'supplierParty'>, board: Board, supplier: Supplier): MissingOfParty[] {
  const { address, registration, representative } = supplierPartyIn(agreement, supplier)
  const said: Record<MissingOfParty, string> = {
    board_legal_form: board.legalForm,
    board_address: board.address,
    board_representative: board.representative,
    supplier_address: address,
    supplier_registration: registration,
    supplier_representative: representative,
  }
  return (Object.keys(said) as MissingOfParty[]).filter((part) => said[part].trim() === '')
}

/** @throws Refusal `parties_incomplete` with what is missing (M01) */
export function mustNameParties(agreement: Pick<Agreement, 'supplierParty'>, board: Board, supplier: Supplier): void {
  const missing = missingOfParties(agreement, board, supplier)
  if (missing.length > 0) throw new Refusal('parties_incomplete', { missing })
}
