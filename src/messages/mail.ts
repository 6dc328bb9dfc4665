import type { WrittenLanguage } from '../languages.ts'

/** The words of a mail, in every language mails are written in. */
export type MailWords<Values extends unknown[]> = Record<WrittenLanguage, (...values: Values) => { subject: string; text: string }>

/** One mail in Dutch and then in English, for whoever has not chosen a language yet. */
export function inBothLanguages<Values extends unknown[]>(words: MailWords<Values>, ...values: Values): { subject: string; text: string } {
  const [nl, en] = [words.nl(...values), words.en(...values)]
  return { subject: nl.subject, text: `${nl.text}\n---\n\n${en.text}` }
}
