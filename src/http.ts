import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { z } from 'zod'
import type { Deps } from './deps.ts'
import type { BoardId, ClientId } from './ids.ts'
import { Refusal } from './refusal.ts'
import { parseStrictJson } from './strict-json.ts'

/** What every handler finds in `c.var`. An area adds its own: `Env & { Variables: { supplier: ClientActor } }`. */
export type Env = {
  Variables: {
    deps: Deps
    /** Made here, never taken from the request; it is in every log line and in the `X-Request-Id` header. */
    requestId: string
    /** Which client a request comes from, or says it does, for its own engineers to see how it was answered. */
    comesFrom?: ClientId
    /** The client whose assertion was good, on the OAuth endpoints. */
    authenticated?: ClientId
    /** In whose ledger a refused attempt of this request stands; without one, or where there is no such board, in the operator's. */
    concerns?: () => Promise<BoardId | undefined>
    /** Where a form of this page may lead besides ourselves: browsers hold redirects after a form to `form-action` too. */
    formLeadsTo?: string
  }
}

export const API_VERSION = '1.0.0'

/** A JSON body of 200 subjects with hints fits many times. */
const LARGEST_JSON_BYTES = 256 * 1024
const LARGEST_FORM_BYTES = 64 * 1024

/**
 * A router for JSON routes made with `createRoute`. What does not fit its schema is refused with `input_invalid`.
 * A route with a body says `body: { required: true, … }`: without that zod-openapi lets a request without body through unseen.
 */
export function jsonRoutes<E extends Env = Env>(): OpenAPIHono<E> {
  return new OpenAPIHono<E>({ defaultHook: rejectInput })
}

type Validated = { success: true } | { success: false; error: { issues: readonly Issue[] } }
interface Issue {
  code?: string | undefined
  path: PropertyKey[]
  keys?: string[]
  message: string
}

/**
 * Validation hook: all wrong fields together, by path, never with their values.
 *
 * @throws Refusal `input_invalid`
 */
function rejectInput(result: Validated): void {
  if (result.success) return
  throw new Refusal('input_invalid', { errors: result.error.issues.flatMap(wrongFields) })
}

function wrongFields({ code, path, keys, message }: Issue): { field: string; reason: string }[] {
  const field = path.map(String).join('.')
  // The name of an unknown field is input too: it is told only when it looks like a field.
  if (code === 'unrecognized_keys') {
    return (keys ?? []).map((key) => ({
      field: [field, /^[a-z][a-z0-9_]{0,40}$/i.test(key) ? key : '?'].filter(Boolean).join('.'),
      reason: 'is not known here',
    }))
  }
  return [{ field, reason: message }]
}

/** A path or body id: a UUID of the kind the type says. Whether such a thing exists, and whose it is, the command decides. */
export function idOf<I extends string>() {
  return z.uuid().transform((id) => id.toLowerCase() as I)
}

/** On `/v1`: never cached, and its version on every answer (NL API Design Rules). */
export const restHeaders: MiddlewareHandler<Env> = async (c, next) => {
  await next()
  c.res.headers.set('API-Version', API_VERSION)
  c.res.headers.set('Cache-Control', 'no-store')
}

/**
 * On `/v1`: an unsafe request brings strict JSON of bounded size, or no body at all; but for the paths that say what they take. What it read is what
 * `c.req.json()` and the validators see.
 *
 * @throws Refusal `media_type_not_supported`, `body_too_large`, `input_invalid`
 */
export const strictJsonBody =
  (otherwise: readonly string[]): MiddlewareHandler<Env> =>
  async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !otherwise.includes(c.req.path)) {
      const text = await boundedText(c, LARGEST_JSON_BYTES)
      if (text !== '') {
        mustBeOfType(c, 'application/json')
        try {
          parseStrictJson(text)
        } catch (error) {
          throw new Refusal('input_invalid', { errors: [{ field: '', reason: (error as SyntaxError).message }] })
        }
      }
      Object.assign(c.req.bodyCache, { text: Promise.resolve(text) })
    }
    return await next()
  }

/**
 * The parameters of an `application/x-www-form-urlencoded` body; none may come twice (RFC 6749 §3.2).
 *
 * @throws Refusal `media_type_not_supported`, `body_too_large`, `input_invalid`; an OAuth endpoint tells them as `invalid_request`
 */
export async function formBody(c: Context, largest = LARGEST_FORM_BYTES): Promise<Map<string, string>> {
  mustBeOfType(c, 'application/x-www-form-urlencoded')
  const fields = new Map<string, string>()
  for (const [name, value] of formFields(await boundedText(c, largest))) {
    if (fields.has(name)) throw new Refusal('input_invalid', { errors: [{ field: '', reason: 'has a parameter twice' }] })
    fields.set(name, value)
  }
  return fields
}

/**
 * The fields of a form, in order. None has a NUL in it, which PostgreSQL cannot keep in a text.
 *
 * @throws Refusal `input_invalid`
 */
export function formFields(text: string): URLSearchParams {
  const fields = new URLSearchParams(text)
  for (const part of fields) mustHoldNoNul(part.join(''))
  return fields
}

/** On every request: its path and query hold no NUL. */
export const honestUrl: MiddlewareHandler<Env> = async (c, next) => {
  if (c.req.url.includes('%00')) mustHoldNoNul('\0')
  return await next()
}

function mustHoldNoNul(text: string): void {
  if (text.includes('\0')) throw new Refusal('input_invalid', { errors: [{ field: '', reason: 'has a NUL character in it' }] })
}

/** @throws Refusal `media_type_not_supported` */
export function mustBeOfType(c: Context, type: string): void {
  const given = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (given !== type) throw new Refusal('media_type_not_supported')
}

/**
 * Reads the body as UTF-8 and stops at `largest` bytes, also when it comes in chunks and names no length.
 *
 * @throws Refusal `body_too_large`; `input_invalid` for bytes that are not UTF-8
 */
export async function boundedText(c: Context, largest: number): Promise<string> {
  const bytes = await boundedBytes(c, largest)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal('input_invalid', { errors: [{ field: '', reason: 'is not UTF-8' }] })
  }
}

/** As `boundedText`, for what is no text. @throws Refusal `body_too_large` */
export async function boundedBytes(c: Context, largest: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = c.req.header('content-length')
  if (Number(announced ?? 0) > largest) throw new Refusal('body_too_large')
  // The server reads no more than was announced, so it can be taken whole: a stream costs more than all else about a small body.
  const bytes = announced === undefined ? await streamedBytes(c, largest) : new Uint8Array(await c.req.raw.arrayBuffer())
  if (bytes.length > largest) throw new Refusal('body_too_large')
  return bytes
}

async function streamedBytes(c: Context, largest: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!c.req.raw.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > largest) throw new Refusal('body_too_large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
