import { parseArgs } from 'node:util'
import type { Deps } from '../deps.ts'

/** Something the operator can have done from the command line. What `run` gives back is printed: text as it is, the rest as JSON. */
export interface Command {
  about: string
  options: Record<string, Option>
  run: (deps: Deps, given: Given) => Promise<unknown>
}

export interface Option {
  /** What to fill in, as the help shows it; a switch takes nothing. */
  takes?: string
  about: string
  optional?: boolean
  repeated?: boolean
}

/** The options as given. Those that are not optional are there: `readOptions` has seen to it. */
export interface Given {
  one: (name: string) => string
  maybe: (name: string) => string | undefined
  all: (name: string) => string[]
  is: (name: string) => boolean
}

/** The command line is not right. The message says everything that is wrong with it. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** The command was carried out, and what it found is not right: the message is its report. */
export class CheckFailed extends Error {
  override name = 'CheckFailed'
}

/** @throws UsageError naming every option that is missing, unknown or given twice */
export function readOptions({ options }: Command, args: string[]): Given {
  const { tokens } = parseArgs({
    args,
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { takes }]) => [name, { type: takes ? 'string' : 'boolean', multiple: true } as const]),
    ),
  })
  const values = new Map<string, string[]>()
  const wrong: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') wrong.push(`"${token.value}" belongs to no option`)
    if (token.kind !== 'option') continue
    const option = options[token.name]
    if (!option) wrong.push(`there is no option ${token.rawName}`)
    else if (option.takes && (token.value === undefined || token.value === '')) wrong.push(`--${token.name} needs ${option.takes}`)
    else if (values.has(token.name) && !option.repeated) wrong.push(`--${token.name} is given twice`)
    else values.set(token.name, [...(values.get(token.name) ?? []), token.value ?? ''])
  }
  for (const [name, { optional, takes }] of Object.entries(options)) {
    if (!optional && takes && !values.has(name) && !wrong.some((line) => line.startsWith(`--${name} `))) wrong.push(`--${name} is missing`)
  }
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'))
  return {
    one: (name) => values.get(name)![0]!,
    maybe: (name) => values.get(name)?.[0],
    all: (name) => values.get(name) ?? [],
    is: (name) => values.has(name),
  }
}
