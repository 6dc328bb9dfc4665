import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { agreementMessagesOf, sayOfAgreement } from '../../agreements/agreement-messages.ts'
import { checkAgreement } from '../../agreements/check-agreement.ts'
import { endAgreement } from '../../agreements/end-agreement.ts'
import { endOnward, instructOnward } from '../../agreements/onward.ts'
import { rejectAgreement } from '../../agreements/reject-agreement.ts'
import { signAgreement } from '../../agreements/sign-agreement.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { idOf } from '../../http.ts'
import type { AgreementId, HolderId, ServiceId } from '../../ids.ts'
import { AgreementBadge, AgreementMessages, TextToSign } from '../agreement-parts.tsx'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, TextArea, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage, ticked } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { Annexes, ContractFacts, ServiceLeaflet, Topics } from './contract-facts.tsx'
import { MissingOfParties, Rejecting } from './contract-parts.tsx'
import { type ContractView, contractAtDesk } from './contract-view.ts'
import { actOnce, atDesk, type Desk } from './desk.ts'
import { type Overtaken, OvertakenNotice, orHowItIsNow } from './overtaken.tsx'
import { SchoolNav } from './school-nav.tsx'

const checkForm = z.strictObject({ form: formToken, part: ticked(z.string().regex(/^[0-9a-f-]{36}:[a-z][a-z0-9-]{1,40}$/)) })
const signForm = z.strictObject({ form: formToken, text: z.string().regex(/^[0-9a-f]{64}$/) })
const endForm = z.strictObject({ form: formToken, because: z.string().trim().min(1).pipe(plainText(1000)), sure: z.literal('yes') })
const sayForm = z.strictObject({ form: formToken, words: z.string().trim().min(1).pipe(plainText(2000)) })
const rejectForm = z.strictObject({ form: formToken, because: z.string().trim().min(1).max(2000) })
const onwardForm = z.strictObject({
  form: formToken,
  holder: idOf<HolderId>(),
  datatype: z.string().max(100),
  switch: z.enum(['on', 'off']),
})

/** One agreement: read whole, checked by the school, signed by the board's signatory, or rejected (P18, P19). */
export function contractRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/contracts/:agreementId', signedInPage, async (c) => show(c, await contractPage(c)))

  app.post('/school/contracts/:agreementId/check', signedInForm, async (c) => {
    const { form, part } = await readForm(c, checkForm)
    const chosen = part.map((one) => ({ serviceId: one.slice(0, 36) as ServiceId, partIds: [one.slice(37)] }))
    const { view } = await contractAtDesk(c)
    const mine = optionalParts(view).flatMap(({ value, part: name }) => (part.includes(value) ? [name] : []))
    return await act(
      c,
      form,
      'checked',
      (desk, agreementId) => checkAgreement(c.var.deps, desk.around.actor, { agreementId, optionalParts: perService(chosen) }),
      mine,
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
    if (!read.ok) return show(c, await contractPage(c, { withoutReason: true }), 400)
    const { form, because } = read.data
    return await act(c, form, 'rejected', (desk, agreementId) => rejectAgreement(c.var.deps, desk.around.actor, { agreementId, because }), [
      because,
    ])
  })

  app.post('/school/contracts/:agreementId/say', signedInForm, async (c) => {
    const read = await safeReadForm(c, sayForm)
    if (!read.ok) return show(c, await contractPage(c, { withoutWords: true }), 400)
    const { form, words } = read.data
    return await act(c, form, 'said', (desk, agreementId) => sayOfAgreement(c.var.deps, desk.around.actor, { agreementId, words }), [words])
  })

  app.post('/school/contracts/:agreementId/end', signedInForm, async (c) => {
    const read = await safeReadForm(c, endForm)
    if (!read.ok) return show(c, await contractPage(c, { ending: read }), 400)
    const { form, because } = read.data
    return await act(c, form, 'ended', (desk, agreementId) => endAgreement(c.var.deps, desk.around.actor, { agreementId, because }), [
      because,
    ])
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

/** @param mine what somebody filled in themselves, for when a colleague was first */
async function act(
  c: Context<PageEnv>,
  form: string,
  done: string,
  work: (desk: Desk, agreementId: AgreementId) => Promise<unknown>,
  mine: string[] = [],
): Promise<Response> {
  const { desk, view } = await contractAtDesk(c)
  const { agreementId } = view.agreement
  const told = { form, back: `/school/contracts/${agreementId}`, done }
  return await orHowItIsNow(
    c,
    mine,
    () => actOnce(c, desk, told, () => work(desk, agreementId)),
    (overtaken) => contractPage(c, { overtaken }),
  )
}

/** What was done on this page, or about one of its leaflets, in words. */
function doneIn(c: Context<PageEnv>): string | undefined {
  const { t } = c.var
  const { checked, signed, rejected, instructed } = t.school.contracts
  const { newer, end } = t.contracts
  const sentences = {
    checked,
    signed,
    rejected,
    instructed,
    ended: end.done,
    said: t.supplierAgreements.done.toSupplier,
    leafletAccepted: newer.accepted,
    leafletDeclined: newer.declined,
  }
  return Object.entries(sentences).find(([code]) => code === c.req.query('done'))?.[1]
}

interface Again {
  withoutReason?: boolean
  withoutWords?: boolean
  ending?: { wrong: Set<string>; typed: Record<string, string> }
  overtaken?: Overtaken
}

async function contractPage(c: Context<PageEnv>, { withoutReason = false, withoutWords = false, ending, overtaken }: Again = {}) {
  const { t } = c.var
  const words = t.school.contracts
  const { desk, view } = await contractAtDesk(c)
  const { agreement, supplier } = view
  const path = `/school/contracts/${agreement.agreementId}`
  const done = doneIn(c)
  const { state } = agreement
  const messages = await atDesk(c, desk, (tx) => agreementMessagesOf(tx, agreement.boardId, agreement.agreementId))
  const errors = [
    ...(withoutReason ? [{ field: 'because', sentence: words.becauseWrong }] : []),
    ...(withoutWords ? [{ field: 'words', sentence: t.supplierAgreements.sayWrong }] : []),
    ...(ending?.wrong.has('because') ? [{ field: 'end-because', sentence: t.contracts.end.becauseWrong }] : []),
    ...(ending?.wrong.has('sure') ? [{ field: 'sure', sentence: t.contracts.end.sureWrong }] : []),
  ]
  return (
    <Page c={c} title={supplier} errors={errors}>
      <SchoolNav c={c} />
      {done && !ending && !overtaken && <Notice kind="ok">{done}</Notice>}
      {overtaken && <OvertakenNotice c={c} overtaken={overtaken} />}
      <Heading over={words.kinds[agreement.kind]}>{supplier}</Heading>
      <p>
        <AgreementBadge t={t} state={state} />
      </p>
      {agreement.state === 'withdrawn' && (
        <Notice kind="info">
          <P>{t.supplierAgreements.withdrawnBySupplier(dayIn(c.var.language, agreement.withdrawnAt))}</P>
          {agreement.succeededBy && (
            <P>
              <Link href={`/school/contracts/${agreement.succeededBy}`}>{t.supplierAgreements.successor}</Link>
            </P>
          )}
        </Notice>
      )}
      <ContractFacts c={c} view={view} />
      {view.services.map((seen) => (
        <ServiceLeaflet c={c} view={view} seen={seen} />
      ))}
      <Topics c={c} view={view} />
      <Annexes c={c} view={view} />
      <p class="links">
        <Link href={`${path}/document`}>{t.contracts.document.link}</Link>
        <Link href={`${path}/text`}>{t.contracts.document.bytes}</Link>
      </p>
      {state === 'draft' || state === 'checked' ? (
        <TextToSign c={c} text={view.text} hash={view.hash} />
      ) : (
        <details class="more">
          <summary>{words.text}</summary>
          <div class="more__body">
            <TextToSign c={c} text={view.text} hash={view.hash} />
          </div>
        </details>
      )}
      <AgreementMessages c={c} messages={messages} own="school" />
      {desk.handlesContracts && state !== 'ended' && state !== 'withdrawn' && (
        <OnceForm action={`${path}/say`}>
          <TextArea name="words" label={t.supplierAgreements.schoolSay} error={withoutWords && t.supplierAgreements.sayWrong} />
          <Button primary={false}>{t.supplierAgreements.sayButton}</Button>
        </OnceForm>
      )}
      <MissingOfParties c={c} view={view} />
      {state === 'draft' && desk.handlesContracts && view.missing.length === 0 && (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.checkTitle}</h2>
          <P>{words.checkIntro}</P>
          <OnceForm action={`${path}/check`}>
            {optionalParts(view).map(({ value, service, part }) => (
              <Tick name="part" value={value} id={`part-${value.replace(':', '-')}`} text={words.part(service, part)} />
            ))}
            <Button>{words.check}</Button>
          </OnceForm>
        </section>
      )}
      {state === 'checked' && view.missing.length === 0 && (
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
      {(state === 'in_force' || state === 'signed') && desk.handlesContracts && <Ending c={c} path={path} again={ending} />}
    </Page>
  )
}

/** The optional parts that can be chosen at the check, one by one (M03). */
const optionalParts = ({ services }: ContractView) =>
  services.flatMap(({ service, leaflet }) =>
    leaflet.content.parts.flatMap(({ partId, name, optional }) =>
      optional ? [{ value: `${service.serviceId}:${partId}`, service: service.name, part: name }] : [],
    ),
  )

/** Ending it stops everything under it at once and starts destruction (M21, M28). */
function Ending({ c, path, again }: { c: Context<PageEnv>; path: string; again: Again['ending'] }) {
  const words = c.var.t.contracts.end
  return (
    <details class="more" open={again !== undefined}>
      <summary>{words.title}</summary>
      <div class="more__body">
        <P>{words.intro}</P>
        <OnceForm action={`${path}/end`}>
          <TextArea
            name="because"
            id="end-because"
            label={words.because}
            hint={words.becauseHint}
            error={again?.wrong.has('because') && words.becauseWrong}
            value={again?.typed.because}
          />
          {again?.wrong.has('sure') && <div class="utrecht-form-field-error-message">{words.sureWrong}</div>}
          <Tick name="sure" value="yes" id="sure" text={words.sure} ticked={again?.typed.sure === 'yes'} />
          <Button primary={false}>{words.send}</Button>
        </OnceForm>
      </div>
    </details>
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
            <OnceForm action={`${path}/onward`}>
              <input type="hidden" name="holder" value={holder.holderId} />
              <input type="hidden" name="datatype" value={set.datatype} />
              <Button primary={false} name="switch" value={on ? 'off' : 'on'}>
                {on ? words.onwardOff : words.onward}
              </Button>
            </OnceForm>
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
