import type { JWK } from 'jose'

/** What the run has to know of the holder. The file is JSON; `EXAMPLE` is a whole one. */
export interface Config {
  /** The audience of the holder's tokens, as it is registered with the broker. */
  resource: string
  /** Where the holder really listens, when that is not the origin of `resource`. */
  address: string
  /** What a supplier sends; `{subject}` and `{identifier}` in it become the pupil's. */
  request: { method: string; path: string }
  /** The data that request hands over, and others that it does not. */
  datatype: string
  otherDatatype: string
  /** Two pupils the holder has test data of: the school's identifier, and a text that stands in data of this pupil only. */
  pupils: [TestPupil, TestPupil]
  /** Where the test issuer listens, and how it names itself. */
  issuer: string
  listen: { host: string; port: number }
  clientId: string
  /** The public half of the holder's own key, so that its calls to the broker are checked too. */
  clientJwk: JWK | undefined
  tokens: 'jwt' | 'jwe' | 'opaque'
  /** For `jwe`: the holder's public encryption key. */
  encryptionJwk: JWK | undefined
  ended: 'status-list' | 'introspection'
  /** How long a status list of this run may be used. The published bound is 60 s; a short life makes a short run. */
  statusTtlSeconds: number
  /** Within how many seconds a token that was ended must be refused where status lists are read: 60, or fewer. */
  boundSeconds: number
}

export interface TestPupil {
  identifier: string
  mark: string
}

export const EXAMPLE = {
  resource: 'https://api.rekenrijk.example/',
  address: 'http://127.0.0.1:8443',
  request: 'GET /results',
  datatype: 'arithmetic-results',
  otherDatatype: 'reading-results',
  pupils: [
    { identifier: 'https://ketenid.nl/pilot/fatima', mark: 'test exercise 1' },
    { identifier: 'https://ketenid.nl/pilot/ali', mark: 'test exercise 2' },
  ],
  issuer: 'http://127.0.0.1:9480',
  clientId: 'rekenrijk',
  tokens: 'jwt',
  ended: 'status-list',
}

const KNOWN = [...Object.keys(EXAMPLE), 'listen', 'clientJwk', 'encryptionJwk', 'statusTtlSeconds', 'boundSeconds']

/** One line for each field that is wrong, with what to do. */
export class ConfigWrong extends Error {
  override name = 'ConfigWrong'
  readonly lines: string[]

  constructor(lines: string[]) {
    super(lines.join('\n'))
    this.lines = lines
  }
}

/**
 * Reads the configuration of a run. Does NOT try whether anybody listens at those addresses.
 *
 * @throws ConfigWrong with all that is wrong at once
 */
export function readConfig(text: string): Config {
  const given = parse(text)
  const wrong: string[] = []
  const check = (field: string, good: boolean, what: string) => void (good || wrong.push(`${field}: ${what}`))
  for (const field of Object.keys(given)) check(field, KNOWN.includes(field), `is not a setting; the settings are ${KNOWN.join(', ')}`)

  const { resource, issuer, request, datatype, otherDatatype, pupils, clientId } = given
  const address = given.address ?? (isAddress(resource) ? new URL(resource).origin : undefined)
  const listen = given.listen ?? (isAddress(issuer) ? issuer : undefined)
  const { tokens = 'jwt', ended = 'status-list', clientJwk, encryptionJwk, statusTtlSeconds = 5, boundSeconds = 60 } = given
  check('resource', isAddress(resource), 'is the address you registered with the broker, as https://api.school.example/')
  check('address', isAddress(address), 'is where your holder listens now, as http://127.0.0.1:8443')
  check(
    'issuer',
    isAddress(issuer) && !issuer.endsWith('/'),
    'is how the test issuer names itself, as http://127.0.0.1:9480, without a slash',
  )
  check('listen', isAddress(listen) && new URL(listen).protocol === 'http:', 'is where the test issuer listens, as http://0.0.0.0:9480')
  check('request', typeof request === 'string' && /^[A-Z]+ \/\S*$/.test(request), 'is a method and a path, as GET /results')
  check('datatype', isText(datatype), 'is what the request hands over, as arithmetic-results')
  check('otherDatatype', isText(otherDatatype) && otherDatatype !== datatype, 'is other data than datatype')
  check('clientId', isText(clientId), 'is the client id you have at the broker')
  check(
    'pupils',
    isPair(pupils),
    'are two pupils, each with an identifier and a mark: a text of letters and digits that stands only in data of that pupil',
  )
  check('tokens', ['jwt', 'jwe', 'opaque'].includes(tokens as string), 'is jwt, jwe or opaque')
  check('ended', ended === 'status-list' || ended === 'introspection', 'is status-list or introspection')
  check('encryptionJwk', tokens !== 'jwe' || isPublicJwk(encryptionJwk), 'is your public encryption key, which tokens: "jwe" needs')
  check('clientJwk', clientJwk === undefined || isPublicJwk(clientJwk), 'is the public half of your key, without d')
  check('statusTtlSeconds', isSeconds(statusTtlSeconds), 'is 1 to 60')
  check('boundSeconds', isSeconds(boundSeconds), 'is 1 to 60')
  if (wrong.length > 0) throw new ConfigWrong(wrong)

  const [method, path] = (request as string).split(' ') as [string, string]
  const { hostname, port } = new URL(listen as string)
  return {
    resource: resource as string,
    address: new URL(address as string).origin,
    request: { method, path },
    datatype: datatype as string,
    otherDatatype: otherDatatype as string,
    pupils: pupils as [TestPupil, TestPupil],
    issuer: issuer as string,
    listen: { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) },
    clientId: clientId as string,
    clientJwk: clientJwk as JWK | undefined,
    tokens: tokens as Config['tokens'],
    encryptionJwk: encryptionJwk as JWK | undefined,
    ended: tokens === 'opaque' ? 'introspection' : (ended as Config['ended']),
    statusTtlSeconds: statusTtlSeconds as number,
    boundSeconds: boundSeconds as number,
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const given: unknown = JSON.parse(text)
    if (isObject(given)) return given
  } catch {
    throw new ConfigWrong(['the file is not JSON; --example prints one'])
  }
  throw new ConfigWrong(['the file is not a JSON object; --example prints one'])
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0
const isAddress = (value: unknown): value is string => isText(value) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
const isPublicJwk = (value: unknown) => isObject(value) && isText(value.kty) && !('d' in value)
const isSeconds = (value: unknown) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 60
/** What JSON, XML and CSV all write as it is. */
const isPlain = (mark: string) => /^[A-Za-z0-9 .:_-]+$/.test(mark)
const isPupil = (value: unknown): value is TestPupil =>
  isObject(value) && isText(value.identifier) && isText(value.mark) && isPlain(value.mark)

function isPair(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(isPupil)) return false
  const [one, other] = value as [TestPupil, TestPupil]
  return one.identifier !== other.identifier && !one.mark.includes(other.mark) && !other.mark.includes(one.mark)
}
