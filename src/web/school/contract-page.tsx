import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { newFormToken } from '../../accounts/forms.ts'
import type { Agreement } from '../../agreements/agreement.ts'
import { checkAgreement } from '../../agreements/check-agreement.ts'
import { endOnward, instructOnward } from '../../agreements/onward.ts'
import { rejectAgreement } from '../../agreements/reject-agreement.ts'
import { signAgreement } from '../../agreements/sign-agreement.ts'
import { agreementById, onwardDatatypes, servicesOfAgreement } from '../../agreements/store.ts'
import { agreementText } from '../../agreements/text.ts'
import { type DataSet, dataSetsOf, type Holder, holders, leafletById, serviceById, supplierById } from '../../catalog/store.ts'
import type { Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { AgreementId, HolderId, ServiceId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage, ticked } from '../page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { OnceForm, Rejecting, TextToSign } from './contract-parts.tsx'
import { AgreementBadge } from './contracts-page.tsx'
import { actOnce, atDesk, type Desk, desksOf } from './desk.ts'
import { SchoolNav } from './school-nav.tsx'

const form = z.string().min(20).max(100)
const checkForm = z.strictObject({ form, part: ticked(z.string().regex(/^[0-9a-f-]{36}:[a-z][a-z0-9-]{1,40}$/)) })
const signForm = z.strictObject({ form, text: z.string().regex(/^[0-9a-f]{64}$/) })
const rejectForm = z.strictObject({ form, because: z.string().trim().min(1).max(2000) })
const onwardForm = z.strictObject({ form, holder: idOf<HolderId>(), datatype: z.string().max(100), switch: z.enum(['on', 'off']) })

/** One agreement: read whole, checked by the school, signed by the board's signatory, or rejected (P18, P19). */
export function contractRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/contracts/:agreementId', signedInPage, async (c) => show(c, await contractPage(c)))

  app.post('/school/contracts/:agreementId/check', signedInForm, async (c) => {
    const { form, part } = await readForm(c, checkForm)
    const optionalParts = part.map((one) => ({ serviceId: one.slice(0, 36) as ServiceId, partIds: [one.slice(37)] }))
    return await act(c, form, 'checked', (desk, agreementId) =>
      checkAgreement(c.var.deps, desk.around.actor, { agreementId, optionalParts: perService(optionalParts) }),
    )
  })

  app.post('/school/contracts/:agreementId/sign', signedInForm, async (c) => {
    const { form, text } = await readForm(c, signForm)
    return await act(c, form, 'signed', (desk, agreementId) =>
      signAgreement(c.var.deps, desk.around.actor, { agreementId, textHash: text }),
    )
  })

  app.post('/school/contracts/:agreementId/reject', signedInForm, async (c) => {
    const read = await safeReadForm(c, rejectForm)
    if (!read.ok) return show(c, await contractPage(c, true), 400)
    const { form, because } = read.data
    return await act(c, form, 'rejected', (desk, agreementId) => rejectAgreement(c.var.deps, desk.around.actor, { agreementId, because }))
  })

  app.post('/school/contracts/:agreementId/onward', signedInForm, async (c) => {
    const { form, holder, datatype, switch: to } = await readForm(c, onwardForm)
    const change = to === 'on' ? instructOnward : endOnward
    return await act(c, form, 'instructed', (desk, agreementId) =>
      change(c.var.deps, desk.around.actor, { agreementId, holderId: holder, datatypes: [datatype] }),
    )
  })
  return app
}

interface ContractView {
  agreement: Agreement
  supplier: string
  text: string
  hash: string
  /** The optional parts that can be chosen at the check. */
  parts: { value: string; service: string; part: string }[]
  /** What the holder is, if the supplier holds data: each data set, and whether it may go out on consent. */
  onward: { holder: Holder; set: DataSet; on: boolean }[]
}

async function contractAtDesk(c: Context<PageEnv>): Promise<{ desk: Desk; view: ContractView }> {
  const id = idOf<AgreementId>().safeParse(c.req.param('agreementId'))
  if (!id.success) throw new Refusal('agreement_not_found')
  for (const desk of desksOf(c)) {
    const view = await atDesk(c, desk, (tx) => contractView(tx, desk, id.data, c.var.deps.now()))
    if (view) return { desk, view }
  }
  throw new Refusal('agreement_not_found')
}

async function contractView(tx: Tx, desk: Desk, agreementId: AgreementId, at: Date): Promise<ContractView | undefined> {
  const { boardId } = desk.around.actor
  const agreement = await agreementById(tx, boardId, agreementId, at)
  if (!agreement) return undefined
  const parts: ContractView['parts'] = []
  for (const covered of await servicesOfAgreement(tx, boardId, agreementId)) {
    const service = await serviceById(tx, covered.serviceId)
    const leaflet = await leafletById(tx, covered.leafletId)
    for (const part of leaflet?.content.parts ?? []) {
      if (part.optional) parts.push({ value: `${covered.serviceId}:${part.partId}`, service: service?.name ?? '', part: part.name })
    }
  }
  const onward: ContractView['onward'] = []
  for (const holder of await holders(tx, agreement.supplierId)) {
    const on = new Set(await onwardDatatypes(tx, boardId, holder.holderId, at))
    for (const set of await dataSetsOf(tx, holder.holderId)) onward.push({ holder, set, on: on.has(set.datatype) })
  }
  const supplier = (await supplierById(tx, agreement.supplierId))?.legalName ?? ''
  return { agreement, supplier, ...(await agreementText(tx, agreement)), parts, onward }
}

async function act(
  c: Context<PageEnv>,
  form: string,
  done: string,
  work: (desk: Desk, agreementId: AgreementId) => Promise<unknown>,
): Promise<Response> {
  const { desk, view } = await contractAtDesk(c)
  const { agreementId } = view.agreement
  return await actOnce(c, desk, { form, back: `/school/contracts/${agreementId}`, done }, () => work(desk, agreementId))
}

const DONE = ['checked', 'signed', 'rejected', 'instructed'] as const

async function contractPage(c: Context<PageEnv>, withoutReason = false) {
  const { t, language } = c.var
  const words = t.school.contracts
  const { desk, view } = await contractAtDesk(c)
  const { agreement, supplier } = view
  const path = `/school/contracts/${agreement.agreementId}`
  const done = DONE.find((word) => word === c.req.query('done'))
  const { state } = agreement
  return (
    <Page c={c} title={supplier} errors={withoutReason ? [{ field: 'because', sentence: words.becauseWrong }] : []}>
      <SchoolNav c={c} />
      {done && <Notice kind="ok">{words[done]}</Notice>}
      <Heading over={words.kinds[agreement.kind]}>{supplier}</Heading>
      <p>
        <AgreementBadge t={t} state={state} />
      </p>
      <P>{words.between(dayIn(language, agreement.startsAt), lastDayIn(language, agreement.endsAt))}</P>
      <TextToSign c={c} text={view.text} hash={view.hash} />
      {state === 'draft' && desk.handlesContracts && (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.checkTitle}</h2>
          <P>{words.checkIntro}</P>
          <OnceForm action={`${path}/check`}>
            {view.parts.map(({ value, service, part }) => (
              <Tick name="part" value={value} id={`part-${value.replace(':', '-')}`} text={words.part(service, part)} />
            ))}
            <Button>{words.check}</Button>
          </OnceForm>
        </section>
      )}
      {state === 'checked' && (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.signTitle}</h2>
          <P>{desk.signs ? words.signIntro : words.signOnly}</P>
          {desk.signs && (
            <OnceForm action={`${path}/sign`}>
              <input type="hidden" name="text" value={view.hash} />
              <Button>{words.sign}</Button>
            </OnceForm>
          )}
        </section>
      )}
      {(state === 'draft' || state === 'checked') && desk.handlesContracts && (
        <Rejecting c={c} action={`${path}/reject`} withoutReason={withoutReason} />
      )}
      {state === 'in_force' && view.onward.length > 0 && <Onward c={c} desk={desk} view={view} path={path} />}
    </Page>
  )
}

/** Convenant 5.4: once per data set the board says that it may go out on a subject's own consent. */
function Onward({ c, desk, view, path }: { c: Context<PageEnv>; desk: Desk; view: ContractView; path: string }) {
  const { t, language } = c.var
  const words = t.school.contracts
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.onwardTitle}</h2>
      <P>{words.onwardIntro}</P>
      {view.onward.map(({ holder, set, on }) => (
        <article class="card">
          <h3 class="utrecht-heading-3 card__title">{language === 'en' ? set.nameEn : set.nameNl}</h3>
          {on && <P>{words.onwardOn}</P>}
          {(on ? desk.handlesContracts : desk.signs) && (
            <form method="post" action={`${path}/onward`}>
              <input type="hidden" name="form" value={newFormToken()} />
              <input type="hidden" name="holder" value={holder.holderId} />
              <input type="hidden" name="datatype" value={set.datatype} />
              <Button primary={false} name="switch" value={on ? 'off' : 'on'}>
                {on ? words.onwardOff : words.onward}
              </Button>
            </form>
          )}
        </article>
      ))}
    </section>
  )
}

function perService(chosen: { serviceId: ServiceId; partIds: string[] }[]) {
  const perService = new Map<ServiceId, string[]>()
  for (const { serviceId, partIds } of chosen) perService.set(serviceId, [...(perService.get(serviceId) ?? []), ...partIds])
  return [...perService].map(([serviceId, partIds]) => ({ serviceId, partIds }))
}
