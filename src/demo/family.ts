import { setTimeout as sleep } from 'node:timers/promises'
import { formWith, type Page } from './browser.ts'
import { mustShow, type Person } from './person.ts'
import { NotAsTold } from './teller.ts'

/** A question as it stands on somebody's list. */
export interface OpenQuestion {
  consentId: string
  text: string
}

/** The questions that wait for somebody, as their first page shows them. */
async function questionsOf({ browser }: Person): Promise<OpenQuestion[]> {
  const home = mustShow(await browser.open('/'), 200, 'the first page')
  return Array.from(home.html.matchAll(/<article\b[\s\S]*?<\/article>/g), ([card]) => ({
    consentId: /\/questions\/([0-9a-f-]{36})/.exec(card)?.[1] ?? '',
    text: card
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  })).filter(({ consentId }) => consentId !== '')
}

/** A question that was asked directly comes a moment after the supplier was answered. */
const COMES_WITHIN_MS = 10_000

/** The question of one supplier. @throws NotAsTold when it does not come */
export async function questionFrom(person: Person, asker: string): Promise<OpenQuestion> {
  const until = performance.now() + COMES_WITHIN_MS
  for (;;) {
    const all = await questionsOf(person)
    const found = all.find(({ text }) => text.includes(asker))
    if (found) return found
    if (performance.now() > until) throw new NotAsTold(`a question of ${asker} for ${person.givenName}; there are ${all.length}`)
    await sleep(100)
  }
}

/** Opens the question, reads it, presses yes or no, and sends what is shown once more. */
export async function answer({ browser }: Person, { consentId }: OpenQuestion, says: 'yes' | 'no'): Promise<Page> {
  const page = mustShow(await browser.open(`/questions/${consentId}`), 200, 'the question')
  const form = formWith(page, ({ buttons }) => buttons.some(({ value }) => value === says), `with a button ${says}`)
  const review = mustShow(await browser.send(form, {}, says), 200, 'the answer before it is sent')
  const send = formWith(review, ({ buttons }) => buttons.some(({ name }) => name === 'reviewed'), 'that sends the answer')
  return mustShow(await browser.send(send, {}, /^Verstuur/), 200, 'the answer is taken')
}

/** Presses stop, and confirms: one act, by one parent. */
export async function stop({ browser }: Person, { consentId }: OpenQuestion): Promise<Page> {
  const page = mustShow(await browser.open(`/consents/${consentId}/stop`), 200, 'the page that stops')
  const form = formWith(page, ({ action }) => action.endsWith(`/consents/${consentId}/stop`), 'that stops')
  return mustShow(await browser.send(form), 200, 'it has stopped')
}

/** Makes a link code for one child, or oneself, and one supplier: what is handed over to it. */
export async function linkCode({ browser }: Person, subjectId: string, supplierId: string): Promise<string> {
  const page = mustShow(await browser.open('/link-codes'), 200, 'the page with link codes')
  const form = formWith(page, ({ names }) => names.includes('supplier'), 'that makes a link code')
  const made = mustShow(await browser.send(form, { subject: subjectId, supplier: supplierId }), 200, 'a link code is made')
  const code = /id="link-code"[^>]*>\s*([\w-]+)\s*</.exec(made.html)?.[1]
  if (!code) throw new NotAsTold('a link code on the page')
  return code
}
