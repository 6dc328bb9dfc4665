import { z } from 'zod'
import { type IdentityProvider, readIdentityProviders } from './identity-providers.ts'

const boolean = z.enum(['true', 'false']).transform((word) => word === 'true')

const databaseUrl = z
  .string()
  .refine(
    (url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url),
    'is a postgres:// URL, with what is odd in a password percent-encoded',
  )

const environment = z.object({
  /** The broker's public origin: the OAuth issuer, exactly as clients know it. */
  ISSUER: z
    .string()
    .refine(
      (url) => /^https?:/.test(url) && URL.canParse(url) && new URL(url).origin === url,
      'is an origin, without path or trailing slash',
    )
    .optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_OWNER_URL: databaseUrl.optional(),
  DATABASE_POOL: z.coerce.number().int().min(1).max(100).default(10),
  /** 32 bytes, base64url: encrypts signing keys and mails at rest. */
  BROKER_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, 'is 32 bytes in base64url, 43 characters')
    .optional(),
  SMTP_URL: z
    .string()
    .refine((url) => /^smtps?:\/\/./.test(url) && URL.canParse(url), 'is an smtp:// or smtps:// URL')
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(/^([^<>\p{Cc}]*<)?[^\s@<>]+@[^\s@<>]+>?$/u, 'is an address, or a name with the address between < and >')
    .default('Toestemmingen <toestemmingen@localhost>'),
  DATA_FOLDER: z.string().default('.data'),
  /** Number of trusted proxies in front, whose X-Forwarded-For entries count. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
  /** Origins on this machine that may be fetched although they are not public: for the demo and for development. */
  ALLOWED_LOOPBACK: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    )
    .refine(
      (origins) => origins.every((origin) => /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin)),
      'is a list of origins on this machine',
    ),
  /** A signing key is followed by the next after so many days. */
  KEY_ROTATION_DAYS: z.coerce.number().int().min(1).max(730).default(90),
  LOG_LEVEL: z.enum(['debug', 'info', 'warning', 'error']).default('info'),
  /** Shows every mail on a page. Only the demo sets it. */
  DEVELOPMENT_MAILBOX: boolean.default(false),
})

export interface Config {
  issuer: string
  port: number
  databaseUrl: string | undefined
  databaseOwnerUrl: string | undefined
  databasePool: number
  brokerSecret: string | undefined
  smtpUrl: string | undefined
  mailFrom: string
  dataFolder: string
  trustedProxies: number
  allowedLoopback: string[]
  keyRotationDays: number
  identityProviders: IdentityProvider[]
  logLevel: 'debug' | 'info' | 'warning' | 'error'
  developmentMailbox: boolean
}

/** What is read of the configuration by commands that only need the database. */
export type DatabaseConfig = Pick<Config, 'databaseUrl' | 'databaseOwnerUrl' | 'dataFolder'>

const databaseOnly = environment.pick({ DATABASE_URL: true, DATABASE_OWNER_URL: true, DATA_FOLDER: true })

/**
 * Reads of the configuration where the database is, and asks for nothing else: who migrates or checks a database need not
 * hold the keys and the mail server of whoever serves it.
 *
 * @throws Error as `readConfig`
 */
export function readDatabaseConfig(env: Variables): DatabaseConfig {
  const given = givenIn(env)
  const read = databaseOnly.safeParse(given)
  const wrong = wrongAboutDatabase(given, read)
  if (!read.success || wrong.length > 0) throw notRight(wrong)
  return { databaseUrl: read.data.DATABASE_URL, databaseOwnerUrl: read.data.DATABASE_OWNER_URL, dataFolder: read.data.DATA_FOLDER }
}

type Variables = Record<string, string | undefined>

/** A variable that is set to nothing is one that is not set. */
function givenIn(env: Variables): Variables {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}

function wrongAboutDatabase(given: Variables, read: { error?: z.ZodError }): string[] {
  const wrong = (read.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  if (given.DATABASE_OWNER_URL && !given.DATABASE_URL) {
    wrong.push('DATABASE_OWNER_URL: goes with DATABASE_URL; without it the embedded database would be used')
  }
  return wrong
}

function notRight(wrong: readonly string[]): Error {
  return new Error(`The configuration is not right:\n  ${wrong.join('\n  ')}`)
}

/**
 * Reads the configuration from environment variables.
 *
 * @throws Error with one line for each variable that is wrong; never with its value
 */
export function readConfig(env: Variables): Config {
  const given = givenIn(env)
  const read = environment.safeParse(given)
  const wrong = wrongAboutDatabase(given, read)
  if (given.DATABASE_URL && !given.BROKER_SECRET) wrong.push('BROKER_SECRET: is needed when DATABASE_URL is set')
  if (given.DATABASE_URL && !given.ISSUER) wrong.push('ISSUER: is needed when DATABASE_URL is set')
  if (given.DATABASE_URL && !given.SMTP_URL && given.DEVELOPMENT_MAILBOX !== 'true') {
    wrong.push('SMTP_URL: is needed when DATABASE_URL is set, or nobody can sign in')
  }
  const onThisMachine = given.ISSUER === undefined || /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/.test(given.ISSUER)
  if (given.ISSUER?.startsWith('http:') && !onThisMachine) wrong.push('ISSUER: is https, except on this machine itself')
  if (given.DEVELOPMENT_MAILBOX === 'true' && !onThisMachine) {
    wrong.push('DEVELOPMENT_MAILBOX: shows everybody the sign-in codes, so only with an ISSUER of http://localhost or http://127.0.0.1')
  }
  const { providers, wrong: wrongProviders } = readIdentityProviders(given, read.success ? read.data.ALLOWED_LOOPBACK : [])
  wrong.push(...wrongProviders)
  if (!read.success || wrong.length > 0) throw notRight(wrong)
  const { data } = read
  return {
    issuer: data.ISSUER ?? `http://localhost:${data.PORT}`,
    port: data.PORT,
    databaseUrl: data.DATABASE_URL,
    databaseOwnerUrl: data.DATABASE_OWNER_URL,
    databasePool: data.DATABASE_POOL,
    brokerSecret: data.BROKER_SECRET,
    smtpUrl: data.SMTP_URL,
    mailFrom: data.MAIL_FROM,
    dataFolder: data.DATA_FOLDER,
    trustedProxies: data.TRUSTED_PROXIES,
    allowedLoopback: data.ALLOWED_LOOPBACK,
    keyRotationDays: data.KEY_ROTATION_DAYS,
    identityProviders: providers,
    logLevel: data.LOG_LEVEL,
    developmentMailbox: data.DEVELOPMENT_MAILBOX,
  }
}
