import type { Hono } from 'hono'
import type { Env } from '../../src/http.ts'
import { htmlFaults } from './sound-html.ts'

/** What came back from a page: the answer itself, its text, and where we ended up after redirects. */
export interface Seen {
  status: number
  path: string
  html: string
  /** The visible words, white space made one. */
  words: string
  headers: Headers
  /** The hidden fields of the form whose action is (or begins with) this path. */
  fields: (action: string) => Record<string, string>
}

/**
 * A browser without JavaScript: keeps cookies, sends Origin and Sec-Fetch-Site as browsers do, follows redirects, and
 * throws when a page is not sound HTML.
 */
export class Visitor {
  readonly cookies = new Map<string, string>()
  readonly #app: Pick<Hono<Env>, 'request'>
  readonly #origin: string
  readonly #language: string

  constructor(app: Pick<Hono<Env>, 'request'>, { origin = 'https://broker.test', language = 'nl' } = {}) {
    this.#app = app
    this.#origin = origin
    this.#language = language
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Seen> {
    return await this.#follow(path, { headers: { accept: 'text/html', ...headers } })
  }

  /** As `get`, and stays at the first answer. */
  async getOnly(path: string): Promise<Response> {
    return await this.#request(path, { headers: { accept: 'text/html' } })
  }

  /** Sends a form as a browser would, by default from a page of the same site. */
  async post(path: string, fields: Record<string, string | string[]> = {}, headers: Record<string, string> = {}): Promise<Seen> {
    return await this.#follow(path, this.#form(fields, headers))
  }

  /** Sends a form that brings a file. */
  async upload(path: string, fields: Record<string, string>, file: { name: string; bytes: Uint8Array }): Promise<Seen> {
    const body = new FormData()
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    body.set(file.name, new Blob([Buffer.from(file.bytes)]), 'rooster.zip')
    return await this.#follow(path, {
      method: 'POST',
      body,
      headers: { accept: 'text/html', origin: this.#origin, 'sec-fetch-site': 'same-origin' },
    })
  }

  /** As `post`, and stays at the first answer. */
  async postOnly(path: string, fields: Record<string, string | string[]> = {}, headers: Record<string, string> = {}): Promise<Response> {
    return await this.#request(path, this.#form(fields, headers))
  }

  #form(fields: Record<string, string | string[]>, headers: Record<string, string>): RequestInit {
    const body = new URLSearchParams(Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one])))
    return {
      method: 'POST',
      body: body.toString(),
      headers: {
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
        origin: this.#origin,
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
    }
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(Object.entries(init.headers as Record<string, string>).filter(([, value]) => value !== ''))
    if (!headers.has('accept-language')) headers.set('accept-language', this.#language)
    headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await this.#app.request(new URL(path, this.#origin).href, { ...init, headers })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split('; ')
      const [name = '', value = ''] = pair.split('=')
      if (attributes.includes('Max-Age=0')) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return response
  }

  async #follow(path: string, init: RequestInit): Promise<Seen> {
    let response = await this.#request(path, init)
    let at = path
    for (let hops = 0; response.status === 303 && hops < 5; hops++) {
      at = response.headers.get('location')!
      response = await this.#request(at, { headers: { accept: 'text/html' } })
    }
    const html = await response.text()
    if (response.headers.get('content-type')?.startsWith('text/html')) await mustBeSound(at, html)
    return {
      status: response.status,
      path: at,
      html,
      words: wordsOf(html),
      headers: response.headers,
      fields: (action) => fieldsOf(html, action),
    }
  }
}

async function mustBeSound(path: string, html: string): Promise<void> {
  const wrong = await htmlFaults(html)
  if (wrong.length > 0) throw new Error(`${path} is not sound HTML:\n${wrong.join('\n')}`)
}

function wordsOf(html: string): string {
  return html
    .replace(/<head>.*?<\/head>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replace(/\s+/g, ' ')
    .trim()
}

function fieldsOf(html: string, action: string): Record<string, string> {
  const forms = html.match(/<form.*?<\/form>/gs) ?? []
  const form = forms.find((one) => one.match(/action="([^"]*)"/)?.[1]?.startsWith(action))
  if (!form) throw new Error(`no form goes to ${action}`)
  return Object.fromEntries(
    Array.from(form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g), ([, name, value]) => [
      name!,
      value!.replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
    ]),
  )
}
