import { readConfig } from './config.ts'
import { serveBroker, stopOnSignal } from './serve.ts'

try {
  const { stop } = await serveBroker(readConfig(process.env))
  stopOnSignal(stop)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
