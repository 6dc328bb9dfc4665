import { type Form, formWith, type Page } from './browser.ts'
import { mustShow, type Person } from './person.ts'
import { NotAsTold } from './teller.ts'

/** The requests that the school's inbox shows, by id, each with the words of its card. */
export async function inbox({ browser }: Person): Promise<Map<string, string>> {
  const page = mustShow(await browser.open('/school'), 200, 'the inbox')
  return new Map(
    Array.from(page.html.matchAll(/<article\b[\s\S]*?<\/article>/g), ([card]) => [
      /\/school\/requests\/([0-9a-f-]{36})/.exec(card)?.[1] ?? '',
      card
        .replace(/<[^>]+>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    ]),
  )
}

const requestPage = async ({ browser }: Person, requestId: string, find = '') =>
  mustShow(await browser.open(`/school/requests/${requestId}${find && `?find=${encodeURIComponent(find)}`}`), 200, 'the request')

const formFor = (page: Page, verb: string): Form => formWith(page, ({ action }) => action.endsWith(`/${verb}`), `to ${verb}`)

/** Looks somebody up and says that this is whom the supplier means. */
export async function match(staff: Person, requestId: string, { name, personId }: { name: string; personId: string }): Promise<void> {
  const page = await requestPage(staff, requestId, name)
  if (!page.html.includes(personId)) throw new NotAsTold(`${name} is found`)
  mustShow(await staff.browser.send(formFor(page, 'match'), { person: personId }), 200, `${name} is matched`)
}

/** Step 2: passes the request on as a question; `guide`: only a guide whom the supplier assigns to the pupil may see the data. */
export async function forward(
  staff: Person,
  requestId: string,
  { alternative, guide }: { alternative: { nl: string; en: string }; guide: boolean },
): Promise<void> {
  const form = formFor(await requestPage(staff, requestId), 'forward')
  const filledIn = { alternative: alternative.nl, alternative_en: alternative.en, basis: 'consent', ...(guide && { guide: 'yes' }) }
  mustShow(await staff.browser.send(form, filledIn), 200, 'the question is passed on')
}

/** Step 4: presses release. What comes of it is the caller's to judge: before an answer it is refused. */
export async function release(staff: Person, requestId: string): Promise<Page> {
  return await staff.browser.send(formFor(await requestPage(staff, requestId), 'release'))
}

/** Where the addendum is that waits for the school, as the list of contracts shows it. */
export async function addendumAwaiting({ browser }: Person): Promise<string> {
  const page = mustShow(await browser.open('/school/contracts'), 200, 'the contracts')
  const path = /\/school\/addenda\/[0-9a-f-]{36}/.exec(page.html)?.[0]
  if (!path) throw new NotAsTold('an addendum lies ready')
  return path
}

export const addendum = async ({ browser }: Person, path: string): Promise<Page> => mustShow(await browser.open(path), 200, 'the addendum')

export const checkAddendum = async (staff: Person, path: string): Promise<Page> =>
  await staff.browser.send(formFor(await addendum(staff, path), 'check'))

export const signAddendum = async (staff: Person, path: string): Promise<Page> =>
  await staff.browser.send(formFor(await addendum(staff, path), 'sign'))

/** What a page of the school says no with, without the frame around it. */
export const refusalIn = ({ text }: Page): string => text.replace(/^.*Dat lukte niet /, '').replace(/ Naar het begin.*$/, '')

/** What an addendum is about, as its page says it above the text itself. */
export const subjectOf = ({ text }: Page): string => text.replace(/^.*?(?=Aanvulling bij)/, '').replace(/ AANVULLING OP DE .*$/, '')
