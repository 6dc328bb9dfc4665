import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { acceptLeaflet } from '../../agreements/accept-leaflet.ts'
import { declineLeaflet } from '../../agreements/decline-leaflet.ts'
import { asksAgain } from '../../catalog/leaflet-changes.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { renewUnderNewLeaflets } from '../../consents/renew-item.ts'
import { idOf } from '../../http.ts'
import type { LeafletId, ServiceId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { LeafletDifference } from '../leaflet-difference.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { contractAtDesk } from './contract-view.ts'
import { actOnce } from './desk.ts'
import { SchoolNav } from './school-nav.tsx'

const seen = { form: formToken, leaflet: idOf<LeafletId>() }
const acceptForm = z.strictObject(seen)
const declineForm = z.strictObject({ ...seen, because: z.string().trim().min(1).pipe(plainText(2000)) })

/** A newer leaflet of a service in a contract: what is different, and whether the board takes it (M26). */
export function contractLeafletRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  const path = '/school/contracts/:agreementId/leaflets/:serviceId'
  app.get(path, signedInPage, async (c) => show(c, await leafletPage(c)))

  app.post(`${path}/accept`, signedInForm, async (c) => {
    const { desk, view, serviceId, back } = await leafletAtDesk(c)
    const { form, leaflet } = await readForm(c, acceptForm)
    const { boardId } = desk.around.actor
    return await actOnce(c, desk, { form, back, done: 'leafletAccepted' }, async () => {
      const { asksAgain } = await acceptLeaflet(c.var.deps, desk.around.actor, {
        agreementId: view.agreement.agreementId,
        serviceId,
        leafletId: leaflet,
      })
      if (asksAgain) c.var.deps.afterwards(() => renewUnderNewLeaflets(c.var.deps, boardId))
    })
  })

  app.post(`${path}/decline`, signedInForm, async (c) => {
    const { desk, view, serviceId, back } = await leafletAtDesk(c)
    const read = await safeReadForm(c, declineForm)
    if (!read.ok && (read.wrong.has('form') || read.wrong.has('leaflet'))) throw new Refusal('input_invalid')
    if (!read.ok) return show(c, await leafletPage(c, true), 400)
    const { form, leaflet, because } = read.data
    return await actOnce(c, desk, { form, back, done: 'leafletDeclined' }, () =>
      declineLeaflet(c.var.deps, desk.around.actor, {
        agreementId: view.agreement.agreementId,
        serviceId,
        leafletId: leaflet,
        because,
      }),
    )
  })
  return app
}

async function leafletAtDesk(c: Context<PageEnv>) {
  const id = idOf<ServiceId>().safeParse(c.req.param('serviceId'))
  const { desk, view } = await contractAtDesk(c)
  const found = id.success ? view.services.find(({ service }) => service.serviceId === id.data) : undefined
  if (!found) throw new Refusal('service_not_found')
  return { desk, view, found, serviceId: found.service.serviceId, back: `/school/contracts/${view.agreement.agreementId}` }
}

async function leafletPage(c: Context<PageEnv>, withoutReason = false) {
  const { t, language } = c.var
  const words = t.contracts.newer
  const { desk, view, found, back } = await leafletAtDesk(c)
  const { service, leaflet, newer } = found
  const path = `${back}/leaflets/${service.serviceId}`
  const again = newer ? asksAgain(leaflet.content, newer.leaflet.content) : false
  const standing = view.agreement.state === 'in_force' || view.agreement.state === 'signed'
  return (
    <Page c={c} title={words.title(service.name)} errors={withoutReason ? [{ field: 'because', sentence: words.becauseWrong }] : []}>
      <SchoolNav c={c} />
      <Heading over={view.supplier}>{words.title(service.name)}</Heading>
      {!newer && <P lead>{words.none}</P>}
      {newer && (
        <>
          <P lead>{words.intro(String(leaflet.version), String(newer.leaflet.version))}</P>
          {newer.declined && <Notice kind="info">{words.was(dayIn(language, newer.declined.at), newer.declined.because)}</Notice>}
          <LeafletDifference c={c} old={leaflet.content} next={newer.leaflet.content} />
          <Notice kind={again ? 'warning' : 'info'}>{again ? words.asks : words.asksNot}</Notice>
          {standing && desk.handlesContracts && again && !desk.signs && <P>{words.signOnly}</P>}
          {standing && desk.handlesContracts && (!again || desk.signs) && (
            <OnceForm action={`${path}/accept`}>
              <input type="hidden" name="leaflet" value={newer.leaflet.leafletId} />
              <Button>{words.accept}</Button>
            </OnceForm>
          )}
          {standing && desk.handlesContracts && !newer.declined && (
            <details class="more" open={withoutReason}>
              <summary>{words.declineTitle}</summary>
              <div class="more__body">
                <OnceForm action={`${path}/decline`}>
                  <input type="hidden" name="leaflet" value={newer.leaflet.leafletId} />
                  <TextArea name="because" label={words.because} hint={words.becauseHint} error={withoutReason && words.becauseWrong} />
                  <Button primary={false}>{words.decline}</Button>
                </OnceForm>
              </div>
            </details>
          )}
        </>
      )}
      <p class="links">
        <Link href={back}>{t.contracts.document.back}</Link>
      </p>
    </Page>
  )
}
