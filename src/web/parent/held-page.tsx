import { type Context, Hono } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import { type Held, heldAbout } from '../../cases/held.ts'
import { startOfAmsterdamDay } from '../../clock.ts'
import { idOf } from '../../http.ts'
import type { PersonId } from '../../ids.ts'
import { writtenIn } from '../../languages.ts'
import { Refusal } from '../../refusal.ts'
import { ButtonLink, Fact, Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { dayIn, listIn, momentIn } from '../texts/dates.ts'

/** To see and to carry along: everything the broker itself holds about somebody, as a page and as a file. */
export function heldRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/rights/held/:personId', signedInPage, async (c) => show(c, await heldPage(c)))
  app.get('/rights/held/:personId/file', signedInPage, async (c) => {
    const held = await heldIn(c)
    return c.body(JSON.stringify(held, null, 2), 200, {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${held.madeAt.slice(0, 10)}.json"`,
    })
  })
  return app
}

/** @throws Refusal `person_not_found` */
async function heldIn(c: Context<PageEnv>): Promise<Held> {
  const id = idOf<PersonId>().safeParse(c.req.param('personId'))
  const around = id.success && c.var.around.find(({ subjects }) => subjects.some(({ personId }) => personId === id.data))
  if (!id.success || !around) throw new Refusal('person_not_found')
  return await heldAbout(c.var.deps, around.actor, id.data)
}

async function heldPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const words = t.cases.held
  const held = await heldIn(c)
  const name = `${held.person.givenName} ${held.person.familyName}`
  const day = (iso: string) => dayIn(language, new Date(iso))
  const span = (from: string, until: string | null) => (until ? words.between(day(from), day(until)) : words.since(day(from)))
  return (
    <Page c={c} title={words.title(name)}>
      <Heading over={held.board}>{words.title(name)}</Heading>
      <P lead>{words.intro}</P>
      <ButtonLink href={`/rights/held/${held.about}/file`} primary>
        {words.download}
      </ButtonLink>
      <Part title={words.person}>
        <dl class="facts">
          {Object.entries(held.person).map(
            ([field, value]) =>
              value && (
                <Fact name={words.fields[field as keyof typeof words.fields]}>
                  {field === 'birthDate' ? dayIn(language, startOfAmsterdamDay(value)) : shortened(value)}
                </Fact>
              ),
          )}
        </dl>
      </Part>
      <List
        title={words.tenures}
        none={words.nothing}
        lines={held.tenures.map(
          ({ school, group, from, until }) => `${words.tenure(school ?? held.board, group ?? '')}: ${span(from, until)}`,
        )}
      />
      {held.standsFor.length > 0 && (
        <List
          title={words.stands}
          none={words.nothing}
          lines={held.standsFor.map(({ kind, authority, from, until }) => {
            const stands = t.people.guardians
            const how = stands.how(stands.kinds[kind as 'parent'], stands.short[authority as 'yes'])
            return `${how}: ${span(from, until)}`
          })}
        />
      )}
      {held.mandates.length > 0 && (
        <List
          title={words.mandates}
          none={words.nothing}
          lines={held.mandates.map(({ role, from, until }) => `${t.people.roles[role as 'teacher']}: ${span(from, until)}`)}
        />
      )}
      <Consents c={c} held={held} />
      {held.requests.length > 0 && (
        <List
          title={t.cases.rights.mine}
          none={words.nothing}
          lines={held.requests.map(({ kind, company, receivedAt }) => {
            const right = t.cases.rights.kinds[kind as 'access']
            return `${right}: ${company ?? t.cases.rights.school}, ${day(receivedAt)}`
          })}
        />
      )}
      {held.inquiries.length > 0 && (
        <List
          title={words.inquiries}
          none={words.nothing}
          lines={held.inquiries.map(({ askedAt, question, answer }) => `${day(askedAt)}: ${question}${answer ? ` – ${answer}` : ''}`)}
        />
      )}
      {held.transfers.length > 0 && (
        <List
          title={t.transfers.mine.title}
          none={words.nothing}
          lines={held.transfers.map(({ school, contents, offeredAt, sentAt, mine }) => {
            const gone = sentAt ? t.transfers.sentOn(day(sentAt)) : t.transfers.offeredOn(day(offeredAt))
            return [`${school}: ${contents}`, gone, mine && t.transfers.mine.said(day(mine.at)), mine?.remarks].filter(Boolean).join('\n')
          })}
        />
      )}
      {held.emergencies.length > 0 && (
        <List
          title={t.emergencies.title}
          none={words.nothing}
          lines={held.emergencies.map(({ givenAt, receiver, data, reason }) => `${day(givenAt)}: ${receiver}\n${data}\n${reason}`)}
        />
      )}
      {held.linkCodes.length > 0 && (
        <List
          title={words.linkCodes}
          none={words.nothing}
          lines={held.linkCodes.map(({ company, madeAt, expiresAt }) => `${company}: ${span(madeAt, expiresAt)}`)}
        />
      )}
      {held.account && (
        <List
          title={words.account}
          none={words.nothing}
          lines={[
            ...(held.account.email ? [held.account.email] : []),
            span(held.account.since, null),
            words.sessions(String(held.account.sessions.length)),
          ]}
        />
      )}
      {held.acts.length > 0 && (
        <Part title={words.acts}>
          <P>{words.actsCount(String(held.acts.length))}</P>
        </Part>
      )}
    </Page>
  )
}

function Consents({ c, held }: { c: Context<PageEnv>; held: Held }) {
  const { t, language } = c.var
  const words = t.cases.held
  return (
    <Part title={words.consents}>
      {held.consents.length === 0 && <P>{words.nothing}</P>}
      {held.consents.map(({ company, data, image, state, said, issued, delivered, askedAt }) => (
        <article class="card">
          <h3 class="utrecht-heading-3 card__title">
            {words.consent(
              company ?? words.ownUse,
              image
                ? `${t.question.media[image.medium]}, ${image.channel}`
                : listIn(
                    language,
                    data.map((one) => one[writtenIn(language)]),
                  ),
            )}
          </h3>
          <P>
            {state === 'taken_over' ? t.consents.takenOver : t.consents.states[state as 'given']}, {dayIn(language, new Date(askedAt))}
            {said.map(({ act, at, undoneAt }) => (
              <>
                <br />
                {t.receipt.acts[act]} {t.receipt.at(momentIn(language, new Date(at)))}
                {undoneAt && ` (${t.receipt.undone(momentIn(language, new Date(undoneAt)))})`}
              </>
            ))}
            <br />
            <span class="soft">{words.traffic(String(issued), String(delivered))}</span>
          </P>
        </article>
      ))}
    </Part>
  )
}

function Part({ title, children }: PropsWithChildren<{ title: string }>) {
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{title}</h2>
      {children}
    </section>
  )
}

function List({ title, none, lines }: { title: string; none: string; lines: string[] }) {
  return (
    <Part title={title}>
      {lines.length === 0 && <P>{none}</P>}
      <ul class="utrecht-unordered-list">
        {lines.map((line) => (
          <li class="utrecht-unordered-list__item said">{line}</li>
        ))}
      </ul>
    </Part>
  )
}

/** An ECK iD is 160 characters of nothing to read; the file has it whole. */
const shortened = (value: string) => (value.length > 60 ? `${value.slice(0, 40)}…` : value)
