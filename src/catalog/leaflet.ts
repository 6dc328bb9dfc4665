import { z } from 'zod'

const text = z.string().trim().min(1).max(2000)
const country = z.string().regex(/^[A-Z]{2}$/)
const dataUse = z.strictObject({ category: z.string(), why: text })

/**
 * A privacy leaflet (privacybijsluiter) by the sections A-H of the model agreement's Annex 1. Version and date of change
 * (H) stand beside it on the leaflet's row; `changed` is the supplier's own date.
 */
export const leafletContent = z.strictObject({
  /** A */
  general: z.strictObject({
    product: text,
    processor: text,
    explanation: text,
    link: z.url(),
    audience: z.array(text).min(1),
    users: z.array(text).min(1),
  }),
  /** B: what cannot be left out (B1) and what is chosen one by one, off until chosen (B2). */
  parts: z
    .array(z.strictObject({ partId: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/), name: text, optional: z.boolean(), explanation: text }))
    .min(1)
    .max(40),
  /** C */
  purposes: z.strictObject({ kind: z.enum(['I', 'II']), purposes: z.array(z.string()).min(1), plain: text }),
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
