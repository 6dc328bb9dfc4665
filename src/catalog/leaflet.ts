import { z } from 'zod'
import { Refusal } from '../refusal.ts'
import { isCategory } from './categories.ts'
import { plainText } from './plain-text.ts'
import { isOfAnonymousData, isResearch, purposeFor } from './purposes.ts'
import { mustNotAdvertise } from './screening.ts'

const text = plainText(2000)
const country = z.string().regex(/^[A-Z]{2}$/)
const dataUse = z.strictObject({ category: z.string(), why: text })

/**
 * A privacy leaflet (privacybijsluiter) by the sections A-H of the model agreement's Annex 1. Version and date of change
 * (H) stand beside it on the leaflet's row; `changed` is the supplier's own date.
 */
const leafletContent = z.strictObject({
  /** A */
  general: z.strictObject({
    product: text,
    processor: text,
    explanation: text,
    link: z.url({ protocol: /^https?$/ }),
    audience: z.array(text).min(1),
    users: z.array(text).min(1),
  }),
  /** B: what cannot be left out (B1) and what is chosen one by one, off until chosen (B2). */
  parts: z
    .array(z.strictObject({ partId: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/), name: text, optional: z.boolean(), explanation: text }))
    .min(1)
    .max(40),
  /** C */
  purposes: z.strictObject({
    kind: z.enum(['I', 'II']),
    purposes: z.array(z.string()).min(1),
    plain: text,
    /** Of research (f): what is examined, by which institution and person, under which code of conduct or protocol (C15). */
    research: z.strictObject({ question: text, institution: text, researcher: text, rules: text }).optional(),
    /** Of anonymous data (g): how they are made so that nobody can be known from them any more (C16). */
    anonymisation: text.optional(),
  }),
  /** D: with why each is needed (K25), what is recorded besides (K29), and whether a computer judges (A08). */
  data: z.strictObject({
    categories: z.array(dataUse).min(1),
    optional: z.array(dataUse),
    incidental: z.array(text),
    profile: z.boolean(),
    automatedDecision: z.boolean(),
  }),
  /** E */
  security: z.strictObject({ measures: text, certificates: z.array(text), storageCountries: z.array(country).min(1) }),
  /** F */
  subprocessors: z.array(z.strictObject({ name: text, task: text, country })),
  /** G */
  contact: z.strictObject({ name: text, email: z.email() }),
  /** H */
  changed: z.iso.date(),
})

export type LeafletContent = z.infer<typeof leafletContent>

const twice = (ids: string[]) => ids.some((id, index) => ids.indexOf(id) !== index)

/** Every free text of a leaflet by its place in it: none may speak of advertising. */
function textsOf(value: unknown, place: string): [string, string][] {
  if (typeof value === 'string') return [[place, value]]
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, member]) => textsOf(member, place ? `${place}.${key}` : key))
}

/** A leaflet that is being written: each section is there whole, or not yet. */
export type LeafletDraft = Partial<LeafletContent>

/** The sections by the letters of the model's Annex 1. */
export const SECTIONS = {
  general: 'A',
  parts: 'B',
  purposes: 'C',
  data: 'D',
  security: 'E',
  subprocessors: 'F',
  contact: 'G',
  changed: 'H',
} as const satisfies Record<keyof LeafletContent, string>
export type LeafletSectionName = keyof typeof SECTIONS
export const SECTION_NAMES = Object.keys(SECTIONS) as LeafletSectionName[]

/** The sections that are not written yet (C05). */
export function missingSections(draft: LeafletDraft): LeafletSectionName[] {
  return SECTION_NAMES.filter((section) => draft[section] === undefined)
}

/**
 * Reads sections of a leaflet that is being written: what is there is right, as in `readLeaflet`; what is not there may come.
 *
 * @throws Refusal as `readLeaflet`
 */
export function readDraft(kind: 'I' | 'II', input: unknown): LeafletDraft {
  return mustHold(kind, leafletContent.partial(), input)
}

/**
 * Reads a leaflet that is handed in for a service of this kind: complete from A to H, only known data categories, every
 * purpose in the list for its kind, no advertising or product improvement in any of its words (C05, C10, C11, C14).
 * Research is named by who does it and under which rules, anonymous data by how they are made so; neither without its
 * purpose (C15, C16).
 *
 * @throws Refusal `leaflet_incomplete` with the places that are wrong, never their words
 * @throws Refusal `purpose_unknown`, `purpose_forbidden`
 */
export function readLeaflet(kind: 'I' | 'II', input: unknown): LeafletContent {
  return mustHold(kind, leafletContent, input)
}

function mustHold<Content extends LeafletDraft>(kind: 'I' | 'II', schema: z.ZodType<Content>, input: unknown): Content {
  const read = schema.safeParse(input)
  if (!read.success) {
    throw new Refusal('leaflet_incomplete', { fields: read.error.issues.map(({ path }) => path.join('.')) })
  }
  const { data: content } = read
  mustNotAdvertise(Object.fromEntries(textsOf(content, '')))
  const { purposes, data, parts } = content
  const named = (purposes?.purposes ?? []).map((id) => purposeFor(kind, id))
  const used = [...(data?.categories ?? []), ...(data?.optional ?? [])].map(({ category }) => category)
  const wrong = [
    ...(!purposes || purposes.kind === kind ? [] : ['purposes.kind']),
    ...(named.some(isResearch) === (purposes?.research !== undefined) ? [] : ['purposes.research']),
    ...(named.some(isOfAnonymousData) === (purposes?.anonymisation !== undefined) ? [] : ['purposes.anonymisation']),
    ...(used.every(isCategory) && !twice(used) ? [] : ['data']),
    ...(parts && twice(parts.map(({ partId }) => partId)) ? ['parts'] : []),
  ]
  if (wrong.length > 0) throw new Refusal('leaflet_incomplete', { fields: wrong })
  return content
}

/**
 * The parts that are on when these optional ones were chosen: every mandatory one besides (M03).
 *
 * @throws Refusal `part_unknown`
 */
export function partsOn({ parts }: LeafletContent, chosen: readonly string[]): string[] {
  if (chosen.some((partId) => !parts.some((part) => part.partId === partId))) throw new Refusal('part_unknown')
  return parts.filter(({ partId, optional }) => !optional || chosen.includes(partId)).map(({ partId }) => partId)
}
