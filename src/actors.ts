import type { AccountId, BoardId, ClientId, HolderId, MemberId, PersonId, SupplierId } from './ids.ts'

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
export interface ClientActor {
  clientId: ClientId
  supplierId: SupplierId
}

/** Somebody who acts for a supplier, from a verified session. What they may do is read in the transaction of the act. */
export interface MemberActor {
  accountId: AccountId
  memberId: MemberId
  supplierId: SupplierId
  /** When they last proved who they are. */
  signedInAt?: Date
}

/** Who acts for a supplier, by its own program or in the web app: the same commands for both. */
export type SupplierActor = ClientActor | MemberActor

/** A data holder's client, from a verified assertion or access token. */
export interface HolderActor {
  clientId: ClientId
  holderId: HolderId
}
