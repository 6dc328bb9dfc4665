import type { Entry } from './entries.ts'
import { idsIn } from './entries.ts'

/** An answer as the ledger tells it. */
export interface ToldAnswer {
  answerId: string
  consentId: string
  deciderId: string
  answer: 'yes' | 'no'
  datatypes: string[] | null
  untilAt: string | null
  revision: number
  authority: string
  guardianshipId: string | null
  method: string
  shownHash: string
  at: Date
  undoneAt?: Date
  undoneIn?: number
}

export interface ToldToken {
  tokenId: string
  at: Date
  entry: Entry
  /** When an entry told that it ended, with `facts.endedTokens`. */
  endedBy?: Entry
}

/** What an agreement or a release went through: the moment of each step that was told. */
export type ToldSteps = Map<string, Map<string, Entry>>

/** Answers, agreements, releases, assignments and tokens as the ledger alone tells them (INV-05). */
export interface Replayed {
  answers: Map<string, ToldAnswer>
  /** Consents that ended for good, and how. */
  ended: Map<string, { as: 'withdrawn' | 'invalidated' | 'lapsed' | 'expired'; at: Date }>
  agreements: ToldSteps
  addenda: ToldSteps
  releases: ToldSteps
  /** Who joined a release: its id and the consent's, with a colon between. */
  joined: Set<string>
  clauses: Map<string, { instructed?: Entry; ended?: Entry }>
  assignments: Map<string, { started?: Entry; ended?: Entry }>
  tokens: Map<string, ToldToken>
  /** The hash of each version of an agreement with a parent, by `parentAgreementKey`. */
  parentAgreements: Map<string, string>
  /** Tokens that an entry says ended and none says were issued. */
  endedUnissued: Set<string>
}

const ENDINGS = { consent_withdrawn: 'withdrawn', consent_invalidated: 'invalidated' } as const
const STEPS = [
  ['agreement_', 'agreements'],
  ['addendum_', 'addenda'],
] as const

export function emptyReplay(): Replayed {
  return {
    answers: new Map(),
    ended: new Map(),
    agreements: new Map(),
    addenda: new Map(),
    releases: new Map(),
    joined: new Set(),
    clauses: new Map(),
    assignments: new Map(),
    tokens: new Map(),
    parentAgreements: new Map(),
    endedUnissued: new Set(),
  }
}

/** Takes one more entry in. */
export function replay(state: Replayed, entry: Entry): void {
  const { event, ref, facts, at } = entry
  if (event === 'answer_given' && ref)
    state.answers.set(String(facts.answerId), { ...(facts as unknown as ToldAnswer), consentId: ref, at })
  if (event === 'answer_undone') {
    const answer = state.answers.get(String(facts.answerId))
    if (answer) Object.assign(answer, { undoneAt: at, undoneIn: Number(facts.revision) })
  }
  if (event in ENDINGS && ref) state.ended.set(ref, { as: ENDINGS[event as keyof typeof ENDINGS], at })
  for (const consentId of idsIn(facts, 'lapsed')) state.ended.set(consentId, { as: 'lapsed', at })
  for (const consentId of idsIn(facts, 'expired')) state.ended.set(consentId, { as: 'expired', at })
  if (event === 'consents_asked' && typeof facts.insteadOf === 'string' && !state.ended.has(facts.insteadOf))
    state.ended.set(facts.insteadOf, { as: 'expired', at })
  for (const [prefix, of] of STEPS) if (event.startsWith(prefix) && ref) stepsOf(state[of], ref).set(event, entry)
  takeReleases(state, entry)
  takeClauses(state, entry)
  takeAssignments(state, entry)
  takeTokens(state, entry)
  if (event === 'parent_agreement_made' && ref) {
    const key = parentAgreementKey(ref, String(facts.subjectId), String(facts.deciderId), Number(facts.version))
    state.parentAgreements.set(key, String(facts.hash))
  }
  if (event === 'proof_erased') takeErasedProof(state, facts)
}

/** One version of the year's agreement with one decider about one subject. */
export const parentAgreementKey = (roundId: string, subjectId: string, deciderId: string, version: number) =>
  [roundId, subjectId, deciderId, version].join(':')

/** What was erased is not there any more, and that it was there is not missed. How its consents ended stays. */
function takeErasedProof({ answers, parentAgreements }: Replayed, facts: Entry['facts']): void {
  const consents = new Set(idsIn(facts, 'consentIds'))
  for (const [answerId, { consentId }] of answers) if (consents.has(consentId)) answers.delete(answerId)
  const rounds = idsIn(facts, 'roundIds')
  for (const key of parentAgreements.keys()) if (rounds.some((roundId) => key.startsWith(`${roundId}:`))) parentAgreements.delete(key)
}

function stepsOf(steps: ToldSteps, id: string): Map<string, Entry> {
  const known = steps.get(id) ?? new Map<string, Entry>()
  steps.set(id, known)
  return known
}

function takeReleases({ releases, joined }: Replayed, entry: Entry): void {
  const { event, ref, facts } = entry
  if (event === 'released' && ref) stepsOf(releases, ref).set(event, entry)
  const named = event === 'released' ? idsIn(facts, 'consents') : event === 'release_joined' ? [String(facts.consentId)] : []
  for (const consentId of named) joined.add(`${ref}:${consentId}`)
  // Whatever withdraws releases (staff, or the end of their request) names them.
  for (const releaseId of idsIn(facts, 'releaseIds')) stepsOf(releases, releaseId).set('withdrawn', entry)
}

function takeClauses({ clauses }: Replayed, entry: Entry): void {
  const step = entry.event === 'onward_clause_instructed' ? 'instructed' : entry.event === 'onward_clause_ended' ? 'ended' : undefined
  if (!step) return
  for (const { clauseId } of (entry.facts.clauses ?? []) as { clauseId: string }[]) {
    clauses.set(clauseId, { ...clauses.get(clauseId), [step]: entry })
  }
}

function takeAssignments({ assignments }: Replayed, entry: Entry): void {
  const step = entry.event === 'assignment_started' ? 'started' : entry.event === 'assignment_ended' ? 'ended' : undefined
  if (step && entry.ref) assignments.set(entry.ref, { ...assignments.get(entry.ref), [step]: entry })
}

function takeTokens({ tokens, endedUnissued }: Replayed, entry: Entry): void {
  const { event, ref, at, facts } = entry
  if (event === 'token_issued' && ref) tokens.set(ref, { tokenId: ref, at, entry })
  for (const tokenId of idsIn(facts, 'endedTokens')) {
    const token = tokens.get(tokenId)
    if (token) token.endedBy ??= entry
    else endedUnissued.add(tokenId)
  }
}
