import { type Context, Hono } from 'hono'
import { type Activity, activitiesOf } from '../../cases/activities.ts'
import { registerInDpv } from '../../cases/register-dpv.ts'
import { CATEGORIES } from '../../catalog/categories.ts'
import { purposeName } from '../../catalog/purposes.ts'
import { csvOf } from '../../csv-for-people.ts'
import { writtenIn } from '../../languages.ts'
import { type Officer, officersOf } from '../../people/officers.ts'
import { schoolsWithBrin } from '../../people/register.ts'
import { type Board, boardById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { countryIn, dayIn, lastDayIn, listIn } from '../texts/dates.ts'
import { atDesk, type Desk, desksOf } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

/** The register of processing activities (GDPR art. 30): on screen, as a table, and as JSON in terms of DPV. */
export function registerRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/register', signedInPage, async (c) => show(c, await registerPage(c)))

  app.get('/school/register/csv', signedInPage, async (c) => {
    const found = await registerAt(c, oneDesk(c))
    const { columns } = c.var.t.oversight.register
    const whose = [controllerOf(found.board), found.officers.map(reached).join('; ')]
    const body = csvOf(
      Object.values(columns),
      found.activities.map((activity) => [...cellsOf(c, activity), ...whose]),
    )
    return c.body(body, 200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="register.csv"' })
  })

  app.get('/school/register/json', signedInPage, async (c) => {
    const found = await registerAt(c, oneDesk(c))
    const { issuer, now } = c.var.deps
    return c.body(JSON.stringify(registerInDpv(found, found.activities, { issuer, at: now() }), null, 2), 200, {
      'content-type': 'application/ld+json; charset=utf-8',
      'content-disposition': 'attachment; filename="register.json"',
    })
  })
  return app
}

/** The register is the board's; who looks at one school's requests only has no part in it. */
const registerDesks = (c: Context<PageEnv>) => desksOf(c).filter(({ looksAt }) => looksAt(null))

/** @throws Refusal `mandate_missing` */
function oneDesk(c: Context<PageEnv>): Desk {
  const board = c.req.query('board')
  const desk = registerDesks(c).find(({ around }) => !board || around.actor.boardId === board)
  if (!desk) throw new Refusal('mandate_missing')
  return desk
}

interface Found {
  board: Board
  officers: Officer[]
  activities: Activity[]
  brins: { name: string; brin: string }[]
}

async function registerAt(c: Context<PageEnv>, desk: Desk): Promise<Found> {
  const { boardId } = desk.around.actor
  const at = c.var.deps.now()
  return await atDesk(c, desk, async (tx) => ({
    board: await boardById(tx, boardId),
    officers: await officersOf(tx, boardId, at),
    activities: await activitiesOf(tx, boardId, at),
    brins: await schoolsWithBrin(tx, boardId),
  }))
}

const controllerOf = ({ name, oin, address }: Board) => [name, `OIN ${oin}`, address].filter(Boolean).join(', ')

const reached = ({ name, email }: Officer) => (email ? `${name} (${email})` : name)

function cellsOf(c: Context<PageEnv>, activity: Activity): (string | null)[] {
  const { t, language } = c.var
  const words = t.oversight.register
  const written = writtenIn(language)
  const countries = (codes: readonly string[]) => codes.map((code) => countryIn(language, code)).join(', ')
  const { channel, recipient } = activity
  return [
    channel ? `${activity.name} (${t.question.media[channel.medium]}, ${channel.channel})` : activity.name,
    activity.purposes.map((id) => `${id}: ${purposeName(id, written, c.var.toStudents) ?? ''}`).join('; '),
    activity.bases.length === 0 ? words.noBasis : activity.bases.map((basis) => t.consents.basis[basis]).join('; '),
    activity.subjects.map((subject) => words.subjects[subject]).join(', '),
    activity.categories
      .map((category) =>
        CATEGORIES[category].special ? `${CATEGORIES[category][written]} (${words.special})` : CATEGORIES[category][written],
      )
      .join('; '),
    activity.incidental.join(', '),
    recipient ? `${recipient.legalName} (${recipient.contact})` : words.school,
    recipient ? words.roles[recipient.role] : null,
    activity.subprocessors.map(({ name, task, country }) => `${name}: ${task} (${countryIn(language, country)})`).join('; '),
    countries(activity.storageCountries),
    activity.thirdCountries.length > 0 ? countries(activity.thirdCountries) : words.inEurope,
    activity.retention ?? words.ownRetention(lastDayIn(language, activity.endsAt)),
    activity.measures || words.noMeasures,
    dayIn(language, activity.startsAt),
    lastDayIn(language, activity.endsAt),
  ]
}

async function registerPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const words = t.oversight.register
  const desks = registerDesks(c)
  const seen = await Promise.all(desks.map(async (desk) => await registerAt(c, desk)))
  return (
    <Page c={c} title={words.title}>
      <PrivacyNav c={c} />
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : words.intro}</P>
      {seen.map(({ board, officers, activities, brins }) => (
        <section>
          <P>
            {words.controller(controllerOf(board))}
            <br />
            {officers.length > 0 ? words.officers(listIn(language, officers.map(reached))) : words.noOfficer}
          </P>
          <p class="links">
            <Link href={`/school/register/csv?board=${board.boardId}`}>{words.csv}</Link>
            <Link href={`/school/register/json?board=${board.boardId}`}>{words.json}</Link>
          </p>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.public}</h2>
          <p class="links">
            {brins.map(({ name, brin }) => (
              <Link href={`/schools/${brin}`}>{name}</Link>
            ))}
          </p>
          {activities.length === 0 && <P>{words.none}</P>}
          {activities.map((activity) => (
            <ActivityCard c={c} activity={activity} />
          ))}
        </section>
      ))}
    </Page>
  )
}

function ActivityCard({ c, activity }: { c: Context<PageEnv>; activity: Activity }) {
  const { columns } = c.var.t.oversight.register
  const [name, ...cells] = cellsOf(c, activity)
  const names = Object.values(columns).slice(1)
  return (
    <details class="more">
      <summary>{name}</summary>
      <div class="more__body">
        {activity.explanation && <P>{activity.explanation}</P>}
        <dl class="facts">{cells.map((cell, nr) => cell && <Fact name={names[nr]!}>{cell}</Fact>)}</dl>
      </div>
    </details>
  )
}
