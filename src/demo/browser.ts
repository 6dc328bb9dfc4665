import { NotAsTold } from './teller.ts'

export interface Form {
  action: string
  method: string
  /** What is filled in as the page came: hidden fields, chosen options, what was typed. */
  fields: [name: string, value: string][]
  buttons: { name: string | undefined; value: string; text: string }[]
  /** All there is to fill in or choose, by name. */
  names: string[]
  text: string
}

export interface Page {
  status: number
  path: string
  html: string
  /** What stands in it, without what is on every page. */
  text: string
  forms: Form[]
  links: { href: string; text: string }[]
}

/**
 * Somebody's browser: cookies, pages, links and forms over HTTP, and no JavaScript. Redirects are followed as a browser
 * does; an answer that is no page of the broker is the caller's to judge by its status.
 */
export function browser(origin: string) {
  const cookies = new Map<string, string>()

  async function load(path: string, init: RequestInit = {}): Promise<Page> {
    let target = new URL(path, origin)
    let request = init
    for (let hops = 0; hops < 10; hops++) {
      const headers = new Headers(request.headers)
      headers.set('accept', 'text/html')
      headers.set('cookie', Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; '))
      const response = await fetch(target, { ...request, headers, redirect: 'manual' })
      for (const cookie of response.headers.getSetCookie()) keep(cookie)
      const location = response.headers.get('location')
      if (response.status < 300 || response.status > 399 || !location) return read(response.status, target, await response.text())
      await response.body?.cancel()
      target = new URL(location, target)
      if (target.origin !== origin) throw new NotAsTold(`the broker leads away to ${target.origin}`)
      request = {}
    }
    throw new NotAsTold(`${path} leads round in circles`)
  }

  function keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';')
    const at = pair.indexOf('=')
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    const isGone = attributes.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute)) || value === ''
    if (isGone) cookies.delete(name)
    else cookies.set(name, value)
  }

  /** Sends a form as it stands, with what is filled in here, by the button with this text or name, or the only one. */
  async function send(form: Form, filledIn: Record<string, string | string[]> = {}, button?: string | RegExp): Promise<Page> {
    const pressed = form.buttons.find(({ text, value }) =>
      button === undefined ? true : typeof button === 'string' ? text === button || value === button : button.test(text),
    )
    if (button !== undefined && !pressed)
      throw new NotAsTold(`a button ${String(button)} among ${form.buttons.map(({ text }) => text).join(', ')}`)
    const body = new URLSearchParams(form.fields.filter(([name]) => !(name in filledIn)))
    for (const [name, value] of Object.entries(filledIn)) for (const one of [value].flat()) body.append(name, one)
    if (pressed?.name) body.append(pressed.name, pressed.value)
    if (form.method === 'get') return await load(`${form.action}?${body}`)
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin, 'sec-fetch-site': 'same-origin' }
    return await load(form.action, { method: 'POST', headers, body: body.toString() })
  }

  return { open: (path: string) => load(path), send }
}

export type Browser = ReturnType<typeof browser>

/** The form of a page that has a button or field that fits. */
export function formWith(page: Page, fits: (form: Form) => boolean, what: string): Form {
  const form = page.forms.find(fits)
  if (!form) throw new NotAsTold(`a form ${what} on ${page.path} (${page.status})`)
  return form
}

function read(status: number, { pathname, search, href }: URL, html: string): Page {
  const forms = Array.from(html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi), ([, tag, inner]): Form => {
    const { action = href, method = 'get' } = attributesOf(tag!)
    return { action: new URL(action, href).href, method: method.toLowerCase(), ...controlsOf(inner!), text: textOf(inner!) }
  })
  const links = Array.from(html.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/gi), ([, tag, inner]) => ({
    href: attributesOf(tag!).href ?? '',
    text: textOf(inner!),
  }))
  return { status, path: pathname + search, html, text: textOf(/<main\b[\s\S]*<\/main>/i.exec(html)?.[0] ?? html), forms, links }
}

function controlsOf(html: string): Pick<Form, 'fields' | 'buttons' | 'names'> {
  const fields: [string, string][] = []
  const buttons: Form['buttons'] = []
  const names = new Set<string>()
  const parts =
    /<input\b([^>]*)>|<button\b([^>]*)>([\s\S]*?)<\/button>|<textarea\b([^>]*)>([\s\S]*?)<\/textarea>|<select\b([^>]*)>([\s\S]*?)<\/select>/gi
  for (const [, input, button, buttonText, textarea, typed, select, options] of html.matchAll(parts)) {
    if (button !== undefined) {
      const { name, value = '' } = attributesOf(button)
      buttons.push({ name, value, text: textOf(buttonText!) })
      continue
    }
    const { name, type = 'text', value = '', ...rest } = attributesOf((input ?? textarea ?? select)!)
    if (type === 'submit') buttons.push({ name, value, text: value })
    if (!name || type === 'submit') continue
    names.add(name)
    if (select !== undefined) fields.push([name, chosen(options!)])
    else if (textarea !== undefined) fields.push([name, decoded(typed!)])
    else if (!['checkbox', 'radio'].includes(type) || 'checked' in rest) fields.push([name, value || (type === 'checkbox' ? 'on' : '')])
  }
  return { fields, buttons, names: [...names] }
}

function chosen(options: string): string {
  const all = Array.from(options.matchAll(/<option\b([^>]*)>/gi), ([, tag]) => attributesOf(tag!))
  return (all.find((option) => 'selected' in option) ?? all[0])?.value ?? ''
}

function attributesOf(tag: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(tag.matchAll(/([a-zA-Z][\w-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g), ([, name, double, single, bare]) => [
      name!.toLowerCase(),
      decoded(double ?? single ?? bare ?? ''),
    ]),
  )
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", nbsp: ' ' }
const decoded = (text: string) => text.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
const textOf = (html: string) =>
  decoded(html.replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, '').replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
