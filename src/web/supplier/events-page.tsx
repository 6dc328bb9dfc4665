import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { idOf } from '../../http.ts'
import type { StreamId } from '../../ids.ts'
import type { OutsideFault } from '../../outside.ts'
import { Refusal } from '../../refusal.ts'
import { EVENT_STATES, eventsOfStream, heldEvents, type StreamEventView, settleByMember } from '../../streams/laid-aside.ts'
import { type Stream, streamsOf } from '../../streams/streams.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { Row, Table } from '../table.tsx'
import { momentIn } from '../texts/dates.ts'
import type { Messages } from '../texts/shape.ts'
import { engineersDesk } from './clients-page.tsx'
import { actOnceAt, type SupplierDesk } from './desk.ts'
import { SupplierNav } from './supplier-nav.tsx'

/** More than so many are told as "or more". */
const MOST_COUNTED = 100
const settleForm = z.strictObject({ form: z.string().min(1).max(100) })

/** How the events of a supplier stand; what was laid aside is sent again by hand. */
export function supplierEventsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/events', signedInPage, async (c) => await eventsPage(c, await engineersDesk(c)))

  for (const [how, done] of [
    ['retry', 'retried'],
    ['skip', 'skipped'],
  ] as const) {
    app.post(`/supplier/:supplierId/events/:streamId/${how}`, signedInForm, async (c) => {
      const desk = await engineersDesk(c)
      const { form } = await readForm(c, settleForm)
      const id = idOf<StreamId>().safeParse(c.req.param('streamId'))
      if (!id.success) throw new Refusal('stream_not_found')
      return await actOnceAt(c, desk, { form, back: `${desk.path}/events`, done }, () =>
        settleByMember(c.var.deps, desk.actor, id.data, how),
      )
    })
  }
  return app
}

async function eventsPage(c: Context<PageEnv>, desk: SupplierDesk) {
  const { machine } = c.var.t
  const words = machine.events
  const streams = await streamsOf(c.var.deps.db, desk.actor)
  const shown = await Promise.all(
    streams.map(async (stream) => ({
      stream,
      events: await statesOf(c, desk, stream),
      held: await heldEvents(c.var.deps, desk.actor, stream.stream_id),
    })),
  )
  const done = c.req.query('done')
  return show(
    c,
    <Page c={c} title={words.title}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{words.title}</Heading>
      {(done === 'retried' || done === 'skipped') && (
        <Notice kind="ok">
          <P>{words.done[done]}</P>
        </Notice>
      )}
      <P lead>{words.intro}</P>
      <P>
        <Link href="/docs/events">{machine.docs}</Link>
      </P>
      {streams.length === 0 && <P>{words.none}</P>}
      {streams.length > 0 && <P>{words.statesMean}</P>}
      {shown.map(({ stream, events, held }, number) => (
        <StreamCard c={c} desk={desk} stream={stream} events={events} held={held} number={number + 1} />
      ))}
    </Page>,
  )
}

type ByState = Record<StreamEventView['state'], StreamEventView[]>

async function statesOf(c: Context<PageEnv>, desk: SupplierDesk, { stream_id: streamId }: Stream): Promise<ByState> {
  const read = async (state: StreamEventView['state']) =>
    [state, await eventsOfStream(c.var.deps, desk.actor, streamId, { state, limit: MOST_COUNTED })] as const
  return Object.fromEntries(await Promise.all(EVENT_STATES.map(read))) as ByState
}

function StreamCard({
  c,
  desk,
  stream,
  events,
  held,
  number,
}: {
  c: Context<PageEnv>
  desk: SupplierDesk
  stream: Stream
  events: ByState
  held: number
  number: number
}) {
  const words = c.var.t.machine.events
  const { stream_id: streamId, endpoint_url: address, status } = stream
  const count = (all: unknown[]) => (all.length === MOST_COUNTED ? words.atLeast(String(MOST_COUNTED)) : String(all.length))
  return (
    <article class="card">
      <h2 class="utrecht-heading-3 card__title">{words.stream(String(number))}</h2>
      <P>{address ? words.push(new URL(address).origin) : words.poll}</P>
      {status === 'paused' && <P>{words.paused}</P>}
      <dl class="facts">
        {EVENT_STATES.map((state) => (
          <>
            <dt>{words.states[state]}</dt>
            <dd>{count(events[state])}</dd>
          </>
        ))}
      </dl>
      <h3 class="doc-part">{words.laidAside}</h3>
      {events.laid_aside.length === 0 ? (
        <P>{words.laidAsideNone}</P>
      ) : (
        <>
          <P>{words.laidAsideIntro}</P>
          {held > 0 && <P>{words.held(String(held))}</P>}
          {events.laid_aside.length === MOST_COUNTED && <P>{c.var.t.onlyNewest(String(MOST_COUNTED))}</P>}
          <LaidAside c={c} events={events.laid_aside} />
          <OnceForm action={`${desk.path}/events/${streamId}/retry`}>
            <Button>{words.retry}</Button>
          </OnceForm>
          <P>{words.skipIntro}</P>
          <OnceForm action={`${desk.path}/events/${streamId}/skip`}>
            <Button primary={false}>{words.skip}</Button>
          </OnceForm>
        </>
      )}
    </article>
  )
}

function LaidAside({ c, events }: { c: Context<PageEnv>; events: StreamEventView[] }) {
  const { t, language } = c.var
  const words = t.machine.events
  const { event, since, attempts, error } = words.columns
  return (
    <Table label={words.laidAside} head={[event, since, attempts, error]}>
      {events.map(({ eventId, takenInAt, attempts, lastError }) => (
        <Row
          cells={[
            <code class="doc-code">{eventId}</code>,
            momentIn(language, takenInAt),
            attempts,
            lastError && whyUndelivered(words, lastError),
          ]}
        />
      ))}
    </Table>
  )
}

/** Why an event was not delivered, in words: what the receiver answered, else why there was no answer. */
function whyUndelivered({ errors }: Messages['machine']['events'], error: string): string {
  const [, status] = /^answered (\d+)$/.exec(error) ?? []
  if (status) return errors.answered(status)
  const [, code] = /^rejected: (\w+)$/.exec(error) ?? []
  if (code) return errors.rejected(code)
  return errors.outside[error as OutsideFault] ?? errors.outside.unreachable
}
