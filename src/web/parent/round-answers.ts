import type { Context } from 'hono'
import { z } from 'zod'
import type { GivenReply } from '../../consents/answer.ts'
import { waits } from '../../consents/questions.ts'
import type { ConsentId } from '../../ids.ts'
import { LANGUAGES } from '../../languages.ts'
import { formToken } from '../once-form.tsx'
import { type PageEnv, readForm } from '../page.tsx'
import type { RoundItem } from './my-round.ts'

/** What was chosen for one item of the list: an answer, or the one that was given about another child. */
export interface Chosen {
  item: RoundItem
  /** As it stands in the form. */
  value: string
  reply: GivenReply
}

export interface GivenAnswers {
  form: string
  reviewed: boolean
  change: boolean
  chosen: Chosen[]
}

const fields = z
  .object({
    form: formToken,
    language: z.enum(LANGUAGES),
    reviewed: z.literal('1').optional(),
    change: z.literal('1').optional(),
  })
  .catchall(z.string().max(100))
  .refine((given) => Object.keys(given).every((name) => NAMES.test(name)))

const NAMES = /^(form|language|reviewed|change|(answer|shown)-[0-9a-f-]{36})$/

/**
 * Reads the answers of the list. What is left open is left out; so is an item that no longer waits for this person.
 *
 * @throws Refusal `input_invalid` for what no page of ours would send
 */
export async function readAnswers(c: Context<PageEnv>, items: readonly RoundItem[]): Promise<GivenAnswers> {
  const given = await readForm(c, fields)
  const { form, language, reviewed, change } = given
  const chosen = items.flatMap((item): Chosen[] => {
    const { consentId } = item.consent
    const [value, shown] = [given[`answer-${consentId}`], given[`shown-${consentId}`]]
    if (!value || !shown || !waits(item.consent)) return []
    const [said, shownHash] = [saidBy(item, value), Buffer.from(shown, 'hex')]
    // What became sensitive since it was shown in the list comes back as changed.
    if (!said || (!item.inline && shownHash.equals(item.shown.hash))) return []
    return [{ item, value, reply: { ...said, consentId, shownHash, language } }]
  })
  return { form, reviewed: reviewed !== undefined, change: change !== undefined, chosen }
}

function saidBy({ elsewhere }: RoundItem, value: string): Pick<GivenReply, 'answer' | 'datatypes' | 'untilAt'> | undefined {
  if (value === 'yes' || value === 'no') return { answer: value }
  const mine = elsewhere.find(({ consent }) => value === `as-${consent.consentId}`)?.consent.mine
  return mine ? { answer: mine.answer, datatypes: mine.datatypes, untilAt: mine.untilAt } : undefined
}

/** Each answer has a form of its own, made from that of the page: pressed twice, each is taken once. */
export const formOf = (form: string, consentId: ConsentId): string => `${form}.${consentId}`
