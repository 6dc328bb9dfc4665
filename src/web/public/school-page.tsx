import { type Context, Hono } from 'hono'
import { type Activity, activitiesOf } from '../../cases/activities.ts'
import { CATEGORIES } from '../../catalog/categories.ts'
import { purposeName } from '../../catalog/purposes.ts'
import { itemsOfRound, roundById } from '../../consents/rounds.ts'
import { sharedFigures } from '../../consents/share-figures.ts'
import { FEWEST_SHOWN } from '../../consents/small-groups.ts'
import { inTransaction, type Tx } from '../../database.ts'
import type { BoardId, SchoolId } from '../../ids.ts'
import { type Language, writtenIn } from '../../languages.ts'
import { officersOf } from '../../people/officers.ts'
import { boardById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { REAL_WORLD } from '../../worlds.ts'
import { ButtonLink, Fact, Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { FiguresTable } from '../figures-table.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, page, show } from '../page.tsx'
import { briefsOf } from '../parent/brief.ts'
import { nameOfItem } from '../school/rounds/item-parts.tsx'
import { countryIn, dayIn, lastDayIn, listIn } from '../texts/dates.ts'
import { ended } from '../texts/ended.ts'

/** What a school records and why, and who gets it, for anybody and before anybody is enrolled (P04, P15, K26); prints for the school guide. */
export function schoolRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/schools/:brin', page, async (c) => show(c, await schoolPage(c)))
  return app
}

/** @throws Refusal `not_found` */
async function published(c: Context<PageEnv>) {
  const { db, now } = c.var.deps
  const brin = c.req.param('brin') ?? ''
  const place = await db
    .selectFrom('board_directory')
    .select(['board_id', 'school_id'])
    .where('scheme', '=', 'BRIN')
    .where('value', '=', brin.toUpperCase()) // board_directory_pkey
    .where('world', '=', REAL_WORLD)
    .executeTakeFirst()
  if (!place?.school_id) throw new Refusal('not_found')
  const { board_id: boardId, school_id: schoolId } = place
  return await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const school = await tx
      .selectFrom('schools')
      .select('name')
      .where('board_id', '=', boardId)
      .where('school_id', '=', schoolId) // schools_pkey
      .executeTakeFirstOrThrow()
    return {
      school: school.name,
      board: (await boardById(tx, boardId)).name,
      officers: await officersOf(tx, boardId, now()),
      shared: await figuresShared(tx, boardId, schoolId, c.var.language),
      activities: (await activitiesOf(tx, boardId, now())).filter(({ schools }) => schools === null || schools.includes(schoolId)),
    }
  })
}

/** The figures that the board shares with everybody (D12): of the whole board, and of this school among its schools. */
async function figuresShared(tx: Tx, boardId: BoardId, schoolId: SchoolId, language: Language) {
  const all = []
  for (const { roundId, sharedAt, figures } of await sharedFigures(tx, boardId)) {
    const round = await roundById(tx, boardId, roundId)
    const items = (await itemsOfRound(tx, boardId, roundId)).filter(({ itemId }) => figures.some((one) => one.itemId === itemId))
    const briefs = await briefsOf(tx, items, language)
    const asked = items.map(({ itemId }) => {
      const of = figures.find((one) => one.itemId === itemId)!
      return { brief: briefs.get(itemId)!, figures: { ...of, schools: of.schools.filter((one) => one.schoolId === schoolId) } }
    })
    all.push({ round: round!.title, sharedAt, asked })
  }
  return all
}

async function schoolPage(c: Context<PageEnv>) {
  const { t } = c.var
  const words = t.oversight.public
  const { school, board, officers, activities, shared } = await published(c)
  const companies = activities.filter(({ recipient }) => recipient)
  const own = activities.filter(({ recipient }) => !recipient)
  return (
    <Page c={c} title={words.title(school)}>
      <Heading over={board}>{words.title(school)}</Heading>
      <P lead>{words.intro}</P>
      <P>{words.board(board)}</P>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.companies}</h2>
      {companies.length === 0 && <P>{words.companiesNone}</P>}
      {companies.map((activity) => (
        <PublicCard c={c} activity={activity} />
      ))}
      {own.length > 0 && <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.own}</h2>}
      {own.map((activity) => (
        <PublicCard c={c} activity={activity} />
      ))}
      {shared.length > 0 && (
        <>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.figures}</h2>
          <P>{words.figuresFew(String(FEWEST_SHOWN))}</P>
        </>
      )}
      {shared.map(({ round, sharedAt, asked }) => (
        <section>
          <h3 class="utrecht-heading-3 utrecht-heading-3--distanced">{words.figuresOf(round, dayIn(c.var.language, sharedAt))}</h3>
          {asked.map(({ brief, figures }) => {
            const label = nameOfItem(t, brief)
            return (
              <>
                <P>{label}</P>
                <FiguresTable c={c} label={label} of={figures} schools={figures.schools} />
              </>
            )
          })}
        </section>
      ))}
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.rights}</h2>
      <P>{words.rightsMore}</P>
      <ButtonLink href="/rights">{words.toRights}</ButtonLink>
      {officers.length > 0 && (
        <P>
          {words.officers}{' '}
          {officers.map(({ name, email }) => (
            <span>{email ? words.officer(name, email) : ended(name)} </span>
          ))}
        </P>
      )}
      <P>{words.complain}</P>
    </Page>
  )
}

function PublicCard({ c, activity }: { c: Context<PageEnv>; activity: Activity }) {
  const { t, language } = c.var
  const words = t.oversight.public
  const written = writtenIn(language)
  const countries = (codes: readonly string[]) =>
    listIn(
      language,
      [...new Set(codes)].map((code) => countryIn(language, code)),
    )
  const { bases, categories, purposes, recipient, channel, retention, storageCountries, thirdCountries, subprocessors } = activity
  return (
    <article class="card">
      <h3 class="utrecht-heading-3 card__title">
        {channel ? `${activity.name}: ${t.question.media[channel.medium]}, ${channel.channel}` : activity.name}
      </h3>
      {activity.explanation && <P>{activity.explanation}</P>}
      <P>{bases.length === 0 ? words.unknown : bases.includes('consent') ? words.asks : words.asksNot}</P>
      <dl class="facts">
        <Fact name={words.what}>
          {listIn(
            language,
            categories.map((category) => CATEGORIES[category][written]),
          )}
        </Fact>
        <Fact name={words.why}>
          {listIn(
            language,
            purposes.map((id) => purposeName(id, written, c.var.toStudents) ?? id),
          )}
        </Fact>
        <Fact name={words.keep}>{retention ?? t.oversight.register.ownRetention(lastDayIn(language, activity.endsAt))}</Fact>
        {storageCountries.length > 0 && (
          <Fact name={words.where}>
            {countries(storageCountries)}. {thirdCountries.length > 0 && words.outside(countries(thirdCountries))}
          </Fact>
        )}
        {recipient && subprocessors.length > 0 && (
          <Fact name={words.helpers}>
            {listIn(
              language,
              subprocessors.map(({ name, country }) => words.company(name, countryIn(language, country))),
            )}
          </Fact>
        )}
      </dl>
    </article>
  )
}
