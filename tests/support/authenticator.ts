import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

interface Options {
  challenge: string
  user?: { id: string }
}

interface Twist {
  origin?: string
  rpId?: string
  /** Without a finger, face or PIN. */
  unverified?: boolean
  counter?: number
  userHandle?: string
}

/**
 * A passkey in software (WebAuthn Level 3, ES256, no attestation): right unless it is told otherwise. For what a real browser
 * cannot be made to do: the same answer twice, another origin, a counter that goes back.
 */
export class Authenticator {
  readonly id = randomBytes(32)
  counter = 0
  #key: KeyObject
  #publicKey: KeyObject
  #userHandle = ''
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#key = privateKey
    this.#publicKey = publicKey
  }

  /** What `navigator.credentials.create` gives, as JSON. */
  create({ challenge, user }: Options, twist: Twist = {}): string {
    this.#userHandle = user!.id
    const { x, y } = this.#publicKey.export({ format: 'jwk' })
    const coseKey = cbor(
      new Map<number, number | Buffer>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x!, 'base64url')],
        [-3, Buffer.from(y!, 'base64url')],
      ]),
    )
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    const authData = Buffer.concat([this.#authData(0x40, twist), Buffer.alloc(16), length, this.id, coseKey])
    const attestationObject = cbor(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]),
    )
    return this.#answer({
      clientDataJSON: this.#clientData('webauthn.create', challenge, twist).toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal'],
    })
  }

  /** What `navigator.credentials.get` gives, as JSON. */
  get({ challenge }: Options, twist: Twist = {}): string {
    this.counter += 1
    const authenticatorData = this.#authData(0, twist)
    const clientDataJSON = this.#clientData('webauthn.get', challenge, twist)
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientDataJSON).digest()])
    return this.#answer({
      clientDataJSON: clientDataJSON.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign('sha256', signed, this.#key).toString('base64url'),
      userHandle: twist.userHandle ?? this.#userHandle,
    })
  }

  #authData(more: number, { rpId = new URL(this.#origin).hostname, unverified = false, counter = this.counter }: Twist): Buffer {
    const rest = Buffer.alloc(5)
    rest[0] = 0x01 | (unverified ? 0 : 0x04) | 0x18 | more
    rest.writeUInt32BE(counter, 1)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), rest])
  }

  #clientData(type: string, challenge: string, { origin = this.#origin }: Twist): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  }

  #answer(response: Record<string, unknown>): string {
    const id = this.id.toString('base64url')
    return JSON.stringify({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response })
  }
}

/** As much of CBOR (RFC 8949) as an authenticator writes. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, one]) => [cbor(key), cbor(one)])])
  throw new Error('nothing an authenticator writes')
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count])
  if (count < 256) return Buffer.from([(major << 5) | 24, count])
  return Buffer.from([(major << 5) | 25, count >> 8, count & 0xff])
}
