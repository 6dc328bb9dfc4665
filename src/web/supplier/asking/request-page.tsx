import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { purposeById } from '../../../catalog/purposes.ts'
import { everyDataSetOf, holderByResource, serviceById } from '../../../catalog/store.ts'
import { idOf } from '../../../http.ts'
import type { RequestId } from '../../../ids.ts'
import { Refusal } from '../../../refusal.ts'
import { knownSchools } from '../../../requests/known-schools.ts'
import { requestOf, type SupplierView } from '../../../requests/supplier-view.ts'
import { withdrawRequest } from '../../../requests/withdraw-request.ts'
import { Fact, Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { FoldedAct, formToken } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { dayIn, lastDayIn, listIn } from '../../texts/dates.ts'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'

/** One request to a school as its supplier may see it: per subject covered, pending, released or not, and never who refused or why. */
export function supplierRequestRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/asking/requests/:requestId', signedInPage, async (c) => {
    const { desk, view } = await requestIn(c)
    return show(c, await requestPage(c, desk, view))
  })

  app.post('/supplier/:supplierId/asking/requests/:requestId/withdraw', signedInForm, async (c) => {
    const { desk, view } = await requestIn(c)
    const { form } = await readForm(c, z.strictObject({ form: formToken }))
    const back = `${desk.path}/asking/requests/${view.requestId}`
    return await actOnceAt(c, desk, { form, back, done: 'withdrawn' }, () => withdrawRequest(c.var.deps, desk.actor, view.requestId))
  })
  return app
}

async function requestIn(c: Context<PageEnv>): Promise<{ desk: SupplierDesk; view: SupplierView }> {
  const desk = await supplierDesk(c, 'contracts')
  const id = idOf<RequestId>().safeParse(c.req.param('requestId'))
  if (!id.success) throw new Refusal('request_not_found')
  return { desk, view: await requestOf(c.var.deps.db, desk.member.supplierId, id.data, c.var.deps.now()) }
}

const OPEN = ['received', 'forwarded', 'released']

async function requestPage(c: Context<PageEnv>, desk: SupplierDesk, view: SupplierView) {
  const { t, language, deps } = c.var
  const words = t.asking
  const holder = await holderByResource(deps.db, view.resource)
  const sets = holder ? await everyDataSetOf(deps.db, holder.holderId) : []
  const service = await serviceById(deps.db, view.serviceId)
  const { scheme, value } = view.addressedTo
  const known = (await knownSchools(deps.db, desk.member.supplierId)).find(
    ({ address }) => address.scheme === scheme && address.value === value,
  )
  const data = sets.filter(({ datatype }) => view.datatypes.includes(datatype)).map((set) => (language === 'en' ? set.nameEn : set.nameNl))
  const path = `${desk.path}/asking/requests/${view.requestId}`
  return (
    <Page c={c} title={known?.name ?? value}>
      <SupplierNav c={c} desk={desk} />
      {c.req.query('done') === 'withdrawn' && <Notice kind="ok">{words.withdrawn}</Notice>}
      <Heading over={words.toSchools}>{known?.name ?? `${scheme} ${value}`}</Heading>
      <P lead>{words.statesMean[view.status]}</P>
      {view.narrowed && <Notice kind="info">{words.narrowed}</Notice>}
      <dl class="facts card">
        <Fact name={words.service}>{service?.name ?? ''}</Fact>
        <Fact name={words.holder}>{holder?.name ?? ''}</Fact>
        <Fact name={words.data}>{listIn(language, data)}</Fact>
        <Fact name={words.purpose}>{purposeById(view.purpose)?.[language] ?? view.purpose}</Fact>
        <Fact name={words.period}>{t.question.period(dayIn(language, view.startsAt), lastDayIn(language, view.endsAt))}</Fact>
        <Fact name={words.occasion}>
          <span lang="nl">{view.occasion}</span>
        </Fact>
        <Fact name={words.reason}>
          <span lang="nl">{view.reason.nl}</span>
        </Fact>
      </dl>
      <Section title={words.perSubject} intro={words.perSubjectIntro}>
        {view.subjects.length === 0 && <P>{words.schoolStillPicks}</P>}
        <ul class="rows">
          {view.subjects.map(({ reference, status }) => (
            <li class="spread">
              <span class="breakable">{reference}</span>
              <span
                class={`utrecht-status-badge utrecht-status-badge--${status === 'released' ? 'safe' : status === 'not_released' ? 'neutral' : 'warning'}`}
              >
                {words.subjectStates[status]}
              </span>
            </li>
          ))}
        </ul>
        <details class="more">
          <summary>{words.whatMeans}</summary>
          <dl class="facts more__body">
            {(['covered', 'pending', 'released', 'not_released'] as const).map((status) => (
              <Fact name={words.subjectStates[status]}>{words.subjectMeans[status]}</Fact>
            ))}
          </dl>
        </details>
      </Section>
      {OPEN.includes(view.status) && desk.may('contracts') && (
        <FoldedAct title={words.withdrawTitle} action={`${path}/withdraw`} button={words.withdraw}>
          <P>{words.withdrawIntro}</P>
        </FoldedAct>
      )}
      <p class="links">
        {view.status === 'released' && <Link href={`${desk.path}/subjects`}>{t.hosted.toFiles}</Link>}
        <Link href={`${desk.path}/asking`}>{words.back}</Link>
      </p>
    </Page>
  )
}
