import { readConfig } from './config.ts'
import { openBroker } from './open-broker.ts'
import { operate } from './operator/operate.ts'

/** `npm run operator -- …`: what the operator does to begin and to go on, on the database the configuration names. */
try {
  process.exitCode = await operate(process.argv.slice(2), () => openBroker({ ...readConfig(process.env), logLevel: 'error' }), {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
  })
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
