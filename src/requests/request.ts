import type { ReleaseId } from '../ids.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'

/** What happened to a request of the organisation-oriented approach: everything its state follows from. */
export interface RequestFacts {
  receivedAt: Date
  /** The end of the window it asks for. */
  endsAt: Date
  forwardedAt: Date | null
  refusedAt: Date | null
  withdrawnAt: Date | null
  releases: readonly { releaseId: ReleaseId; releasedAt: Date; withdrawnAt: Date | null }[]
}

/**
 * K09, the four steps: (1) the supplier asks, (2) the school asks on, (3) people answer, (4) the school releases. Step 3
 * has no state here: it is in the consents, and a release asks there.
 *
 * ```
 *  received ──forward──▶ forwarded ──release──▶ released          any of these, when its window is over: expired
 *   │  │                  │  │  ◀──withdraw release──┘ │
 *   │  └─────refuse───────┘  │      (the last one)     │
 *   │            ▼           │                         │
 *   │         refused        │                         │
 *   └─withdraw (supplier)────┴─────────────────────────┴──▶ withdrawn
 * ```
 */
export type RequestState =
  | { state: 'received' }
  | { state: 'forwarded'; forwardedAt: Date }
  | { state: 'released'; forwardedAt: Date; releasedAt: Date }
  | { state: 'refused'; refusedAt: Date }
  | { state: 'withdrawn'; withdrawnAt: Date }
  | { state: 'expired'; endedAt: Date }

export type State = RequestState['state']

/** The state at a moment. A window that is over is over on read, before any job ran. */
export function requestStateAt(facts: RequestFacts, at: Date): RequestState {
  const { endsAt, forwardedAt, refusedAt, withdrawnAt, releases } = facts
  if (withdrawnAt) return { state: 'withdrawn', withdrawnAt }
  if (refusedAt) return { state: 'refused', refusedAt }
  if (endsAt <= at) return { state: 'expired', endedAt: endsAt }
  if (!forwardedAt) return { state: 'received' }
  const standing = releases.filter((release) => !release.withdrawnAt).map(({ releasedAt }) => releasedAt.getTime())
  if (standing.length === 0) return { state: 'forwarded', forwardedAt }
  return { state: 'released', forwardedAt, releasedAt: new Date(Math.min(...standing)) }
}

/** What may be done to a request: `withdraw` by its supplier, the rest by staff. `match` also leaves out and picks. */
export type Verb = 'match' | 'narrow' | 'forward' | 'refuse' | 'release' | 'withdrawRelease' | 'withdraw'

const POSSIBLE: Record<Verb, readonly State[]> = {
  match: ['received'],
  narrow: ['received'],
  forward: ['received'],
  refuse: ['received', 'forwarded'],
  release: ['forwarded', 'released'],
  withdrawRelease: ['released'],
  withdraw: ['received', 'forwarded', 'released'],
}

/**
 * Lets a step be taken that is possible in this state.
 *
 * @throws Refusal `request_closed` when it was refused, withdrawn or is over
 * @throws Refusal `request_already_forwarded`, `request_already_released`, `request_not_forwarded`, `release_not_found`
 */
export function mustBePossible(verb: Verb, { state }: RequestState): void {
  if (!POSSIBLE[verb].includes(state)) throw new Refusal(whyNot(verb, state))
}

function whyNot(verb: Verb, state: State): RefusalCode {
  if (state === 'refused' || state === 'withdrawn' || state === 'expired') return 'request_closed'
  if (verb === 'withdrawRelease') return 'release_not_found'
  if (verb === 'release') return 'request_not_forwarded'
  return verb === 'refuse' ? 'request_already_released' : 'request_already_forwarded'
}
