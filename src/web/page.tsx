import type { Context, MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { csrf } from 'hono/csrf'
import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import { z } from 'zod'
import { keepCookie, readCookie } from '../accounts/cookies.ts'
import { keepForm } from '../accounts/kept-forms.ts'
import { accountOfLapsed, type Session, sessionOf } from '../accounts/sessions.ts'
import { boundedBytes, boundedText, type Env, formFields, mustBeOfType } from '../http.ts'
import type { AccountId } from '../ids.ts'
import { type Language, languageNamed, writtenIn } from '../languages.ts'
import { recordAttempt } from '../ledger/refused.ts'
import { isMember } from '../members/members.ts'
import { Refusal, refusals } from '../refusal.ts'
import { type Around, aroundMe } from './around.ts'
import type { Messages } from './texts/shape.ts'
import { wordsFor } from './texts/student-words.ts'
import { isWritten, type Sent, WRITTEN } from './typed.ts'

/** What every page finds in `c.var`. */
export type PageEnv = Env & {
  Variables: {
    t: Messages
    /** Whoever looks has to do with students only, and reads of students (K33). */
    toStudents: boolean
    /** Of this page: a translation only where there is one. */
    language: Language
    /** What whoever is there chose to read. */
    chosen: Language
    session: Session | undefined
    /** The persons of whoever is signed in; empty on pages that need no sign-in. */
    around: Around[]
    /** The form that was sent, once it was read: a page that has to say no may not lose what was written in it. */
    sent: Sent | undefined
    /** Whether whoever is signed in works for a supplier. */
    isMember: boolean
  }
}

const LARGEST_FORM_BYTES = 64 * 1024
const YEAR_SECONDS = 365 * 86_400
/** Where what was written stands after signing in again. */
export const KEPT = '/sign-in/kept'

/** Before every page: who is there and in which language. It hangs on each handler, so that no path can slip past it. */
export const page: MiddlewareHandler<PageEnv> = async (c, next) => {
  const token = readCookie(c, 'session')
  const session = token ? await sessionOf(c.var.deps.db, token, c.var.deps.now()) : undefined
  const chosen = languageNamed(readCookie(c, 'language')) ?? session?.language ?? preferred(c.req.header('accept-language'))
  c.set('session', session)
  c.set('around', [])
  c.set('isMember', false)
  c.set('chosen', chosen)
  setLanguage(c, writtenIn(chosen))
  await next()
  c.res.headers.set('Cache-Control', 'no-store')
}

const ofThisSite: MiddlewareHandler<PageEnv> = csrf({ origin: (origin, c) => origin === c.var.deps.issuer })

/**
 * Before every form that comes in: it has to come from a page of ours (Sec-Fetch-Site or Origin says so), and as a form.
 *
 * @throws Refusal `media_type_not_supported`
 */
export const form: MiddlewareHandler<PageEnv> = every(page, ofThisSite, async (c, next) => {
  mustBeOfType(c, 'application/x-www-form-urlencoded')
  await next()
})

const mustBeSignedIn: MiddlewareHandler<PageEnv> = async (c, next) => {
  if (c.var.session) {
    c.set('around', await aroundMe(c.var.deps, c.var.session))
    setLanguage(c, c.var.language)
    c.set('isMember', await isMember(c.var.deps.db, c.var.session.accountId))
    await next()
    return await tellOfForm(c, c.var.session)
  }
  // A form on a page that lay open too long leads back to that page, or to what was written on it.
  const back = backFrom(c)
  const to = c.req.method === 'GET' ? back : ((await keptOf(c, back)) ?? back)
  return c.redirect(to === undefined ? '/sign-in' : `/sign-in?next=${encodeURIComponent(to)}`, 303)
}

function backFrom(c: Context<PageEnv>): string | undefined {
  const page = c.req.method === 'GET' ? c.req.url : c.req.header('referer')
  if (!page || !URL.canParse(page)) return undefined
  const { pathname, search } = new URL(page)
  return ownPath(c, pathname + search)
}

/** Where what was written in the form of a session that has run out stands once its writer has signed in again; one that was ended keeps nothing. */
async function keptOf(c: Context<PageEnv>, back = '/'): Promise<string | undefined> {
  const token = readCookie(c, 'session')
  if (!token || !c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')) return undefined
  const accountId = await accountOfLapsed(c.var.deps.db, token)
  await fieldsOf(c)
  return accountId && (await keepTyped(c, accountId, back))
}

/** Keeps what was written in the form that was sent. @returns where it stands then; nothing when nothing was written */
export async function keepTyped(c: Context<PageEnv>, accountId: AccountId, back: string): Promise<string | undefined> {
  const { deps, sent = [] } = c.var
  if (!sent.some((field) => isWritten(sent, field))) return undefined
  const { pathname, search } = new URL(c.req.url)
  const key = await keepForm(deps, accountId, { action: pathname + search, back, fields: sent })
  return key && `${KEPT}/${key}`
}

/**
 * A form that was refused before it came to whom it stands for (`attempt`), and a page that is for others, are in the ledger by
 * account. A link that leads nowhere any more is not.
 */
async function tellOfForm(c: Context<PageEnv>, { accountId }: Session): Promise<void> {
  const forbidden = c.error instanceof Refusal && refusals[c.error.code].status === 403
  if (c.req.method === 'GET' && !forbidden) return
  await recordAttempt(c.var.deps, { boardId: null, approach: 'operator', actor: `account:${accountId}` }, c.error)
}

/** Hangs on the pages whose words are translated. A link there leads to the Dutch text, which leads, and changes no choice. */
const inYourLanguage: MiddlewareHandler<PageEnv> = async (c, next) => {
  const asked = c.req.method === 'GET' ? languageNamed(c.req.query('in')) : undefined
  setLanguage(c, asked ?? c.var.chosen)
  await next()
}

export const signedInPage: MiddlewareHandler<PageEnv> = every(page, mustBeSignedIn)
export const signedInForm: MiddlewareHandler<PageEnv> = every(form, mustBeSignedIn)

/** As `signedInPage` and `signedInForm`, on pages that are translated whole (tests/rules/translations.test.ts). */
export const translatedPage: MiddlewareHandler<PageEnv> = every(signedInPage, inYourLanguage)
export const translatedForm: MiddlewareHandler<PageEnv> = every(signedInForm, inYourLanguage)

/** As `signedInForm`, for a form that brings a file. @throws Refusal `media_type_not_supported` */
export const signedInUpload: MiddlewareHandler<PageEnv> = every(page, ofThisSite, mustBeSignedIn, async (c, next) => {
  mustBeOfType(c, 'multipart/form-data')
  await next()
})

/**
 * Whoever is signed in.
 *
 * @throws Refusal `not_signed_in`
 */
export function sessionIn(c: Context<PageEnv>): Session {
  if (!c.var.session) throw new Refusal('not_signed_in')
  return c.var.session
}

/** Answers with a whole page. */
export function show(
  c: Context<PageEnv>,
  content: Child,
  status: 200 | 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503 = 200,
) {
  return c.html(html`<!doctype html>${content}`, status)
}

/** The words of this page; whoever has to do with students only reads of students (K33). */
export function setLanguage(c: Context<PageEnv>, language: Language): void {
  const { around } = c.var
  c.set('language', language)
  const toStudents = around.length > 0 && around.every(({ hasStudents }) => hasStudents)
  c.set('toStudents', toStudents)
  c.set('t', wordsFor(language, toStudents))
}

export function rememberLanguage(c: Context<PageEnv>, language: Language): void {
  keepCookie(c, 'language', language, YEAR_SECONDS)
}

/** A page of this site to go on to. Anything that leads elsewhere becomes the home page. */
export function ownPath(c: Context<PageEnv>, path: string | undefined): string {
  const { issuer } = c.var.deps
  if (!path?.startsWith('/') || !URL.canParse(path, issuer)) return '/'
  const { origin, pathname, search } = new URL(path, issuer)
  // `/.//x` is of our origin, yet what is left of it when the dots are gone names another host.
  return origin === issuer && !pathname.startsWith('//') ? pathname + search : '/'
}

/** A ticked list: no box, one box or more. */
export function ticked<T extends z.ZodType<unknown, string>>(box: T) {
  return z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]), z.array(box).max(500))
}

/**
 * Reads the form by its schema.
 *
 * @throws Refusal `input_invalid`, for what no page of ours would send; what a person can get wrong is checked by `safeReadForm`
 */
export async function readForm<S extends z.ZodType>(c: Context<PageEnv>, schema: S): Promise<z.output<S>> {
  const read = schema.safeParse(await fieldsOf(c))
  if (!read.success) throw new Refusal('input_invalid', { fields: read.error.issues.map(({ path }) => path.join('.')) })
  return read.data
}

/** Reads the form by its schema and says which fields are wrong, with what was typed. */
export async function safeReadForm<S extends z.ZodType>(
  c: Context<PageEnv>,
  schema: S,
): Promise<{ ok: true; data: z.output<S> } | ({ ok: false; wrong: Set<string> } & Typed)> {
  const fields = await fieldsOf(c)
  const read = schema.safeParse(fields)
  if (read.success) return { ok: true, data: read.data }
  const typed = Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => typeof field[1] === 'string'))
  const ticked = (name: string) => [fields[name] ?? []].flat()
  return { ok: false, wrong: new Set(read.error.issues.map(({ path }) => String(path[0] ?? ''))), typed, ticked }
}

/** What was in a form that was not taken. */
export interface Typed {
  typed: Record<string, string>
  /** The boxes that were ticked under a name: none, one or more. */
  ticked: (name: string) => string[]
}

/**
 * The fields of a form that brings one file, and the file: absent when none was chosen.
 *
 * @throws Refusal `body_too_large`; `input_invalid` for a body that is no such form
 */
export async function readUpload(
  c: Context<PageEnv>,
  fileField: string,
  largest: number,
): Promise<{ fields: Record<string, string>; file: Uint8Array | undefined }> {
  const bytes = await boundedBytes(c, largest)
  const read = new Response(bytes, { headers: { 'content-type': c.req.header('content-type') ?? '' } }).formData()
  const parts = await read.catch(() => {
    throw new Refusal('input_invalid')
  })
  const fields: Record<string, string> = {}
  let file: Uint8Array | undefined
  for (const [name, value] of parts) {
    if (typeof value === 'string' && !name.endsWith(WRITTEN)) fields[name] = value
    else if (typeof value !== 'string' && name === fileField && value.size > 0) file = new Uint8Array(await value.arrayBuffer())
  }
  return { fields, file }
}

async function fieldsOf(c: Context<PageEnv>): Promise<Record<string, string | string[]>> {
  const body = formFields(await boundedText(c, LARGEST_FORM_BYTES))
  c.set('sent', [...body])
  const names = [...new Set(body.keys())].filter((name) => !name.endsWith(WRITTEN))
  return Object.fromEntries(
    names.map((name) => {
      const values = body.getAll(name)
      return [name, values.length === 1 ? values[0]! : values]
    }),
  )
}

/** The first language the browser asks for that we have; Dutch when there is none. */
export function preferred(header: string | undefined): Language {
  return (
    (header ?? '')
      .split(',')
      .map(languageNamed)
      .find((language) => language !== undefined) ?? 'nl'
  )
}
