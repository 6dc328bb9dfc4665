import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, browser, formWith, type Page } from './browser.ts'
import type { Adult } from './cast.ts'
import { NotAsTold } from './teller.ts'

interface MailSeen {
  at: string
  subject: string
  text: string
}

/** The mails to an address, as the demo's mailbox tells them. */
export async function mailsTo(issuer: string, email: string): Promise<MailSeen[]> {
  const response = await fetch(`${issuer}/mailbox?address=${encodeURIComponent(email)}`, { headers: { accept: 'application/json' } })
  return (await response.json()) as MailSeen[]
}

export interface Person extends Adult {
  browser: Browser
}

/** Somebody signs in with a browser of their own: the address, the code from the mail, and in. */
export async function signIn(issuer: string, adult: Adult): Promise<Person> {
  const mine = browser(issuer)
  const before = (await mailsTo(issuer, adult.email)).length
  const start = await mine.open('/sign-in')
  const asked = await mine.send(
    formWith(start, ({ names }) => names.includes('email'), 'for an e-mail address'),
    { email: adult.email },
  )
  let code: string | undefined
  for (let tries = 0; !code && tries < 100; tries++) {
    const news = (await mailsTo(issuer, adult.email)).slice(before)
    code = news.map(({ text }) => /\b\d(?:[ -]?\d){7}\b/.exec(text)?.[0]).findLast((found) => found !== undefined)
    if (!code) await sleep(50)
  }
  if (!code) throw new NotAsTold(`a mail with a code to ${adult.email}`)
  const home = await mine.send(
    formWith(asked, ({ names }) => names.includes('code'), 'for a code'),
    { code },
  )
  mustShow(home, 200, `${adult.givenName} is signed in`)
  return { ...adult, browser: mine }
}

/** @throws NotAsTold unless the page came with this status */
export function mustShow(page: Page, status: number, what: string): Page {
  if (page.status !== status) throw new NotAsTold(`${what}; got ${page.status} on ${page.path}: ${page.text.slice(0, 300)}`)
  return page
}
