import { configureSync, getConsoleSink, getJsonLinesFormatter, getLogger, resetSync } from '@logtape/logtape'
import { EMAIL_ADDRESS_PATTERN, JWT_PATTERN, redactByField, redactByPattern } from '@logtape/redaction'
import { describeError } from './describe-error.ts'
import type { Log } from './log.ts'
import { requestContext } from './request-context.ts'

/** What must not be in a log even when somebody put it there by mistake (INV-18). */
const SECRET_FIELDS = [
  /e-?mail/i,
  /phone/i,
  /given_?name|family_?name|^name$/i,
  /birth/i,
  /address/i,
  /secret|password/i,
  /token$/i,
  /assertion|proof|authorization|cookie|jwt|jwe/i,
  /^(body|payload|text|subject|to|input|hint|reason|parameters)$/i,
  /eck_?id/i,
]

/** JSON lines on the console, the same on Node and on Workers. One per process: a second call replaces the first. */
export function jsonLog(level: 'debug' | 'info' | 'warning' | 'error'): Log {
  const formatter = redactByPattern(getJsonLinesFormatter({ properties: 'flatten' }), [EMAIL_ADDRESS_PATTERN, JWT_PATTERN])
  resetSync()
  configureSync({
    sinks: {
      console: redactByField(getConsoleSink({ formatter }), { fieldPatterns: SECRET_FIELDS, action: () => '[redacted]' }),
    },
    loggers: [
      { category: ['broker'], lowestLevel: level, sinks: ['console'] },
      { category: ['logtape', 'meta'], lowestLevel: 'error', sinks: ['console'] },
    ],
  })
  const logger = getLogger(['broker'])
  const facts = (given: Record<string, unknown> = {}) => {
    const { error, ...rest } = given
    const requestId = requestContext.getStore()?.requestId
    return { ...(requestId ? { requestId } : {}), ...rest, ...(error === undefined ? {} : { error: describeError(error) }) }
  }
  return {
    debug: (message, given) => logger.debug(message, facts(given)),
    info: (message, given) => logger.info(message, facts(given)),
    warning: (message, given) => logger.warning(message, facts(given)),
    error: (message, given) => logger.error(message, facts(given)),
  }
}
