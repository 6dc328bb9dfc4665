import type { AccountId, BoardId, ClientId, HolderId, PersonId, SupplierId } from './ids.ts'

/**
 * A human who acts as one of their persons of a board, from a verified session. What that person may do (guardian,
 * pupil, staff with a mandate) is decided inside the transaction, at the moment of the act, never here.
 */
export interface PersonActor {
  accountId: AccountId
  boardId: BoardId
  personId: PersonId
  /** When they last proved who they are. What asks for a fresh sign-in looks at it; absent, there never was one. */
  signedInAt?: Date
}

/** A supplier's client, from a verified assertion or access token. */
export interface SupplierActor {
  clientId: ClientId
  supplierId: SupplierId
}

/** A data holder's client, from a verified assertion or access token. */
export interface HolderActor {
  clientId: ClientId
  holderId: HolderId
}
