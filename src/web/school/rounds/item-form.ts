import type { Context } from 'hono'
import { z } from 'zod'
import type { LegalBasis } from '../../../catalog/legal-basis.ts'
import type { Candidate } from '../../../consents/candidates.ts'
import type { RoundItem } from '../../../consents/draft-items.ts'
import type { Item } from '../../../consents/item.ts'
import { formToken } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, ticked } from '../../page.tsx'

export const BASES = [
  'consent',
  'public_task',
  'legal_obligation',
  'contract',
  'legitimate_interest',
  'vital_interest',
] as const satisfies LegalBasis[]

/** What an item is made from: a use in a contract, or images. */
export type Source = Candidate | 'image'

/** The form of an item as it is filled in. */
export interface ItemFields {
  form: string
  channel: string
  medium: string
  basis: string
  motivation: string
  data: string[]
  purpose: string
  occasion: string
  reason: string
  reason_en: string
  alternative: string
  alternative_en: string
  rule: string
}

const EMPTY: ItemFields = {
  form: '',
  channel: '',
  medium: 'photo',
  basis: 'consent',
  motivation: '',
  data: [],
  purpose: '',
  occasion: '',
  reason: '',
  reason_en: '',
  alternative: '',
  alternative_en: '',
  rule: '',
}

/**
 * Words to begin with, to be made one's own; whole ones for what every school asks, about images and about results (K31). No
 * data are ticked beforehand: what is not needed is not asked (K25).
 */
export function startingWith(t: PageEnv['Variables']['t'], source: Source): ItemFields {
  const { example } = t.rounds.item
  if (source === 'image') {
    const { occasion, reason, reasonEn, alternative, alternativeEn } = example
    return { ...EMPTY, occasion, reason, reason_en: reasonEn, alternative, alternative_en: alternativeEn }
  }
  const { gate, purposes, data } = source
  const start = { ...EMPTY, purpose: purposes[0] ?? '', occasion: example.occasionPart }
  if (gate.may !== 'tell' && data.some(({ category }) => category === 'learning-results')) {
    const { reason, reasonEn, alternative, alternativeEn } = example.results
    return { ...start, reason, reason_en: reasonEn, alternative, alternative_en: alternativeEn }
  }
  if (gate.may !== 'tell') return start
  return { ...start, basis: gate.basis, alternative: example.toldAlternative, alternative_en: example.toldAlternativeEn }
}

/** An item as it would have been filled in. */
export function typedAs(item: Item): ItemFields {
  return {
    form: '',
    channel: item.image?.channel ?? '',
    medium: item.image?.medium ?? 'photo',
    basis: item.legalBasis,
    motivation: item.basisMotivation ?? '',
    data: item.datatypes,
    purpose: item.purpose,
    occasion: item.occasion,
    reason: item.reason.nl,
    reason_en: item.reason.en ?? '',
    alternative: item.alternative.nl,
    alternative_en: item.alternative.en ?? '',
    rule: item.rule,
  }
}

const optional = z.string().trim().max(2000).optional().default('')
const required = (max: number) => z.string().trim().min(1).max(max)
const words = {
  form: formToken,
  occasion: required(500),
  reason: required(2000),
  reason_en: optional,
  alternative: required(2000),
  alternative_en: optional,
  rule: z.enum(['', 'veto', 'all', 'any']).optional().default(''),
}
const imageForm = z.strictObject({ ...words, channel: required(60), medium: z.enum(['photo', 'video', 'sound']) })
const useForm = z.strictObject({
  ...words,
  basis: z.enum(BASES).optional().default('consent'),
  motivation: optional,
  data: ticked(z.string().max(100)).pipe(z.array(z.string()).min(1)),
  purpose: z.string().max(20),
})

type Read = { ok: true; fields: ItemFields } | { ok: false; fields: ItemFields; wrong: Set<string> }

/** Reads the form, and says which fields are wrong with what was typed. */
export async function readItemForm(c: Context<PageEnv>, source: Source): Promise<Read> {
  const read = await safeReadForm<z.ZodType<Partial<ItemFields>>>(c, source === 'image' ? imageForm : useForm)
  const fields = { ...EMPTY, ...(read.ok ? read.data : { ...read.typed, data: read.ticked('data') }) } as ItemFields
  if (!read.ok) return { ok: false, fields, wrong: read.wrong }
  if (fields.basis === 'legitimate_interest' && !fields.motivation) return { ok: false, fields, wrong: new Set(['motivation']) }
  return { ok: true, fields }
}

/** What was filled in, as an item. */
export function itemIn(source: Source, fields: ItemFields): RoundItem {
  const { occasion, reason, reason_en, alternative, alternative_en, rule } = fields
  const same = {
    occasion,
    reason: { nl: reason, en: reason_en || null },
    alternative: { nl: alternative, en: alternative_en || null },
    ...(rule && { rule: rule as NonNullable<RoundItem['rule']> }),
  }
  if (source === 'image') {
    const image = { channel: fields.channel, medium: fields.medium as 'photo' | 'video' | 'sound' }
    return { ...same, legalBasis: 'consent', purpose: 'image', image }
  }
  const { supplierId, serviceId, leafletId, part, holder } = source
  const use = { supplierId, serviceId, leafletId, partId: part?.partId ?? null, holderId: holder?.holderId ?? null, datatypes: fields.data }
  return { ...same, legalBasis: fields.basis as LegalBasis, basisMotivation: fields.motivation || null, purpose: fields.purpose, use }
}
