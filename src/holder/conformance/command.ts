#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { ConfigWrong, EXAMPLE, readConfig } from './config.ts'
import { exitCodeOf, lineOf, summaryOf } from './report.ts'
import { runConformance } from './run.ts'

const HELP = `Plays good and bad suppliers against a data holder, and says what it found.

  npx holder-conformance holder.json
  npx holder-conformance --example > holder.json

  --example   prints a configuration to begin with
  --json      prints the report as JSON
  --help      prints this

The command is the holder's issuer while it runs: start your holder with that issuer (the setting "issuer") instead of the
broker, on a machine with test data of two pupils. Never do this with data of real pupils.
It ends with 0 when the holder conforms, 1 when there are faults, 2 when it could not be run.
`

const CANNOT_RUN = 2

async function main(options: string[]): Promise<number> {
  if (options.includes('--help')) return say(HELP, 0)
  if (options.includes('--example')) return say(`${JSON.stringify(EXAMPLE, null, 2)}\n`, 0)
  const [file, ...more] = options.filter((option) => option !== '--json')
  if (file === undefined || file.startsWith('-') || more.length > 0) return complain(HELP)
  const asJson = options.includes('--json')
  const config = readConfig(readFileSync(file, 'utf8'))
  const results = await runConformance(config, (result) => asJson || say(`${lineOf(result)}\n`, 0))
  return say(
    asJson ? `${JSON.stringify({ conforms: exitCodeOf(results) === 0, results }, null, 2)}\n` : `\n${summaryOf(results)}\n`,
    exitCodeOf(results),
  )
}

function say(text: string, code: number): number {
  process.stdout.write(text)
  return code
}

function complain(text: string): number {
  process.stderr.write(text)
  return CANNOT_RUN
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const lines = error instanceof ConfigWrong ? error.lines : [(error as Error).message]
  process.exitCode = complain(`It cannot be run:\n${lines.map((line) => `  ${line}\n`).join('')}`)
}
