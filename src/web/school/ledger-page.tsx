import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { csvOf } from '../../cases/csv.ts'
import { type FoundEntry, type LedgerQuery, MOST_EXPORTED, PAGE, searchLedger, verifyLedger } from '../../cases/ledger-search.ts'
import { idOf } from '../../http.ts'
import { LEDGER_EVENTS } from '../../ledger/events.ts'
import { day, endOf, startOf } from '../../moments.ts'
import { Refusal } from '../../refusal.ts'
import { attempt } from '../attempt.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { momentIn } from '../texts/dates.ts'
import { type Desk, desksOf } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

const empty = z.literal('').transform(() => undefined)
const query = z.object({
  event: z.union([empty, z.enum(LEDGER_EVENTS)]).optional(),
  who: z.union([empty, z.string().regex(/^(person:[\w-]{36}|client:[A-Za-z0-9._~-]{3,100}|operator|job)$/)]).optional(),
  about: z.union([empty, idOf<string>()]).optional(),
  from: z.union([empty, day]).optional(),
  until: z.union([empty, day]).optional(),
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
  board: idOf<string>().optional(),
  as: z.enum(['csv', 'json']).optional(),
})
type Query = z.output<typeof query>

/** The ledger for the data protection officer: searched, checked from end to end, and taken along as a file. */
export function ledgerRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/ledger', signedInPage, async (c) => show(c, await ledgerPage(c)))
  app.get('/school/ledger/file', signedInPage, async (c) => {
    const read = query.safeParse(c.req.query())
    if (!read.success) throw new Refusal('input_invalid')
    const desk = dpoDesk(c, read.data)
    const { actor } = desk.around
    const found = await attempt(c, actor, 'organisation', () => searchLedger(c.var.deps, actor, queryOf(read.data), MOST_EXPORTED))
    const name = `${c.var.deps.now().toISOString().slice(0, 10)}.${read.data.as ?? 'json'}`
    const headers = { 'content-disposition': `attachment; filename="ledger-${name}"` }
    if (read.data.as === 'csv') return c.body(tableOf(found), 200, { 'content-type': 'text/csv; charset=utf-8', ...headers })
    const lines = found.map(({ body, ...entry }) => ({ ...entry, facts: JSON.parse(body) as unknown }))
    return c.body(JSON.stringify(lines, null, 1), 200, { 'content-type': 'application/json; charset=utf-8', ...headers })
  })
  return app
}

/** @throws Refusal `mandate_missing` */
function dpoDesk(c: Context<PageEnv>, { board }: Pick<Query, 'board'>): Desk {
  const desks = desksOf(c).filter(({ around }) => around.mandates.some(({ role, schoolId }) => role === 'dpo' && schoolId === null))
  const desk = desks.find(({ around }) => around.actor.boardId === board) ?? (board ? undefined : desks[0])
  if (!desk) throw new Refusal('mandate_missing')
  return desk
}

const queryOf = ({ event, who, about, from, until, before }: Query): LedgerQuery => ({
  event,
  actor: who,
  ref: about,
  from: from ? startOf(from) : undefined,
  until: until ? endOf(until) : undefined,
  before,
})

const tableOf = (found: readonly FoundEntry[]) =>
  csvOf(
    ['seq', 'at', 'event', 'actor', 'ref', 'facts', 'hash'],
    found.map(({ seq, at, event, actor, ref, body, hash }) => [Number(seq), at.toISOString(), event, actor, ref, body, hash]),
  )

async function ledgerPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.oversight.ledger
  const asked = c.req.query()
  const read = query.safeParse(asked)
  const wrong = new Set(read.success ? [] : read.error.issues.map(({ path }) => String(path[0])))
  const desk = dpoDesk(c, read.success ? read.data : {})
  const { actor, boardName } = desk.around
  const found = read.success ? await attempt(c, actor, 'organisation', () => searchLedger(deps, actor, queryOf(read.data))) : []
  const verdict = asked.check === '1' ? await verifyLedger(deps, actor) : undefined
  const error = (field: string) => wrong.has(field) && words.wrong
  const fields = [...wrong].filter((field) => ['who', 'about', 'from', 'until', 'event'].includes(field))
  const link = (path: string, more: Record<string, string>) => `${path}?${new URLSearchParams({ ...kept(asked), ...more })}`
  return (
    <Page c={c} title={words.title} errors={fields.map((field) => ({ field, sentence: words.wrong }))}>
      <PrivacyNav c={c} />
      {verdict?.whole && <Notice kind="ok">{words.whole(String(verdict.entries))}</Notice>}
      {verdict && !verdict.whole && <Notice kind="error">{words.broken(String(verdict.seq))}</Notice>}
      <Heading over={boardName}>{words.title}</Heading>
      <P lead>{words.intro}</P>
      <form method="get" action="/school/ledger" role="search" class="card">
        <Choices
          name="event"
          label={words.event}
          options={[{ value: '', text: words.all }, ...LEDGER_EVENTS.map((event) => ({ value: event, text: event }))]}
          {...(asked.event ? { chosen: asked.event } : {})}
        />
        <Field name="from" label={words.from} error={error('from')} input={{ type: 'date', value: asked.from }} />
        <Field name="until" label={words.until} error={error('until')} input={{ type: 'date', value: asked.until }} />
        <Field name="who" label={words.who} error={error('who')} input={{ value: asked.who, maxlength: 120, autocomplete: 'off' }} />
        <Field name="about" label={words.about} error={error('about')} input={{ value: asked.about, maxlength: 60, autocomplete: 'off' }} />
        <Button>{words.search}</Button>
      </form>
      <p class="links">
        <Link href={link('/school/ledger/file', { as: 'csv' })}>{words.csv}</Link>
        <Link href={link('/school/ledger/file', { as: 'json' })}>{words.json}</Link>
        <Link href="/school/ledger?check=1">{words.check}</Link>
      </p>
      {found.length === 0 && <P>{words.none}</P>}
      {found.map(({ seq, at, event, actor: by, ref, body }) => (
        <details class="more">
          <summary>
            {seq}. {event} <span class="soft">{momentIn(language, at)}</span>
          </summary>
          <div class="more__body">
            <dl class="facts">
              <div>
                <dt>{words.by}</dt>
                <dd class="breakable">{by}</dd>
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
      {found.length === PAGE && (
        <P>
          <Link href={link('/school/ledger', { before: found.at(-1)!.seq })}>{words.older}</Link>
        </P>
      )}
    </Page>
  )
}

const kept = ({ event, who, about, from, until, board }: Record<string, string>) =>
  Object.fromEntries(
    Object.entries({ event, who, about, from, until, board }).filter((entry): entry is [string, string] => Boolean(entry[1])),
  )
