import type { ClientActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import type { BoardId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import type { WhyNot } from './standing.ts'

/** No token lives longer (design §5): the bound everywhere of a withdrawal. */
export const LONGEST_MS = 600_000

/** What a supplier asks a token for: data of named subjects at one holder, for one purpose. */
export interface Wish {
  resource: string
  datatypes: string[]
  purpose: string
  /** The supplier's own pseudonyms, all of one board. */
  identifiers: string[]
  /** Asked with `identifiers`: one token for them together, also when there is one. */
  batch: boolean
  period?: { from: string; until: string; startsAt: Date; endsAt: Date }
}

/** To whom a token goes: the client, bound to its DPoP key. `txn` ties log, ledger and token together. */
export interface Redeemer extends ClientActor {
  jkt: string
  txn: string
}

/**
 * Why there is no token. Out there it is one answer for everything, so that nobody learns whether a pupil, a consent or a
 * release exists; `why` is for the log, `boardId` for the ledger entry of the refused attempt.
 */
export class NotGranted extends Refusal {
  readonly why: WhyNot | 'unknown_holder' | 'unknown_subject' | 'several_boards' | 'nothing_there' | 'not_in_grant' | 'given_anew'
  readonly boardId: BoardId | undefined
  readonly approach: Approach

  constructor(why: NotGranted['why'], boardId?: BoardId, approach: Approach = 'organisation') {
    super('grant_not_found')
    this.why = why
    this.boardId = boardId
    this.approach = approach
  }
}
