import { type Context, Hono } from 'hono'
import { raw } from 'hono/html'
import { renderSVG } from 'uqr'
import { z } from 'zod'
import { idOf } from '../../../http.ts'
import type { PreparedAskId } from '../../../ids.ts'
import { Refusal } from '../../../refusal.ts'
import { askPrepared } from '../../../requests/ask-prepared.ts'
import { discardAsk, openTablet, type PreparedAsk, preparedAsk, TABLET_MINUTES } from '../../../requests/prepared-asks.ts'
import { Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { FoldedAct, formToken, OnceForm, secretOf } from '../../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { lastDayIn } from '../../texts/dates.ts'
import { actOnceAt, attemptAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { CodeField, codeForm, mustBeWithinCodes } from './code-field.tsx'

const onlyForm = z.strictObject({ form: formToken })

/** A question to one person: made ready, asked with the code they hand over, and then only whether there is a yes. */
export function personAskRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/asking/people/:askId', signedInPage, async (c) => {
    const { desk, prepared } = await askIn(c)
    return show(c, personPage(c, desk, prepared))
  })

  app.post('/supplier/:supplierId/asking/people/:askId/code', signedInForm, async (c) => {
    const { desk, prepared } = await askIn(c)
    const read = await safeReadForm(c, codeForm)
    if (!read.ok) return show(c, personPage(c, desk, prepared, { wrong: true }), 400)
    await mustBeWithinCodes(c, desk.actor.supplierId)
    const back = `${desk.path}/asking/people/${prepared.askId}`
    return await actOnceAt(c, desk, { form: read.data.form, back, done: 'asked' }, () =>
      askPrepared(c.var.deps, desk.actor, { askId: prepared.askId, linkCode: read.data.code }),
    )
  })

  // Answers without a redirect: the address is kept nowhere, and only the form makes it again.
  app.post('/supplier/:supplierId/asking/people/:askId/tablet', signedInForm, async (c) => {
    const { desk, prepared } = await askIn(c)
    const { form } = await readForm(c, onlyForm)
    const ofForm = secretOf(c, form, `tablet ${prepared.askId}`)
    const secret = await attemptAt(c, desk, () => openTablet(c.var.deps, desk.actor, prepared.askId, ofForm))
    return show(c, tabletLinkPage(c, desk, prepared, `${c.var.deps.issuer}/tablet/${secret}`))
  })

  app.post('/supplier/:supplierId/asking/people/:askId/discard', signedInForm, async (c) => {
    const { desk, prepared } = await askIn(c)
    const { form } = await readForm(c, onlyForm)
    return await actOnceAt(c, desk, { form, back: `${desk.path}/asking`, done: 'discarded' }, () =>
      discardAsk(c.var.deps, desk.actor, prepared.askId),
    )
  })
  return app
}

async function askIn(c: Context<PageEnv>): Promise<{ desk: SupplierDesk; prepared: PreparedAsk }> {
  const desk = await supplierDesk(c, 'contracts')
  const id = idOf<PreparedAskId>().safeParse(c.req.param('askId'))
  if (!id.success) throw new Refusal('prepared_ask_not_found')
  return { desk, prepared: await preparedAsk(c.var.deps.db, desk.member.supplierId, id.data, c.var.deps.now()) }
}

function personPage(c: Context<PageEnv>, desk: SupplierDesk, prepared: PreparedAsk, { wrong = false } = {}) {
  const { t, language } = c.var
  const words = t.asking
  const { reference, status, endsAt, askId } = prepared
  const path = `${desk.path}/asking/people/${askId}`
  const mayAsk = status === 'ready' && desk.may('contracts')
  return (
    <Page c={c} title={reference} errors={wrong && mayAsk ? [{ field: 'code', sentence: words.code.missing }] : []}>
      <SupplierNav c={c} desk={desk} />
      {c.req.query('done') === 'asked' && <Notice kind="ok">{words.code.asked}</Notice>}
      <Heading over={words.toPeople}>{reference}</Heading>
      <P lead>{words.personMeans[status]}</P>
      <P>{words.until_(lastDayIn(language, endsAt))}</P>
      {mayAsk && (
        <>
          <Section title={words.tablet.title} intro={words.tablet.intro(String(TABLET_MINUTES))}>
            <OnceForm action={`${path}/tablet`}>
              <Button>{words.tablet.open}</Button>
            </OnceForm>
          </Section>
          <Section title={words.code.title} intro={words.code.intro}>
            <P>{words.code.scan}</P>
            <OnceForm action={`${path}/code`}>
              <CodeField c={c} wrong={wrong} />
              <Button primary={false}>{words.code.ask}</Button>
            </OnceForm>
          </Section>
          <FoldedAct title={words.discard} action={`${path}/discard`} button={words.discard}>
            <P>{words.discardIntro}</P>
          </FoldedAct>
        </>
      )}
      <p class="links">
        {status === 'released' && <Link href={`${desk.path}/subjects`}>{t.hosted.toFiles}</Link>}
        <Link href={`${desk.path}/asking`}>{words.back}</Link>
      </p>
    </Page>
  )
}

function tabletLinkPage(c: Context<PageEnv>, desk: SupplierDesk, { reference, askId }: PreparedAsk, address: string) {
  const words = c.var.t.asking.tablet
  return (
    <Page c={c} title={words.title}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={reference}>{words.title}</Heading>
      <P lead>{words.how}</P>
      <div class="card">
        <div class="qr" role="img" aria-label={words.qr}>
          {raw(renderSVG(address, { border: 2 }))}
        </div>
        <p class="utrecht-paragraph breakable">
          <Link href={address}>{address}</Link>
        </p>
      </div>
      <P>{words.notSignedIn}</P>
      <p class="links">
        <Link href={`${desk.path}/asking/people/${askId}`}>{words.back(reference)}</Link>
      </p>
    </Page>
  )
}
