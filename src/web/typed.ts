/** What a text area sends under its name with this behind it: the direction of what was written in it, and so that it was written. */
export const WRITTEN = '.dir'

/** The fields of a form as it was sent, in their order. */
export type Sent = [name: string, value: string][]

/** Ids, days, numbers, tokens, the values of choices, and what a page remembers of how it was: all that a page puts in a form. */
const OURS = /^(?:[a-z\d][\w.:,-]*|[A-Z]{1,3}|[\w-]{43}|\{.*\})?$/s

/**
 * Whether somebody wrote this value: a text area says so of itself, of another field it shows. One small word in a field of one
 * line looks as a choice does.
 */
export function isWritten(sent: Sent, [name, value]: Sent[number]): boolean {
  if (name.endsWith(WRITTEN) || value.trim() === '') return false
  return sent.some(([other]) => other === name + WRITTEN) || !OURS.test(value.trim())
}
