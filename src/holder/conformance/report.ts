import type { Result } from './run.ts'

const marks: Record<Result['result'], string> = { good: 'good ', fault: 'FAULT', advice: 'tip  ', 'left out': '  -  ' }

/** One result as a line or three for a terminal. */
export function lineOf({ id, title, source, result, seen, todo }: Result): string {
  const line = `${marks[result]}  ${id}: ${title}`
  return seen === undefined ? line : `${line}\n         seen: ${seen}\n         do:   ${todo} (${source})`
}

/** How it ended, in a sentence. */
export function summaryOf(results: Result[]): string {
  const count = (result: Result['result']) => results.filter((one) => one.result === result).length
  const [good, faults, tips, out] = [count('good'), count('fault'), count('advice'), count('left out')]
  const rest = `${good} good, ${faults} ${faults === 1 ? 'fault' : 'faults'}, ${tips} ${tips === 1 ? 'tip' : 'tips'}, ${out} that cannot arise here`
  if (results.length === 1) return 'The holder does not answer an honest supplier, so nothing else was tried.'
  return faults === 0 ? `Conforms: ${rest}.` : `Does not conform: ${rest}.`
}

/** 0 when there is no fault, 1 when there is. */
export const exitCodeOf = (results: Result[]) => (results.some(({ result }) => result === 'fault') ? 1 : 0)
