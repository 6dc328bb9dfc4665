import { canonical, sha256 } from '../canonical.ts'
import { CATEGORIES, type Sensitivity } from '../catalog/categories.ts'
import { outsideEea } from '../catalog/eea.ts'
import type { LeafletContent } from '../catalog/leaflet.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import { isResearch, purposeById, purposeName } from '../catalog/purposes.ts'
import {
  type DataSet,
  everyDataSetOf,
  type Holder,
  holderById,
  type Leaflet,
  leafletById,
  type Service,
  type Supplier,
  serviceById,
  supplierById,
} from '../catalog/store.ts'
import { amsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, ItemId } from '../ids.ts'
import { type Language, writtenIn } from '../languages.ts'
import { CAUSES } from '../messages/questions.ts'
import { hasStudents } from '../people/has-students.ts'
import { boardById } from '../people/store.ts'
import type { ImageUse, Item, Words as Written } from './item.ts'
import type { DecisionRule } from './outcome.ts'
import { type OpenTo, openTo, type SocialMedium, socialMediaIn } from './social-media.ts'
import { stoppingOf } from './stopping.ts'
import { itemById } from './store.ts'

/**
 * Everything a decider is shown about an item before the answer (K26). Pages are made from this and from nothing else, so
 * that what was on the screen is what is kept with the answer. The subject is not in it: whoever is asked the same about
 * another child is shown the same. Free text is still to be escaped.
 */
export interface Question {
  language: Language
  itemId: ItemId
  board: string
  /** Who asks, by its verified legal name; null for the school's own use. */
  supplier: { legalName: string; country: string } | null
  service: { name: string; part: { name: string; explanation: string; optional: boolean } | null; explanation: string } | null
  leaflet: {
    version: number
    hash: string
    changed: string
    contact: { name: string; email: string }
    link: string
    /** All of it, for who reads on to the last layer. */
    content: LeafletContent
    /** The purposes it names, in words. */
    purposes: string[]
  } | null
  /** Which data, each with why it is needed (K25), and from whom. */
  data: {
    datatype: string
    name: string
    category: string
    sensitivity: Sensitivity
    special: boolean
    why: string | null
    /** "I rather keep this" is an answer of its own, and the rest can be shared without (D03). */
    mayKeep?: true
  }[]
  /** What is recorded besides (K29). */
  incidental: string[]
  profile: boolean
  automatedDecision: boolean
  /** Where it is for research: what is examined, by whom and under which rules (C15). */
  research?: NonNullable<LeafletContent['purposes']['research']>
  holder: string | null
  image: ImageUse | null
  /** Whom the picture also goes to, by where it is shown. */
  socialMedia: SocialMedium[]
  /** Who sees the picture, where it is not on social media that are named. */
  openTo: OpenTo | null
  purpose: string
  occasion: string
  /** The occasion is a sentence of ours, in the language of the question. */
  ownOccasion?: true
  reason: string
  /** What happens when the answer is no. */
  alternative: string
  basis: LegalBasis
  basisMotivation: string | null
  /** Calendar days in the Netherlands, both included. */
  period: { from: string; until: string }
  endsAt: Date
  subprocessors: { name: string; task: string; country: string }[]
  storageCountries: string[]
  /** Countries outside the European Economic Area where data go, by ISO 3166 code; shown apart (M18). */
  outsideEea: string[]
  special: boolean
  needsAssignment: boolean
  /** A yes comes in the place of what was given to this supplier before. */
  replacesEarlier?: true
  rule: DecisionRule
  /** What the school itself undertakes, in the round this is part of. */
  undertakings: string | null
  stopping: string
}

/** Whether a yes to this, or to this part of it, gives about very sensitive or special-category data: it takes a fresh sign-in. */
export function isVerySensitive({ special, data }: Question, part: readonly string[] | null = null): boolean {
  return special || data.some(({ datatype, sensitivity }) => sensitivity === 'very_sensitive' && (!part || part.includes(datatype)))
}

/** Whether there are data in it of which somebody may say that they rather keep them, beside a yes to the rest (D03). */
export const mayKeepSome = ({ data }: Question): boolean => data.some(({ mayKeep }) => mayKeep)

export interface ShownText {
  question: Question
  /** The canonical bytes that are hashed and kept. */
  body: string
  hash: Buffer
}

/** What is shown about a consent; undefined when there is none that this actor can see. Does NOT check whose it is. */
export async function questionText(tx: Tx, boardId: BoardId, consentId: ConsentId, language: Language): Promise<ShownText | undefined> {
  const row = await tx
    .selectFrom('consents')
    .select('item_id')
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // consents_pkey
    .executeTakeFirst()
  const item = row && (await itemById(tx, boardId, row.item_id))
  return item && (await itemText(tx, item, language))
}

/**
 * Keeps the bytes that are about to be on a screen, so that an answer can name them, and so that a reader can be told what
 * changed since. One copy serves everybody who is shown the same. Does NOT check who looks.
 */
export async function keepShown(
  tx: Tx,
  { boardId, approach }: Pick<Item, 'boardId' | 'approach'>,
  shown: ShownText,
  at: Date,
): Promise<void> {
  await tx
    .insertInto('shown_texts')
    .values({
      board_id: boardId,
      shown_hash: shown.hash,
      approach,
      language: shown.question.language,
      body: shown.body,
      first_shown_at: at,
    })
    .onConflict((conflict) => conflict.columns(['board_id', 'shown_hash']).doNothing())
    .execute()
}

/** What was shown under this hash, as it was kept; undefined when it was not, or not of this item. */
export async function shownBefore(tx: Tx, boardId: BoardId, itemId: ItemId, hash: Uint8Array): Promise<Question | undefined> {
  const row = await tx
    .selectFrom('shown_texts')
    .select('body')
    .where('board_id', '=', boardId)
    .where('shown_hash', '=', hash) // shown_texts_pkey
    .executeTakeFirst()
  const question = row && (JSON.parse(row.body) as Question)
  return question?.itemId === itemId ? { ...question, endsAt: new Date(question.endsAt) } : undefined
}

/** As `questionText`, of an item: also of one that nobody has been asked yet. */
export async function itemText(tx: Tx, item: Item, language: Language): Promise<ShownText> {
  const question = await questionOf(tx, item, language)
  const body = canonical(question)
  return { question, body, hash: sha256(body) }
}

async function questionOf(tx: Tx, item: Item, language: Language): Promise<Question> {
  const board = (await boardById(tx, item.boardId)).name
  const supplier = item.supplierId ? await supplierById(tx, item.supplierId) : undefined
  const service = item.serviceId ? await serviceById(tx, item.serviceId) : undefined
  const leaflet = item.leafletId ? await leafletById(tx, item.leafletId) : undefined
  const holder = item.holderId ? await holderById(tx, item.holderId) : undefined
  const offered = item.holderId ? await everyDataSetOf(tx, item.holderId) : []
  const undertakings = await undertakingsOf(tx, item)
  const toStudents = await hasStudents(tx, item.boardId)
  return questionFrom({ board, supplier, service, leaflet, holder, offered, undertakings, toStudents }, item, language)
}

/** What a question is made from besides its item. */
export interface QuestionSources {
  board: string
  supplier: Pick<Supplier, 'legalName' | 'country'> | undefined
  service: Pick<Service, 'name'> | undefined
  leaflet: Pick<Leaflet, 'version' | 'contentHash' | 'content'> | undefined
  holder: Pick<Holder, 'name'> | undefined
  /** The data sets of the holder. */
  offered: readonly DataSet[]
  undertakings: string | null
  /** Whoever learns at the board is called a student (K33). */
  toStudents: boolean
}

/** The question as it is shown, of what is there and of what is not published yet. */
export function questionFrom(
  { board, supplier, service, leaflet, holder, offered, undertakings, toStudents }: QuestionSources,
  item: Item,
  language: Language,
): Question {
  const content = leaflet?.content
  const part = content?.parts.find(({ partId }) => partId === item.partId)
  const subprocessors = content?.subprocessors ?? []
  const storageCountries = content?.security.storageCountries ?? []
  const socialMedia = item.image ? socialMediaIn(item.image.channel) : []
  const countries = [supplier?.country ?? 'NL', ...storageCountries, ...[...subprocessors, ...socialMedia].map(({ country }) => country)]
  const purpose = purposeById(item.purpose)
  const purposeSaid = purposeName(item.purpose, language, toStudents)
  if (!purpose || !purposeSaid) throw new Error(`item ${item.itemId} has a purpose that is not in the list`)
  const written = writtenIn(language)
  const inLanguage = (words: Written) => words[written] ?? words.nl
  return {
    language,
    itemId: item.itemId,
    board,
    supplier: supplier ? { legalName: supplier.legalName, country: supplier.country } : null,
    service: service
      ? {
          name: service.name,
          part: part ? { name: part.name, explanation: part.explanation, optional: part.optional } : null,
          explanation: content?.general.explanation ?? '',
        }
      : null,
    leaflet: leaflet
      ? {
          version: leaflet.version,
          hash: Buffer.from(leaflet.contentHash).toString('hex'),
          changed: leaflet.content.changed,
          contact: leaflet.content.contact,
          link: leaflet.content.general.link,
          content: leaflet.content,
          purposes: leaflet.content.purposes.purposes.flatMap((id) => purposeName(id, language, toStudents) ?? []),
        }
      : null,
    data: dataOf(offered, item, language, [...(content?.data.categories ?? []), ...(content?.data.optional ?? [])]),
    incidental: content?.data.incidental ?? [],
    profile: content?.data.profile ?? false,
    automatedDecision: content?.data.automatedDecision ?? false,
    ...(isResearch(purpose) && content?.purposes.research && { research: content.purposes.research }),
    holder: holder?.name ?? null,
    image: item.image,
    socialMedia,
    openTo: item.image && socialMedia.length === 0 ? openTo(item.image.channel) : null,
    purpose: purposeSaid,
    ...occasionOf(item, supplier?.legalName ?? '', language),
    reason: inLanguage(item.reason),
    alternative: inLanguage(item.alternative),
    basis: item.legalBasis,
    basisMotivation: item.basisMotivation,
    period: { from: amsterdamDay(item.startsAt), until: amsterdamDay(new Date(item.endsAt.getTime() - 1)) },
    endsAt: item.endsAt,
    subprocessors,
    storageCountries,
    outsideEea: outsideEea(countries),
    special: item.specialCategory,
    needsAssignment: item.needsAssignment,
    ...(item.replacesEarlier && { replacesEarlier: true as const }),
    rule: item.rule,
    undertakings,
    stopping: stoppingOf(item)[language],
  }
}

function occasionOf({ occasion, cause }: Item, supplier: string, language: Language): Pick<Question, 'occasion' | 'ownOccasion'> {
  return cause ? { occasion: CAUSES[cause][language](supplier), ownOccasion: true } : { occasion }
}

function dataOf(offered: readonly DataSet[], item: Item, language: Language, named: { category: string; why: string }[]): Question['data'] {
  const ofResearch = isResearch({ id: item.purpose })
  return item.datatypes.map((datatype) => {
    const set = offered.find((offer) => offer.datatype === datatype)
    // What a service gathers itself is named by its category.
    const id = set?.category ?? (datatype as keyof typeof CATEGORIES)
    const category = CATEGORIES[id]
    return {
      datatype,
      name: set ? (language === 'en' ? set.nameEn : set.nameNl) : category[language],
      category: category[language],
      sensitivity: category.class,
      special: category.special,
      why: named.find((use) => use.category === id)?.why ?? null,
      ...(ofResearch && category.demographic && { mayKeep: true as const }),
    }
  })
}

async function undertakingsOf(tx: Tx, { boardId, roundId }: Item): Promise<string | null> {
  if (!roundId) return null
  const round = await tx
    .selectFrom('rounds')
    .select('undertakings')
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // rounds_pkey
    .executeTakeFirstOrThrow()
  return round.undertakings
}
