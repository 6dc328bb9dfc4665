import { gzipSync } from 'node:zlib'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type KeptForm, keepForm } from '../../src/accounts/kept-forms.ts'
import { startSession } from '../../src/accounts/sessions.ts'
import { createApp } from '../../src/app.ts'
import { ADMINISTRATOR, MEMBERS } from '../../src/demo/cast.ts'
import { mailsTo } from '../../src/demo/person.ts'
import type { AccountId } from '../../src/ids.ts'
import { nl } from '../../src/web/texts/nl.ts'
import { axeFaults, keyboardFaults, launchChromium, sidewaysFaults, targetFaults } from '../support/chromium.ts'
import { type CrawledPage, crawl, patternOf, representatives } from '../support/crawl.ts'
import { everyFormOf, formsOf, type PostForm } from '../support/forms.ts'
import { openedTablet } from '../support/opened-tablet.ts'
import { pushedAddress } from '../support/pushed-address.ts'
import { rareThings } from '../support/rare-things.ts'
import { htmlFaults } from '../support/sound-html.ts'
import { type ToldDemo, toldDemo } from '../support/told-demo.ts'
import { uploadedRosters } from '../support/uploaded-rosters.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 })

const NOBODY = 'nobody@nowhere.example'
/** Signed in, and no person at any school. */
const STRANGER = 'stranger@gezin.example'
/** Who also come from the site of a supplier: about one child, about oneself. */
const SENT_HERE = ['nadia@gezin.example', 'sara@dewaterlelie.example']

/** Pages that one comes to by an act or from a mail, and that no link leads to. A page with an id in its path: `leftBehind`. */
const BY_AN_ACT = [
  '/invitation',
  '/supplier/join',
  '/questions',
  '/sign-in/again',
  '/account/address/code',
  '/consents/images',
  '/supplier/code',
  '/tablet/asked',
]

/** With a contract, a data set, or what a program may ask, goes most of what the other pages are about; tests/http/ looks at what is said then. */
const ENDS_MUCH = /^\/school\/contracts\/[^/]+\/end$|^\/supplier\/.+\/(clients\/[^/]+\/(keys|limit|end)|data\/[^/]+\/end)$/

const MOST_BYTES = 60_000
const NARROW = { width: 390, height: 844 }
const WIDE = { width: 1280, height: 800 }
/** 1280 px at 400 % (WCAG 1.4.10). */
const ENLARGED = { width: 320, height: 256 }

let demo: ToldDemo
let browser: Awaited<ReturnType<typeof launchChromium>>
let accounts: { email: string; accountId: AccountId }[]
let pages: CrawledPage[]
/** The path of every page and file that somebody came to. */
let reached: Set<string>
/** The fewest of them that show everything there is to see. */
let chosen: CrawledPage[]
const contexts = new Map<string, BrowserContext>()

beforeAll(async () => {
  demo = await toldDemo(18_380)
  browser = await launchChromium()
  await demo.owner`insert into accounts (account_id, email, created_at) values (gen_random_uuid(), ${STRANGER}, now())`
  accounts = await demo.owner<typeof accounts>`select email, account_id as "accountId" from accounts order by email`
  await rareThings(demo)
  const before = await everything(() => [])
  const came = await actEverywhere(before)
  pages = await everything((who) => came.get(who) ?? [])
  reached = new Set([...before, ...pages].map(({ path }) => path.split('?')[0]!))
  pages = pages.filter(({ html }) => html !== '')
  chosen = representatives(pages)
})
afterAll(async () => {
  await browser?.close()
  await demo?.close()
})

/** Everything that everybody reaches, from the start, from mails, from what they did, and from here. */
async function everything(more: (who: string) => string[]): Promise<CrawledPage[]> {
  const found: CrawledPage[] = []
  for (const who of [NOBODY, ...accounts.map(({ email }) => email)]) {
    const context = await browserOf(who, 'nl')
    const starts =
      who === NOBODY ? ['/sign-in', '/sign-in/code', '/mailbox', '/docs'] : ['/', ...BY_AN_ACT, ...(await leftBehind(who)), ...more(who)]
    found.push(...(await crawl(who, (path) => opened(context, path), [...starts, '/nowhere'])))
  }
  return found
}

/** Fills in one form of every kind as somebody would who wants to get on. @returns where that led, by person */
async function actEverywhere(before: CrawledPage[]): Promise<Map<string, string[]>> {
  const led = new Map<string, string[]>()
  for (const { form, page } of everyForm(representatives(before)).filter(({ form }) => !form.multipart && !ENDS_MUCH.test(form.action))) {
    const { status, location } = await sent(page.who, form, ({ fits }) => fits)
    if (status === 303 && location?.startsWith('/')) led.set(page.who, [...(led.get(page.who) ?? []), location])
  }
  return led
}

/** As `BY_AN_ACT`, of what this person did. */
async function leftBehind(who: string): Promise<string[]> {
  const answered = await demo.owner`
    select a.consent_id from answers a join account_persons p on p.person_id = a.decider_id join accounts using (account_id)
    where email = ${who} order by answered_at`
  // The mail about it waits for the morning when this runs at night.
  const othersYes = await demo.owner`
    select distinct y.consent_id from answers y join consents c using (consent_id) join guardianships g on g.pupil_id = c.subject_id
    join account_persons p on p.person_id = g.guardian_id join accounts using (account_id)
    where email = ${who} and y.answer = 'yes' and y.decider_id <> g.guardian_id and c.ended_at is null and g.authority = 'yes'
    and not exists (select from answers mine where mine.consent_id = c.consent_id and mine.decider_id = g.guardian_id)`
  const addenda = who.startsWith('ruud') ? await demo.owner`select addendum_id from addenda` : []
  const files = who.startsWith('els') ? await demo.owner`select export_id from exports` : []
  const mails = await mailsTo(demo.issuer, who)
  return [
    ...mails.flatMap(({ text }) => linksIn(text)),
    ...answered.map(({ consent_id }) => `/questions/${consent_id}/done`),
    ...othersYes.map(({ consent_id }) => `/questions/${consent_id}/other-yes`),
    ...addenda.map(({ addendum_id }) => `/school/addenda/${addendum_id}`),
    ...files.map(({ export_id }) => `/school/ledger/files/${export_id}`),
    ...(SENT_HERE.includes(who) ? [await pushedAddress(demo)] : []),
    ...(who === SENT_HERE[0] ? [`${await openedTablet(demo)}/own`, await keptAddress(who)] : []),
    ...(who === MEMBERS[0]!.email ? [await openedTablet(demo)] : []),
    // A page that is found by a search.
    ...(who.startsWith('mirjam') ? ['/school/contacts?q=fatima'] : []),
    ...(who === ADMINISTRATOR.email ? await uploadedRosters(demo, (await browserOf(who, 'nl')).request) : []),
  ]
}

/** Where what somebody wrote stands, whose session was over when they sent it. */
async function keptAddress(who: string): Promise<string> {
  const { deps } = demo
  const { accountId } = accounts.find(({ email }) => email === who)!
  const form: KeptForm = { action: '/rights/ask/access', back: '/rights', fields: [['words', 'Wat weet de school van ons?']] }
  return `/sign-in/kept/${await keepForm(deps, accountId, form)}`
}

/** The addresses of ours in a mail. */
function linksIn(text: string): string[] {
  return Array.from(text.matchAll(/https?:\/\/\S+/g), ([address]) => address.replace(/[.,;]$/, ''))
    .filter((address) => address.startsWith(demo.issuer))
    .map((address) => address.slice(demo.issuer.length) || '/')
}

/** The browser of somebody who is signed in, in one language. */
async function browserOf(who: string, language: string): Promise<BrowserContext> {
  const key = `${who} ${language}`
  const old = contexts.get(key)
  if (old) return old
  const context = await browser.newContext()
  const cookies = [{ name: 'language', value: language, url: demo.issuer }]
  const account = accounts.find(({ email }) => email === who)
  if (account) {
    cookies.push({
      name: 'session',
      value: await startSession(demo.deps.db, account.accountId, new Date(), { method: 'code' }),
      url: demo.issuer,
    })
    const inNl = contexts.get(`${who} nl`)
    cookies.push(
      ...((await inNl?.cookies()) ?? [])
        .filter(({ name }) => name === 'browser')
        .map(({ name, value }) => ({ name, value, url: demo.issuer })),
    )
  }
  await context.addCookies(cookies)
  contexts.set(key, context)
  return context
}

async function opened(context: BrowserContext, path: string) {
  return await answerIn(await context.request.get(new URL(path, demo.issuer).href, { headers: { accept: 'text/html' } }))
}

async function answerIn(response: Awaited<ReturnType<BrowserContext['request']['get']>>) {
  const { pathname, search } = new URL(response.url())
  const { 'content-type': type = '', 'content-disposition': disposition = '' } = response.headers()
  const isPage = type.startsWith('text/html') && !disposition.startsWith('attachment')
  return {
    path: pathname + search,
    status: response.status(),
    location: response.headers().location,
    html: isPage ? await response.text() : '',
  }
}

/** Looks at each of these pages in a real browser, two at a time. @returns the faults, by page */
async function lookAt(
  list: readonly CrawledPage[],
  language: string,
  look: (page: Page, crawled: CrawledPage) => Promise<string[]>,
): Promise<Record<string, string[]>> {
  const waiting = [...list]
  const faults: Record<string, string[]> = {}
  const work = async () => {
    for (let crawled = waiting.shift(); crawled; crawled = waiting.shift()) {
      const context = await browserOf(crawled.who, language)
      const page = await context.newPage()
      const strangers: string[] = []
      page.on('request', (request) => {
        const url = request.url()
        if (!url.startsWith(demo.issuer) && !url.startsWith('data:')) strangers.push(`loads ${url}`)
      })
      page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) strangers.push(message.text())
      })
      const found = [...(await look(page, crawled)), ...strangers]
      await page.close()
      if (found.length > 0) faults[`${crawled.pattern} ${crawled.status}, ${crawled.who}, ${crawled.path}`] = found
    }
  }
  await Promise.all([work(), work()])
  return faults
}

/** Light and dark, at this width. */
async function seen(page: Page, { width, first }: { width: typeof NARROW; first: 'light' | 'dark' }): Promise<string[]> {
  const second = first === 'light' ? 'dark' : 'light'
  await page.setViewportSize(width)
  await page.emulateMedia({ colorScheme: first })
  const faults = [...(await axeFaults(page)), ...(await targetFaults(page)), ...(await sidewaysFaults(page))]
  await page.emulateMedia({ colorScheme: second })
  // The same page in other colours: only what hangs on colours can differ.
  return [...faults, ...(await axeFaults(page, ['color-contrast', 'link-in-text-block']))]
}

const open = async (page: Page, { path }: CrawledPage) => void (await page.goto(new URL(path, demo.issuer).href))

describe('Everything that anybody can reach', () => {
  test('is everything there is: no page is without a way to it', () => {
    const routes = createApp(() => demo.deps).routes.filter(({ method, path }) => method === 'GET' && isPagePath(path))
    const matches = (route: string) => new RegExp(`^${route.replace(/\/:\w+\?/g, '(/[^/]+)?').replace(/:\w+/g, '[^/]+')}$`)
    const unseen = [...new Set(routes.map(({ path }) => path))].filter((route) => ![...reached].some((path) => matches(route).test(path)))
    expect(unseen.filter((route) => !LEADS_ON.includes(route) && !ELSEWHERE.includes(route))).toEqual([])
  })

  test('answers with a page, in Dutch and in English', async () => {
    const wrong = pages.filter(({ status, pattern }) => status !== (pattern === '/nowhere' ? 404 : 200))
    expect(wrong.map(({ who, path, status }) => `${status} ${path} ${who}`)).toEqual([])
    for (const { who, path } of chosen) {
      const english = await opened(await browserOf(who, 'en'), path)
      expect(english.html, path).toContain('<html lang="en"')
      expect(await htmlFaults(english.html), path).toEqual([])
    }
  })

  test('is sound HTML', async () => {
    const faults = await Promise.all(chosen.map(async ({ path, html }) => [path, await htmlFaults(html)] as const))
    expect(Object.fromEntries(faults.filter(([, found]) => found.length > 0))).toEqual({})
  })

  test(`weighs at most ${MOST_BYTES} bytes packed on the first visit, with all it loads, and all of that comes from here`, async () => {
    const weights = new Map<string, number>()
    const heavy: string[] = []
    for (const { html, path, who } of pages) {
      const loads = Array.from(html.matchAll(/<(?:link|script|img)\b[^>]*?\s(?:href|src)="([^"]+)"/g), ([, address]) => address!)
      expect(
        loads.filter((address) => !address.startsWith('/') && !address.startsWith('data:')),
        path,
      ).toEqual([])
      expect(html, path).not.toMatch(/<script(?![^>]*\ssrc=)|\sstyle="|\son\w+="/)
      let weight = gzipSync(html).length
      for (const address of loads.filter((one) => one.startsWith('/'))) {
        if (!weights.has(address)) weights.set(address, await weightOf(address))
        weight += weights.get(address)!
      }
      if (weight > MOST_BYTES) heavy.push(`${weight} ${path} ${who}`)
    }
    expect(heavy).toEqual([])
    expect(weights.size).toBeGreaterThan(0)
  })
})

/** One form of every kind on these pages, with a page it is on. */
function everyForm(list: readonly CrawledPage[]): { form: PostForm; page: CrawledPage }[] {
  const known = new Set(['/language', '/sign-out'])
  return list.flatMap((page) =>
    formsOf(page.html).flatMap((form) => {
      const key = `${patternOf(form.action)} ${form.open.map(({ name }) => name).join()} ${form.button?.[0]}`
      if (known.has(key) || known.has(form.action)) return []
      known.add(key)
      return [{ form, page }]
    }),
  )
}

async function sent(who: string, form: PostForm, valueOf: (field: PostForm['open'][number]) => string) {
  const { request } = await browserOf(who, 'nl')
  const typed = form.open.map((field): [string, string] => [field.name, valueOf(field)])
  const fields = new URLSearchParams([...form.hidden, ...typed, ...(form.button ? [form.button] : [])])
  const headers = { accept: 'text/html', origin: demo.issuer, 'sec-fetch-site': 'same-origin' }
  const body = form.multipart
    ? { headers, multipart: Object.fromEntries(fields) }
    : { headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, data: fields.toString() }
  return await answerIn(await request.post(new URL(form.action, demo.issuer).href, { ...body, maxRedirects: 0 }))
}

/** Pages of the school desk that are nothing but an act, and what a data protection officer does in the office, or like all who work there. */
const ACTS_ONLY =
  /^\/school\/(invite-supplier|rounds\/new|emergencies\/new|rounds\/:id\/(add|audience|publish|letters|remind|items\/:id\/change)|roster\/:id\/columns)\b/
const OFFICE = /^\/school\/(incidents\/report|incidents\/:id\/(advise|say)|ledger\/files|checklist\?board)$/

describe('P45 A data protection officer', () => {
  const isSchool = ({ path, status }: CrawledPage) => path.startsWith('/school/') && status === 200
  const officer = 'els@dewaterlelie.example'
  const formsAt = (html: string) => everyFormOf(html).filter(({ action }) => action.startsWith('/school'))

  test('reads every page of the school, and on none of them is a form that decides', async () => {
    const wrong: string[] = []
    const patterns = new Map(pages.filter(isSchool).map((page) => [page.pattern, page]))
    for (const { pattern, path } of patterns.values()) {
      if (ACTS_ONLY.test(pattern)) continue
      const { status, html } = await opened(await browserOf(officer, 'nl'), path)
      if (status !== 200) wrong.push(`${status} ${path}`)
      wrong.push(...formsAt(html).flatMap(({ action }) => (OFFICE.test(patternOf(action)) ? [] : [`${path} has a form to ${action}`])))
    }
    expect(wrong).toEqual([])
    expect(patterns.size).toBeGreaterThan(40)
  })

  test('is refused whatever any form of the school asks for', async () => {
    const forms = new Map(pages.filter(isSchool).flatMap(({ html }) => formsAt(html).map((form) => [patternOf(form.action), form])))
    const answers: string[] = []
    for (const [pattern, form] of forms) {
      if (OFFICE.test(pattern)) continue
      const { status } = await sent(officer, form, ({ fits }) => fits)
      if (status !== 403 && status !== 404) answers.push(`${status} ${form.action}`)
    }
    expect(answers).toEqual([])
    expect(forms.size).toBeGreaterThan(25)
  })
})

/** They lead to another page at once, or to a file. */
const LEADS_ON = [
  '/supplier',
  '/questions',
  '/authorize',
  '/sign-in/with/:provider',
  '/sign-in/with/:provider/back',
  '/school/roster/:uploadId/errors.csv',
  '/school/incidents/:incidentId/affected.csv',
  '/school/ledger/files/:exportId/file',
]
/**
 * Nobody in the demo comes there: it has no identity provider, and its roster has the columns we know.
 * tests/http/ looks at their HTML.
 */
const ELSEWHERE = [
  // A package, which npm fetches: tests/runtime/holder-package installs it.
  '/docs/holder-kit.tgz',
  '/sign-in/with/:provider',
  '/sign-in/with/:provider/back',
  '/account/providers/:visitId',
  '/school/roster/:uploadId/columns',
  // Nobody is assigned to anybody at the end of the story: tests/browser/supplier-machine-pages looks at it.
  '/supplier/:supplierId/subjects/:identifier',
  // A program under test sends its browser there: tests/browser/supplier-machine-pages looks at it.
  '/authorize/:interactionId/sandbox',
]

const isPagePath = (path: string) =>
  !/^\/(v1|grants|assets|health|\.well-known|jwks|status|sandbox)(\/|$)/.test(path) && !path.includes('*')

/** As it goes over the wire: packed, unless it is too small to gain by that. */
async function weightOf(address: string): Promise<number> {
  const { get } = await import('node:http')
  const { encoding, bytes } = await new Promise<{ encoding: string | undefined; bytes: number }>((resolve, reject) => {
    get(new URL(address, demo.issuer), { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('error', reject)
      response.on('end', () => resolve({ encoding: response.headers['content-encoding'], bytes }))
    }).on('error', reject)
  })
  if (bytes >= 1024) expect(encoding, address).toBe('gzip')
  return bytes
}

describe('Every page is fit for everybody', () => {
  test('on a phone, in Dutch: axe in light and dark, targets, and nothing sideways at 400 %', async () => {
    const faults = await lookAt(chosen, 'nl', async (page, crawled) => {
      await open(page, crawled)
      const found = await seen(page, { width: NARROW, first: 'light' })
      await page.setViewportSize(ENLARGED)
      return [...found, ...(await sidewaysFaults(page)).map((fault) => `at 400 %: ${fault}`)]
    })
    expect(faults).toEqual({})
  })

  test('at a desk, in English: axe in dark and light, and by keyboard alone', async () => {
    const faults = await lookAt(chosen, 'en', async (page, crawled) => {
      await open(page, crawled)
      return [...(await seen(page, { width: WIDE, first: 'dark' })), ...(await keyboardFaults(page))]
    })
    expect(faults).toEqual({})
  })

  test('in Arabic from right to left, with the Dutch in it said to be Dutch', async () => {
    const dutch = new Set(stringsIn(nl))
    const translated: CrawledPage[] = []
    for (const page of chosen) {
      const { html } = await opened(await browserOf(page.who, 'ar'), page.path)
      if (html.includes('<html lang="ar" dir="rtl"')) translated.push(page)
    }
    expect(translated.length).toBeGreaterThan(4)
    const faults = await lookAt(translated, 'ar', async (page, crawled) => {
      await open(page, crawled)
      const said = await page.evaluate(() => {
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
        const found: string[] = []
        while (texts.nextNode()) {
          const { parentElement, textContent } = texts.currentNode
          if (parentElement!.closest('[lang]')!.getAttribute('lang') === 'ar') found.push(textContent!.trim())
        }
        return found
      })
      const left = said.filter((text) => dutch.has(text)).map((text) => `not translated: ${text}`)
      await page.setViewportSize(NARROW)
      return [...left, ...(await axeFaults(page)), ...(await sidewaysFaults(page))]
    })
    expect(faults).toEqual({})
  })
})

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

describe('A form that is filled in wrongly', () => {
  /** Empty, and with nonsense: the two ways in which people and programs get it wrong most. */
  const ways = { empty: '', nonsense: '\u202E<b>x' }

  test('comes back as a page with the errors on top and at their fields, never as JSON or a fault of ours', async () => {
    const faults: Record<string, string[]> = {}
    const errors: CrawledPage[] = []
    for (const { form, page } of everyForm(chosen)) {
      for (const [way, value] of Object.entries(ways)) {
        const answer = await sent(page.who, form, () => value)
        const found = [
          ...(answer.status >= 500 ? [`answers ${answer.status}`] : []),
          ...(answer.status >= 400 && answer.html === '' ? ['is no page'] : []),
          ...(answer.html ? await htmlFaults(answer.html) : []),
          ...pointsNowhere(answer.html),
        ]
        if (found.length > 0) faults[`${form.action} ${way}, ${page.who}`] = found
        if (answer.status >= 400 && answer.html.includes('role="alert"')) {
          errors.push({ ...answer, who: page.who, path: page.path, pattern: `POST ${patternOf(form.action)}` })
        }
      }
    }
    expect(faults).toEqual({})
    const shown = await lookAt(representatives(errors), 'nl', async (page, crawled) => {
      await open(page, crawled)
      await page.setContent(crawled.html)
      return await seen(page, { width: NARROW, first: 'light' })
    })
    expect(shown).toEqual({})
    expect(errors.length).toBeGreaterThan(3)
  })

  /** An error on top leads to its field, and the field says that it is wrong. */
  function pointsNowhere(html: string): string[] {
    const summary = /<div[^>]*role="alert".*?<\/ul>/s.exec(html)?.[0] ?? ''
    const targets = Array.from(summary.matchAll(/href="#([^"]+)"/g), ([, id]) => id!)
    return targets.filter((id) => !html.includes(` id="${id}"`)).map((id) => `an error leads to #${id}, which is not there`)
  }
})
