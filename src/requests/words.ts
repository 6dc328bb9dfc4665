import { z } from 'zod'
import { plainText } from '../catalog/plain-text.ts'
import { mustNotAdvertise } from '../catalog/screening.ts'
import type { Cause } from '../messages/questions.ts'
import { Refusal } from '../refusal.ts'

/** What gave cause and why it is needed, as the people who are asked will read it. */
export interface Words {
  occasion: string
  /** Where the supplier did not say the occasion, which sentence of ours stands in it. */
  cause?: Cause
  reason: { nl: string; en: string | null }
}

const words = z.object({
  occasion: plainText(500),
  reason: z.object({ nl: plainText(2000), en: plainText(2000).nullish() }),
})

/**
 * Reads a supplier's own words: normalised, bounded, nothing that hides, no advertising or product improvement (C11, C14).
 *
 * @throws Refusal `input_invalid`, `purpose_forbidden`; neither repeats the words
 */
export function readWords(input: { occasion: string; reason: { nl: string; en?: string | null } }): Words {
  const read = words.safeParse(input)
  if (!read.success) {
    const errors = read.error.issues.map(({ path, message }) => ({ field: path.join('.'), reason: message }))
    throw new Refusal('input_invalid', { errors })
  }
  const { occasion, reason } = read.data
  mustNotAdvertise({ occasion, 'reason.nl': reason.nl, 'reason.en': reason.en ?? undefined })
  return { occasion, reason: { nl: reason.nl, en: reason.en ?? null } }
}
