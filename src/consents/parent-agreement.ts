import { canonical, sha256 } from '../canonical.ts'
import { isResearch } from '../catalog/purposes.ts'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, ItemId, PersonId, RoundId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { proofKeptFrom, researchKeptFrom } from './proof-term.ts'
import type { SeenConsent } from './questions.ts'
import type { Round } from './rounds.ts'
import { itemText, keepShown } from './shown-text.ts'

/** One line of the agreement: an item, and what this decider said of it. */
export interface AgreedItem {
  consentId: ConsentId
  itemId: ItemId
  /** Told rather than asked: there is nothing to answer. */
  told: boolean
  /**
   * SHA-256 of the text it was agreed by, as it is kept (`shownBefore`): of what was shown at the answer, or else of the Dutch
   * that leads. Absent in versions of before it was kept.
   */
  shownHash?: string
  answer: { answer: 'yes' | 'no'; datatypes: string[] | null; untilAt: string | null; answeredAt: string; stopped: boolean } | null
}

/** The agreement as it stood: this person's own answers, and what the school undertakes (K06). Nobody else's answer is in it. */
export interface ParentAgreement {
  version: number
  madeAt: Date
  /** SHA-256 of its canonical content, in hexadecimal. */
  hash: string
  title: string
  schoolYear: string
  undertakings: string
  /** What all were called then; absent in versions of before it was kept, and once one of them was erased. Not in the hash. */
  names: AgreementNames | null
  items: AgreedItem[]
}

/** Between whom it is, and about whom, as they are called. */
export interface AgreementNames {
  board: string
  decider: string
  subject: string
}

/**
 * The agreement of one decider about one subject as it stands now. Keeps a new version when it differs from the last one,
 * with its hash in the ledger; when two look at once one of them keeps it, and both see the same. From when the proof of
 * something in it is erased it stays as it was last kept: no version says that nothing was answered. Does NOT check who looks.
 *
 * @param names what all are called now
 * @param consents of this round about the subject, as the decider sees them
 * @throws Refusal `not_found` when it was erased
 */
export async function currentAgreement(
  tx: Tx,
  at: Date,
  {
    boardId,
    round,
    subjectId,
    deciderId,
    names,
  }: { boardId: BoardId; round: Round; subjectId: PersonId; deciderId: PersonId; names: AgreementNames },
  consents: readonly SeenConsent[],
): Promise<ParentAgreement> {
  const latest = (await agreementsOf(tx, { boardId, roundId: round.roundId, subjectId, deciderId })).at(-1)
  const ofResearch = consents.some(({ item }) => isResearch({ id: item.purpose }))
  const keptFrom = await (ofResearch ? researchKeptFrom : proofKeptFrom)(tx, boardId, at)
  if (consents.some(({ state }) => 'at' in state && state.at < keptFrom)) {
    if (!latest) throw new Refusal('not_found')
    return latest
  }
  const answered = await shownAtAnswers(tx, boardId, deciderId, consents)
  const items: AgreedItem[] = []
  for (const consent of consents) {
    items.push({ ...lineOf(consent), shownHash: (answered.get(consent.consentId) ?? (await keptInDutch(tx, consent, at))).toString('hex') })
  }
  const content = canonical({
    title: round.title,
    schoolYear: round.schoolYear,
    undertakings: round.undertakings,
    items: items.toSorted((a, b) => (a.consentId < b.consentId ? -1 : 1)),
  })
  const hash = sha256(content)
  const isNamedSo = !latest?.names || canonical(latest.names) === canonical(names)
  if (latest?.hash === hash.toString('hex') && isNamedSo) return latest
  const version = (latest?.version ?? 0) + 1
  const kept = await tx
    .insertInto('parent_agreements')
    .values({
      board_id: boardId,
      round_id: round.roundId,
      subject_id: subjectId,
      decider_id: deciderId,
      version,
      content,
      content_hash: hash,
      names,
      made_at: at,
    })
    .onConflict((conflict) => conflict.columns(['board_id', 'round_id', 'subject_id', 'decider_id', 'version']).doNothing())
    .returning('version')
    .executeTakeFirst()
  if (kept) {
    const facts = { subjectId, deciderId, version, hash: hash.toString('hex') }
    const by = `person:${deciderId}` as const
    await append(tx, { boardId, approach: 'organisation', at, event: 'parent_agreement_made', actor: by, ref: round.roundId, facts })
  }
  return (await agreementsOf(tx, { boardId, roundId: round.roundId, subjectId, deciderId })).at(-1)!
}

/** All versions, the first first. Does NOT check who looks. */
export async function agreementsOf(
  tx: Tx,
  { boardId, roundId, subjectId, deciderId }: { boardId: BoardId; roundId: RoundId; subjectId: PersonId; deciderId: PersonId },
): Promise<ParentAgreement[]> {
  const rows = await tx
    .selectFrom('parent_agreements')
    .select(['version', 'content', 'content_hash', 'names', 'made_at'])
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId)
    .where('subject_id', '=', subjectId)
    .where('decider_id', '=', deciderId) // parent_agreements_pkey
    .orderBy('version')
    .execute()
  return rows.map((row) => ({
    ...(JSON.parse(row.content) as Pick<ParentAgreement, 'title' | 'schoolYear' | 'undertakings' | 'items'>),
    version: row.version,
    names: row.names,
    madeAt: row.made_at,
    hash: Buffer.from(row.content_hash).toString('hex'),
  }))
}

/** What this decider was shown at their latest answer to each of these. */
async function shownAtAnswers(
  tx: Tx,
  boardId: BoardId,
  deciderId: PersonId,
  consents: readonly SeenConsent[],
): Promise<Map<ConsentId, Buffer>> {
  const answered = consents.filter(({ mine }) => mine !== null).map(({ consentId }) => consentId)
  if (answered.length === 0) return new Map()
  const rows = await tx
    .selectFrom('answers')
    .select(['consent_id', 'shown_hash'])
    .where('board_id', '=', boardId)
    .where('consent_id', 'in', answered) // answers_one_per_revision
    .where('decider_id', '=', deciderId)
    .where('undone_at', 'is', null)
    .orderBy('revision')
    .execute()
  return new Map(rows.map(({ consent_id, shown_hash }) => [consent_id, Buffer.from(shown_hash)]))
}

async function keptInDutch(tx: Tx, { item }: SeenConsent, at: Date): Promise<Buffer> {
  const shown = await itemText(tx, item, 'nl')
  await keepShown(tx, item, shown, at)
  return shown.hash
}

function lineOf({ consentId, itemId, legalBasis, mine, state }: SeenConsent): Omit<AgreedItem, 'shownHash'> {
  return {
    consentId,
    itemId,
    told: legalBasis !== 'consent',
    answer: mine && {
      answer: mine.answer,
      datatypes: mine.datatypes ? [...mine.datatypes] : null,
      untilAt: mine.untilAt?.toISOString() ?? null,
      answeredAt: mine.answeredAt.toISOString(),
      // That it was stopped holds for both; who did so is not in it.
      stopped: state.state === 'withdrawn',
    },
  }
}
