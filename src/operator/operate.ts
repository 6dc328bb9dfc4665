import type { Deps } from '../deps.ts'
import { Refusal, refusals } from '../refusal.ts'
import { agreementCommands } from './agreements.ts'
import { boardCommands } from './boards.ts'
import { CheckFailed, type Command, readOptions, UsageError } from './command.ts'
import { fsckCommands } from './fsck.ts'
import { keyCommands } from './keys.ts'
import { sectorCommands } from './sector.ts'
import { supplierCommands } from './suppliers.ts'

const commands: Record<string, Command> = {
  ...boardCommands,
  ...supplierCommands,
  ...agreementCommands,
  ...keyCommands,
  ...sectorCommands,
  ...fsckCommands,
}

export interface Output {
  out: (text: string) => void
  err: (text: string) => void
}

/** What a run of the command needs from outside: opened only when the command line is right. */
export type Opened = { deps: Deps; close: () => Promise<void> }

/**
 * Runs one operator's command and says how it went: its result as JSON on `out`, what is wrong on `err`.
 *
 * @returns the exit code: 0 done, 1 refused, 2 not understood. What else goes wrong is thrown.
 */
export async function operate(args: string[], open: () => Promise<Opened>, { out, err }: Output): Promise<0 | 1 | 2> {
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    out(rest[0] && commands[rest[0]] ? helpOf(rest[0], commands[rest[0]]!) : overview())
    return name === undefined ? 2 : 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    err(`There is no command "${name}".\n\n${overview()}`)
    return 2
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    out(helpOf(name, command))
    return 0
  }
  try {
    const given = readOptions(command, rest)
    const { deps, close } = await open()
    try {
      const result = await command.run(deps, given)
      out(typeof result === 'string' ? result : JSON.stringify(result ?? { done: true }, null, 2))
      return 0
    } finally {
      await close()
    }
  } catch (error) {
    if (error instanceof UsageError) {
      err(`${error.message}\n\n${helpOf(name, command)}`)
      return 2
    }
    if (error instanceof CheckFailed) {
      err(error.message)
      return 1
    }
    if (error instanceof Refusal) {
      err(refusedText(error))
      return 1
    }
    throw error
  }
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`)
  return `Usage: npm run operator -- COMMAND [options]\n\n${lines.join('\n')}\n\nnpm run operator -- help COMMAND tells more.`
}

function helpOf(name: string, { about, options }: Command): string {
  const usage = Object.entries(options).map(([option, { takes, optional, repeated }]) => {
    const text = `--${option}${takes ? ` ${takes}` : ''}${repeated ? ' …' : ''}`
    return optional || !takes ? `[${text}]` : text
  })
  const width = Math.max(0, ...Object.keys(options).map((option) => option.length))
  const lines = Object.entries(options).map(([option, { about: says }]) => `  --${option.padEnd(width)}  ${says}`)
  return [`${about}.`, '', `npm run operator -- ${[name, ...usage].join(' ')}`, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n')
}

/** A roster's errors one a line; of other refusals the code, the sentence and what comes with it. */
function refusedText({ code, details }: Refusal): string {
  const { errors, detail, ...members } = details as {
    errors?: { file: string; line: number; column: string | null; message: string }[]
    detail?: string
  }
  const lines = (errors ?? []).map(
    ({ file, line, column, message }) => `  ${file}${line ? `, line ${line}` : ''}${column ? `, ${column}` : ''}: ${message}`,
  )
  const more = Object.keys(members).length > 0 ? ` ${JSON.stringify(members)}` : ''
  return [`${code}: ${refusals[code].title}${more}`, ...(detail ? [detail] : []), ...lines].join('\n')
}
