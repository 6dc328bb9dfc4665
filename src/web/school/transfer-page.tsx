import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { INSPECTION_DAYS } from '../../cases/transfer.ts'
import { cancelTransfer, sendTransfer } from '../../cases/transfer-acts.ts'
import { Fact, Heading, Link, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { actOnce } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'
import { type SeenTransfer, transferAtDesk } from './transfer-view.ts'
import { TransferBadge } from './transfers-page.tsx'

const once = z.strictObject({ form: formToken })

/** One transfer: to whom, what goes along, who looked and what they said, and that it went (P32, M08). */
export function transferRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/transfers/:transferId', signedInPage, async (c) => show(c, await transferPage(c)))
  app.get('/school/transfers/:transferId/file', signedInPage, async (c) => {
    const { one, subject, deciders } = await transferAtDesk(c)
    c.header('content-disposition', `attachment; filename="${one.transferId}.json"`)
    return c.json({
      pupil: subject,
      receiver: one.receiver,
      contents: one.contents,
      offeredAt: one.offeredAt,
      sentAt: one.sent?.at ?? null,
      inspections: one.inspections.map(({ personId, at, remarks, agrees }) => ({
        by: deciders.find((decider) => decider.personId === personId)?.name ?? '',
        at,
        remarks,
        ...(one.asksConsent && { agrees }),
      })),
    })
  })

  for (const [verb, act] of [
    ['send', sendTransfer],
    ['cancel', cancelTransfer],
  ] as const) {
    app.post(`/school/transfers/:transferId/${verb}`, signedInForm, async (c) => {
      const { form } = await readForm(c, once)
      const { desk, one } = await transferAtDesk(c)
      return await actOnce(c, desk, { form, back: `/school/transfers/${one.transferId}`, done: verb }, () =>
        act(c.var.deps, desk.around.actor, one.transferId),
      )
    })
  }
  return app
}

async function transferPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const words = t.transfers
  const found = await transferAtDesk(c)
  const { one, subject, state, decides } = found
  const done = c.req.query('done')
  const path = `/school/transfers/${one.transferId}`
  return (
    <Page c={c} title={words.of(subject)}>
      <div class="no-print">
        <PrivacyNav c={c} />
      </div>
      {done === 'send' && <Notice kind="ok">{words.sent}</Notice>}
      {done === 'cancel' && <Notice kind="ok">{words.cancelled}</Notice>}
      <Heading over={words.title}>{words.of(subject)}</Heading>
      <p>
        <TransferBadge c={c} state={state} />
      </p>
      <dl class="facts card">
        <Fact name={words.to}>
          {words.receiver(one.receiver.name, one.receiver.scheme, one.receiver.value)}
          {one.receiver.special && <div class="soft">{words.isSpecial}</div>}
        </Fact>
        <Fact name={words.contents}>
          <span class="said">{one.contents}</span>
        </Fact>
      </dl>
      <P>{one.asksConsent ? words.consent : words.noConsent}</P>
      <Looked c={c} found={found} />
      {one.sent && <P>{words.sentOn(dayIn(language, one.sent.at))}</P>}
      {decides && state === 'open' && <P>{words.notReady}</P>}
      <div class="no-print">
        {decides && state === 'ready' && (
          <OnceForm action={`${path}/send`}>
            <Button>{words.send}</Button>
          </OnceForm>
        )}
        {decides && (state === 'open' || state === 'ready') && (
          <OnceForm action={`${path}/cancel`}>
            <Button primary={false}>{words.cancel}</Button>
          </OnceForm>
        )}
        <P>{words.print}</P>
        <p class="links">
          <Link href={`${path}/file`}>{words.file}</Link>
        </p>
      </div>
    </Page>
  )
}

function Looked({ c, found: { one, deciders, state } }: { c: Context<PageEnv>; found: SeenTransfer }) {
  const { t, language } = c.var
  const words = t.transfers
  const until = new Date(one.offeredAt.getTime() + INSPECTION_DAYS * 86_400_000)
  return (
    <Section title={words.looked} intro={state === 'open' && !one.asksConsent ? words.waitUntil(dayIn(language, until)) : ''}>
      {deciders.map(({ personId, name }) => {
        const said = one.inspections.find((inspection) => inspection.personId === personId)
        if (!said) return <P>{words.notYet(name)}</P>
        return (
          <article class="card">
            <P>
              <span class="soft">{words.lookedBy(name, dayIn(language, said.at))}</span>
              <br />
              {said.agrees !== null && <strong>{said.agrees ? words.agrees : words.disagrees} </strong>}
              {said.remarks ?? words.noRemarks}
            </P>
          </article>
        )
      })}
    </Section>
  )
}
