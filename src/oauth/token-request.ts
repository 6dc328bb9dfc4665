import type { AuthenticatedRequest } from './authenticate.ts'

/** A request to the token endpoint: authenticated, with the key its tokens will be bound to and the id that ties it to log and ledger. */
export type TokenRequest = AuthenticatedRequest & { jkt: string; txn: string }
