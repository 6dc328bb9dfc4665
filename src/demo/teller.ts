import { inspect } from 'node:util'

/** A step of the story that did not go as told: the demo ends with exit code 1. */
export class NotAsTold extends Error {
  override name = 'NotAsTold'
}

const isTerminal = process.stdout.isTTY === true
const bold = (text: string) => (isTerminal ? `\x1b[1m${text}\x1b[0m` : text)
const soft = (text: string) => (isTerminal ? `\x1b[2m${text}\x1b[0m` : text)

let chapters = 0
let steps = 0
let details: string[] | undefined

export function chapter(title: string): void {
  chapters++
  steps = 0
  console.log(`\n${bold(`${chapters}. ${title}`)}\n`)
}

/** Does a step and tells who did what; what it shows comes below it. */
export async function step<T>(who: string, what: string, act: () => Promise<T>): Promise<T> {
  steps++
  details = []
  const started = performance.now()
  try {
    const result = await act()
    console.log(`  ${chapters}.${steps} ${bold(who)} ${what} ${soft(`(${Math.round(performance.now() - started)} ms)`)}`)
    return result
  } catch (error) {
    console.log(`  ${chapters}.${steps} ${bold(who)} ${what}: NOT AS TOLD`)
    throw error
  } finally {
    for (const line of details) console.log(line)
    details = undefined
  }
}

/** What comes out of a step, below it: a decoded token, the data, a refusal. */
export function shown(label: string, value: unknown): void {
  const text = typeof value === 'string' ? value : inspect(value, { depth: null, breakLength: 130, compact: 4, colors: isTerminal })
  const lines = soft(`      ${label}: ${text.replaceAll('\n', '\n      ')}`)
  if (details) details.push(lines)
  else console.log(lines)
}

/** @throws NotAsTold */
export function mustBe(truth: boolean, expected: string): void {
  if (!truth) throw new NotAsTold(`expected: ${expected}`)
}
