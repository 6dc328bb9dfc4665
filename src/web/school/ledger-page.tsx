import { type Context, Hono } from 'hono'
import { type FoundEntry, PAGE, searchLedger, verifyLedger } from '../../cases/ledger-search.ts'
import type { PersonId } from '../../ids.ts'
import { LEDGER_EVENTS } from '../../ledger/events.ts'
import { personsById } from '../../people/store.ts'
import { attempt } from '../attempt.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { OnceForm } from '../once-form.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { momentIn } from '../texts/dates.ts'
import { atDesk, type Desk } from './desk.ts'
import { dpoDesk, ledgerFilters, placeAfter, placeIn, queryOf } from './ledger-desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

/** The ledger for the data protection officer: searched, checked from end to end, and asked for as a file. */
export function ledgerRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/ledger', signedInPage, async (c) => show(c, await ledgerPage(c)))
  return app
}

async function ledgerPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.oversight.ledger
  const asked = c.req.query()
  const read = ledgerFilters.safeParse(asked)
  const wrong = new Set(read.success ? [] : read.error.issues.map(({ path }) => String(path[0])))
  const desk = dpoDesk(c, read.success ? read.data : {})
  const { actor, boardName } = desk.around
  const before = await placeIn(c, asked.before)
  const found = read.success
    ? await attempt(c, actor, 'organisation', () => searchLedger(deps, actor, { ...queryOf(read.data), before }))
    : []
  const older = found.length === PAGE ? await placeAfter(c, found.at(-1)!.seq) : undefined
  const verdict = asked.check === '1' ? await verifyLedger(deps, actor) : undefined
  const names = await namesOf(c, desk, found)
  const events = LEDGER_EVENTS.map((event) => ({ value: event as string, text: t.ledgerEvents[event] }))
  const error = (field: string) => wrong.has(field) && words.wrong
  const fields = [...wrong].filter((field) => ['who', 'about', 'from', 'until', 'event'].includes(field))
  const link = (path: string, more: Record<string, string>) => `${path}?${new URLSearchParams({ ...kept(asked), ...more })}`
  return (
    <Page c={c} title={words.title} errors={fields.map((field) => ({ field, sentence: words.wrong }))}>
      <PrivacyNav c={c} />
      {verdict?.whole && <Notice kind="ok">{words.whole}</Notice>}
      {verdict && !verdict.whole && <Notice kind="error">{words.broken(String(verdict.seq))}</Notice>}
      <Heading over={boardName}>{words.title}</Heading>
      <P lead>{words.intro}</P>
      <form method="get" action="/school/ledger" role="search" class="card">
        <Choices
          name="event"
          label={words.event}
          options={[{ value: '', text: words.all }, ...events]}
          {...(asked.event ? { chosen: asked.event } : {})}
        />
        <Field name="from" label={words.from} error={error('from')} input={{ type: 'date', value: asked.from }} />
        <Field name="until" label={words.until} error={error('until')} input={{ type: 'date', value: asked.until }} />
        <Field name="who" label={words.who} error={error('who')} input={{ value: asked.who, maxlength: 120, autocomplete: 'off' }} />
        <Field name="about" label={words.about} error={error('about')} input={{ value: asked.about, maxlength: 60, autocomplete: 'off' }} />
        <Button>{words.search}</Button>
      </form>
      <p class="links">
        <Link href="/school/ledger?check=1">{words.check}</Link>
      </p>
      {found.length === 0 && <P>{words.none}</P>}
      {found.length > 0 && (
        <div class="actions">
          {(['csv', 'json'] as const).map((as) => (
            <OnceForm action="/school/ledger/files">
              {Object.entries({ ...kept(asked), as }).map(([name, value]) => (
                <input type="hidden" name={name} value={value} />
              ))}
              <Button primary={false}>{words[as]}</Button>
            </OnceForm>
          ))}
        </div>
      )}
      {found.map(({ at, event, actor: by, ref, body }) => (
        <details class="more">
          <summary>
            <span>
              {t.ledgerEvents[event]} <span class="soft">{momentIn(language, at)}</span>
            </span>
          </summary>
          <div class="more__body">
            <dl class="facts">
              <div>
                <dt>{words.by}</dt>
                <dd class="breakable">
                  {names.get(by)} <Link href={`/school/ledger?${new URLSearchParams({ who: by })}`}>{by}</Link>
                </dd>
              </div>
              <div>
                <dt>{words.code}</dt>
                <dd>{event}</dd>
              </div>
              {ref && (
                <div>
                  <dt>{words.about}</dt>
                  <dd>
                    <Link href={`/school/ledger?about=${ref}`}>{ref}</Link>
                  </dd>
                </div>
              )}
              <div>
                <dt>{words.facts}</dt>
                <dd class="breakable">{body}</dd>
              </div>
            </dl>
          </div>
        </details>
      ))}
      {older && (
        <P>
          <Link href={link('/school/ledger', { before: older })}>{words.older}</Link>
        </P>
      )}
    </Page>
  )
}

const kept = ({ event, who, about, from, until, board }: Record<string, string>) =>
  Object.fromEntries(
    Object.entries({ event, who, about, from, until, board }).filter((entry): entry is [string, string] => Boolean(entry[1])),
  )

/** Who people are that did something, by how the ledger names them; whoever was erased has no name any more. */
async function namesOf(c: Context<PageEnv>, desk: Desk, found: readonly FoundEntry[]): Promise<Map<string, string>> {
  const words = c.var.t.oversight.ledger
  const ids = found.flatMap(({ actor }) => (actor.startsWith('person:') ? [actor.slice('person:'.length) as PersonId] : []))
  const persons = await atDesk(c, desk, (tx) => personsById(tx, desk.around.actor.boardId, [...new Set(ids)]))
  const named = Array.from(persons, ([id, { givenName, familyName }]): [string, string] => [`person:${id}`, `${givenName} ${familyName}`])
  return new Map([...named, ['operator', words.operator], ['job', words.job]])
}
