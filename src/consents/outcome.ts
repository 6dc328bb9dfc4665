import type { PersonId } from '../ids.ts'

/** `veto`: one yes suffices and any no blocks. `all`: everybody says yes. `any`: one yes suffices, whatever others say. */
export type DecisionRule = 'veto' | 'all' | 'any'

/** What the item asks: everything a yes can give. Images have no data sets: a yes to them cannot be narrowed in data. */
export interface Asked {
  datatypes: readonly string[]
  endsAt: Date
}

export interface DeciderAnswer {
  deciderId: PersonId
  answer: 'yes' | 'no'
  /** A narrowed yes; null is a yes to everything asked. */
  datatypes: readonly string[] | null
  untilAt: Date | null
  /** Orders the answers of one consent. No two have the same. */
  revision: number
}

/** What the answers come to. Time has no part in it: whether a yes has run out is up to `consent.ts`. */
export type Outcome =
  | { kind: 'unanswered' }
  | { kind: 'given'; datatypes: string[]; until: Date }
  | { kind: 'refused' }
  /** One yes and one no: visible, with a way out (the school calls), and nothing is given. */
  | { kind: 'conflict' }

/** The latest answer of each decider, in the order of revisions: while a consent is open everybody may change their mind. */
export function latestPerDecider<A extends DeciderAnswer>(answers: readonly A[]): A[] {
  const latest = new Map<PersonId, A>()
  for (const answer of answers) {
    const known = latest.get(answer.deciderId)
    if (!known || known.revision < answer.revision) latest.set(answer.deciderId, answer)
  }
  return [...latest.values()].sort((a, b) => a.revision - b.revision)
}

/**
 * What the answers come to under a rule. A pure function of the latest answer of each decider; their order says nothing.
 *
 *              nobody yet    yes only         no only                 yes and no
 *     veto     unanswered    given            refused                 conflict
 *     all      unanswered    given, if all    refused                 conflict
 *     any      unanswered    given            refused, if all said no given
 *
 * Several yeses give what they have in common; when that is nothing it is a no. Under `any` each yes suffices for what it
 * names, so there they add up: were it what they have in common, one parent's no could free what the other gave. A no
 * only ever takes away.
 *
 * @param deciders who may answer; not empty
 * @param lingering what others said who no longer may answer: their no still counts as a no and their narrowed yes still
 *   narrows, but their yes gives nothing
 */
export function outcomeOf(
  rule: DecisionRule,
  asked: Asked,
  answers: readonly DeciderAnswer[],
  deciders: readonly PersonId[],
  lingering: readonly DeciderAnswer[] = [],
): Outcome {
  const latest = latestPerDecider(answers).filter(({ deciderId }) => deciders.includes(deciderId))
  const yeses = latest.filter(isYes)
  const noes = [...latest, ...lingering].filter((answer) => !isYes(answer))
  if (yeses.length === 0) {
    const waiting = rule === 'any' && latest.length < deciders.length
    return noes.length === 0 || waiting ? { kind: 'unanswered' } : { kind: 'refused' }
  }
  if (rule === 'any') return together(rule, asked, yeses)
  if (noes.length > 0) return { kind: 'conflict' }
  if (rule === 'all' && yeses.length < deciders.length) return { kind: 'unanswered' }
  return together(rule, asked, [...yeses, ...lingering])
}

const isYes = ({ answer }: DeciderAnswer) => answer === 'yes'

function together(rule: DecisionRule, asked: Asked, yeses: readonly DeciderAnswer[]): Outcome {
  const named = (datatype: string) => (yes: DeciderAnswer) => yes.datatypes?.includes(datatype) ?? true
  const datatypes = asked.datatypes.filter((datatype) => (rule === 'any' ? yeses.some(named(datatype)) : yeses.every(named(datatype))))
  if (datatypes.length === 0 && asked.datatypes.length > 0) return { kind: 'refused' }
  const ends = yeses.map(({ untilAt }) => Math.min(untilAt?.getTime() ?? Infinity, asked.endsAt.getTime()))
  return { kind: 'given', datatypes, until: new Date(rule === 'any' ? Math.max(...ends) : Math.min(...ends)) }
}
