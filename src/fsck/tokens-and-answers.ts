import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import type { Entry } from './entries.ts'
import { idsIn } from './entries.ts'

interface Said {
  answerId: string
  deciderId: string
  answer: 'yes' | 'no'
  datatypes: string[] | null
  untilAt: string | null
}

interface Known {
  rule: 'veto' | 'all' | 'any'
  basis: string
}

/** What walking the chains in their order finds, by invariant. */
export interface Walked {
  'INV-01': string[]
  'INV-06': string[]
  'INV-09': string[]
  'INV-10': string[]
}

/**
 * Walks the entries of a board in the order in which they were committed, keeping what every decider said last, and looks
 * at each token and answer with what was known then. It shares no code with what decides when a token is issued.
 */
export class Walk {
  readonly found: Walked = { 'INV-01': [], 'INV-06': [], 'INV-09': [], 'INV-10': [] }
  readonly #consents: ReadonlyMap<string, Known>
  readonly #said = new Map<string, Said[]>()
  readonly #revisions = new Map<string, number>()
  readonly #over = new Map<string, string>()
  readonly #objected = new Set<string>()

  static async of(tx: Tx, boardId: BoardId): Promise<Walk> {
    const rows = await tx
      .selectFrom('consents as c')
      .innerJoin('items as i', (join) => join.onRef('i.board_id', '=', 'c.board_id').onRef('i.item_id', '=', 'c.item_id'))
      .select(['c.consent_id', 'i.decision_rule', 'i.legal_basis'])
      .where('c.board_id', '=', boardId) // consents_pkey
      .execute()
    return new Walk(new Map(rows.map((row) => [row.consent_id, { rule: row.decision_rule, basis: row.legal_basis }])))
  }

  private constructor(consents: ReadonlyMap<string, Known>) {
    this.#consents = consents
  }

  take(entry: Entry): void {
    const { event, ref, facts } = entry
    if (event === 'answer_given' && ref) this.#answer(ref, entry)
    if (event === 'answer_undone' && ref) this.#takenBack(ref, String(facts.answerId))
    if ((event === 'consent_withdrawn' || event === 'consent_invalidated') && ref) this.#over.set(ref, event)
    for (const consentId of idsIn(facts, 'lapsed')) this.#over.set(consentId, 'lapsed')
    if (event === 'objection_made' && ref) this.#objected.add(ref)
    if (event === 'objection_decided' && ref && facts.granted === false) this.#objected.delete(ref)
    if (event === 'token_issued') this.#token(entry)
  }

  #answer(consentId: string, { seq, facts }: Entry): void {
    const where = `answer ${String(facts.answerId)} (entry ${seq})`
    const over = this.#over.get(consentId)
    if (over) this.found['INV-06'].push(`${where}: its consent had ended (${over})`)
    const revision = Number(facts.revision)
    if (revision <= (this.#revisions.get(consentId) ?? 0)) this.found['INV-06'].push(`${where}: revision ${revision} was there already`)
    this.#revisions.set(consentId, revision)
    this.#said.set(consentId, [...(this.#said.get(consentId) ?? []), facts as unknown as Said])
  }

  #takenBack(consentId: string, answerId: string): void {
    this.#said.set(
      consentId,
      (this.#said.get(consentId) ?? []).filter((said) => said.answerId !== answerId),
    )
  }

  /** The latest answer of each decider that was not taken back. */
  #saidOn(consentId: string): Said[] {
    return [...new Map((this.#said.get(consentId) ?? []).map((said) => [said.deciderId, said])).values()]
  }

  #token({ seq, ref, facts }: Entry): void {
    const expiresAt = Date.parse(String(facts.expiresAt))
    const datatypes = idsIn(facts, 'datatypes')
    for (const { consentId } of (facts.supports ?? []) as { consentId: string }[]) {
      const where = `token ${ref} (entry ${seq}) on consent ${consentId}`
      const over = this.#over.get(consentId)
      if (over) this.found['INV-01'].push(`${where}: issued after the consent had ended (${over})`)
      const consent = this.#consents.get(consentId)
      if (!consent) {
        this.found['INV-09'].push(`${where}: there is no such consent`)
      } else if (consent.basis !== 'consent') {
        if (this.#objected.has(consentId)) this.found['INV-09'].push(`${where}: an objection stood in the way`)
      } else {
        this.#underAnswers(where, consent, this.#saidOn(consentId), datatypes, expiresAt)
      }
    }
  }

  #underAnswers(where: string, { rule }: Known, said: Said[], datatypes: string[], expiresAt: number): void {
    const yeses = said.filter(({ answer }) => answer === 'yes')
    if (yeses.length === 0 || (rule !== 'any' && yeses.length < said.length)) {
      this.found['INV-09'].push(`${where}: the answers then were no yes`)
      return
    }
    const named = (datatype: string) => (yes: Said) => yes.datatypes?.includes(datatype) ?? true
    const beyond = datatypes.filter((datatype) => (rule === 'any' ? !yeses.some(named(datatype)) : !yeses.every(named(datatype))))
    if (beyond.length > 0) this.found['INV-09'].push(`${where}: ${beyond.join(', ')} was not in the yes`)
    const ends = yeses.map(({ untilAt }) => (untilAt ? Date.parse(untilAt) : Infinity))
    if (expiresAt > (rule === 'any' ? Math.max(...ends) : Math.min(...ends))) this.found['INV-10'].push(`${where}: outlives the yes`)
  }
}
