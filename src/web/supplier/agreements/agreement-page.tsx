import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { broughtIn } from '../../../agreements/addendum-text.ts'
import { sayOfAgreementAsSupplier } from '../../../agreements/agreement-messages.ts'
import { agreementOfSupplier, type WholeAgreement } from '../../../agreements/agreements-of-supplier.ts'
import { draftAddendum } from '../../../agreements/draft-addendum.ts'
import { endAgreementAsSupplier } from '../../../agreements/end-agreement.ts'
import { signAgreementAsSupplier } from '../../../agreements/sign-as-supplier.ts'
import { isOfSupplier, withdrawAddendum, withdrawAgreement } from '../../../agreements/withdraw-proposal.ts'
import { sha256 } from '../../../canonical.ts'
import { plainText } from '../../../catalog/plain-text.ts'
import { idOf } from '../../../http.ts'
import type { AddendumId, AgreementId } from '../../../ids.ts'
import { Refusal } from '../../../refusal.ts'
import { AgreementBadge, AgreementMessages, DocumentText, TextToSign } from '../../agreement-parts.tsx'
import { Fact, Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, TextArea, Tick } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { FoldedAct, formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { dayIn, lastDayIn } from '../../texts/dates.ts'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { AddendumForm, addendumForm } from './addendum-form.tsx'

const said = z.string().trim().min(1).pipe(plainText(2000))
const sayForm = z.strictObject({ form: formToken, words: said })
const withdrawAddendumForm = z.strictObject({ form: formToken, addendum: idOf<AddendumId>() })
const withdrawForm = z.strictObject({ form: formToken })
const signForm = z.strictObject({ form: formToken, text: z.string().regex(/^[0-9a-f]{64}$/) })
const endForm = z.strictObject({ form: formToken, because: said, sure: z.literal('yes') })

/** One agreement as its supplier sees it: the text, signatures and dates, what is asked and answered, addenda, and its end. */
export function supplierAgreementRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/agreements/:agreementId', signedInPage, async (c) => show(c, await agreementPage(c)))

  app.post('/supplier/:supplierId/agreements/:agreementId/say', signedInForm, async (c) => {
    const read = await safeReadForm(c, sayForm)
    if (!read.ok) return show(c, await agreementPage(c, read), 400)
    const { form: token, words } = read.data
    return await act(c, token, 'said', (desk, agreementId) => sayOfAgreementAsSupplier(c.var.deps, desk.actor, { agreementId, words }))
  })

  app.post('/supplier/:supplierId/agreements/:agreementId/addendum', signedInForm, async (c) => {
    const { form: token, brings } = await readForm(c, addendumForm)
    return await act(c, token, 'addendum', (desk, agreementId, { agreement: { boardId } }) =>
      draftAddendum(c.var.deps, desk.actor, { boardId, agreementId, ...brings }),
    )
  })

  app.post('/supplier/:supplierId/agreements/:agreementId/addendum/withdraw', signedInForm, async (c) => {
    const { form: token, addendum: addendumId } = await readForm(c, withdrawAddendumForm)
    return await act(c, token, 'addendumWithdrawn', (desk, agreementId) =>
      withdrawAddendum(c.var.deps, desk.actor, { agreementId, addendumId }),
    )
  })

  app.post('/supplier/:supplierId/agreements/:agreementId/withdraw', signedInForm, async (c) => {
    const { form: token } = await readForm(c, withdrawForm)
    return await act(c, token, 'withdrawn', (desk, agreementId) => withdrawAgreement(c.var.deps, desk.actor, agreementId))
  })

  app.post('/supplier/:supplierId/agreements/:agreementId/sign', signedInForm, async (c) => {
    const { form: token, text } = await readForm(c, signForm)
    return await act(c, token, 'signed', (desk, agreementId) =>
      signAgreementAsSupplier(c.var.deps, desk.actor, { agreementId, textHash: text }),
    )
  })

  app.post('/supplier/:supplierId/agreements/:agreementId/end', signedInForm, async (c) => {
    const read = await safeReadForm(c, endForm)
    if (!read.ok) return show(c, await agreementPage(c, read), 400)
    const { form: token, because } = read.data
    return await act(c, token, 'ended', (desk, agreementId) => endAgreementAsSupplier(c.var.deps, desk.actor, { agreementId, because }))
  })
  return app
}

async function agreementIn(c: Context<PageEnv>): Promise<{ desk: SupplierDesk; one: WholeAgreement }> {
  const desk = await supplierDesk(c, 'contracts', 'administrator')
  const id = idOf<AgreementId>().safeParse(c.req.param('agreementId'))
  if (!id.success) throw new Refusal('agreement_not_found')
  return { desk, one: await agreementOfSupplier(c.var.deps.db, desk.member.supplierId, id.data, c.var.deps.now()) }
}

async function act(
  c: Context<PageEnv>,
  token: string,
  done: (typeof DONE)[number],
  work: (desk: SupplierDesk, agreementId: AgreementId, one: WholeAgreement) => Promise<unknown>,
): Promise<Response> {
  const { desk, one } = await agreementIn(c)
  const { agreementId } = one.agreement
  return await actOnceAt(c, desk, { form: token, back: `${desk.path}/agreements/${agreementId}`, done }, () => work(desk, agreementId, one))
}

const DONE = ['said', 'addendum', 'addendumWithdrawn', 'signed', 'withdrawn', 'ended'] as const

interface Again {
  wrong: Set<string>
  typed: Record<string, string>
}

async function agreementPage(c: Context<PageEnv>, { wrong, typed }: Again = { wrong: new Set(), typed: {} }) {
  const { t } = c.var
  const words = t.supplierAgreements
  const { desk, one } = await agreementIn(c)
  const { agreement, board, text, hash, messages } = one
  const { agreementId, state } = agreement
  const path = `${desk.path}/agreements/${agreementId}`
  const done = DONE.find((word) => word === c.req.query('done'))
  const sentences = { words: words.sayWrong, because: words.endWrong, sure: words.sureWrong }
  const errors = (['words', 'because', 'sure'] as const).flatMap((field) =>
    wrong.has(field) ? [{ field, sentence: sentences[field] }] : [],
  )
  const stands = state === 'signed' || state === 'in_force'
  return (
    <Page c={c} title={board} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      {done && errors.length === 0 && <Notice kind="ok">{words.done[done]}</Notice>}
      <Heading over={words.kinds[agreement.kind]}>{board}</Heading>
      <p>
        <AgreementBadge t={t} state={state} />
      </p>
      <P lead>{words.statesMean[state]}</P>
      {agreement.state === 'withdrawn' && agreement.succeededBy && (
        <P>
          <Link href={`${desk.path}/agreements/${agreement.succeededBy}`}>{words.successor}</Link>
        </P>
      )}
      <Dates c={c} one={one} />
      <AgreementMessages c={c} messages={messages} own="supplier" />
      {desk.may('contracts') && state !== 'ended' && state !== 'withdrawn' && (
        <OnceForm action={`${path}/say`}>
          <TextArea name="words" label={words.say} hint={words.sayHint} error={wrong.has('words') && words.sayWrong} value={typed.words} />
          <Button primary={false}>{words.sayButton}</Button>
        </OnceForm>
      )}
      {state !== 'ended' && !stands && desk.may('contracts') && (
        <p class="links">
          <Link href={`${desk.path}/agreements/new?from=${agreementId}`}>{words.again}</Link>
        </p>
      )}
      {(state === 'draft' || state === 'checked') && isOfSupplier(agreement.draftedBy) && desk.may('contracts') && (
        <FoldedAct title={words.withdrawTitle} action={`${path}/withdraw`} button={words.withdraw}>
          <P>{words.withdrawIntro}</P>
        </FoldedAct>
      )}
      <Declined c={c} declined={one.declined} />
      <Addenda c={c} desk={desk} one={one} stands={stands} />
      <details class="more" open={state === 'draft' || state === 'checked' || (stands && !agreement.bySupplier)}>
        <summary>{t.school.contracts.text}</summary>
        <div class="more__body">
          <TextToSign c={c} text={text} hash={hash} />
        </div>
      </details>
      {stands && !agreement.bySupplier && desk.may('contracts') && (
        <Section title={words.signTitle} intro={words.signIntro}>
          <OnceForm action={`${path}/sign`}>
            <input type="hidden" name="text" value={hash} />
            <Button>{words.sign}</Button>
          </OnceForm>
        </Section>
      )}
      {stands && desk.may('contracts') && (
        <details class="more" open={wrong.has('because') || wrong.has('sure')}>
          <summary>{words.endTitle}</summary>
          <div class="more__body">
            <P>{words.endIntro}</P>
            <OnceForm action={`${path}/end`}>
              <TextArea name="because" label={words.because} error={wrong.has('because') && words.endWrong} value={typed.because} />
              {wrong.has('sure') && <div class="utrecht-form-field-error-message">{words.sureWrong}</div>}
              <Tick name="sure" value="yes" id="sure" text={words.sure} ticked={typed.sure === 'yes'} />
              <Button primary={false}>{words.end}</Button>
            </OnceForm>
          </div>
        </details>
      )}
      <p class="links">
        <Link href={`${desk.path}/agreements`}>{words.back}</Link>
      </p>
    </Page>
  )
}

/** When what happened, and what of it is signed. Who signed for the board stays the board's. */
function Dates({ c, one: { agreement, services } }: { c: Context<PageEnv>; one: WholeAgreement }) {
  const { t, language } = c.var
  const words = t.supplierAgreements.dates
  return (
    <dl class="facts card">
      <Fact name={words.term}>
        {t.school.contracts.between(dayIn(language, agreement.startsAt), lastDayIn(language, agreement.endsAt))}
      </Fact>
      <Fact name={words.drafted}>{dayIn(language, agreement.draftedAt)}</Fact>
      {'checkedAt' in agreement && <Fact name={words.checked}>{dayIn(language, agreement.checkedAt)}</Fact>}
      {'signedAt' in agreement && <Fact name={words.signed}>{dayIn(language, agreement.signedAt)}</Fact>}
      {'bySupplier' in agreement && (
        <Fact name={words.signedBySupplier}>
          {agreement.bySupplier ? words.signedBy(dayIn(language, agreement.bySupplier.at), agreement.bySupplier.name) : words.notYet}
        </Fact>
      )}
      {agreement.state === 'rejected' && (
        <Fact name={words.rejected}>
          {dayIn(language, agreement.rejectedAt)} <span class="said">{agreement.rejectedBecause}</span>
        </Fact>
      )}
      {agreement.state === 'withdrawn' && <Fact name={words.withdrawn}>{dayIn(language, agreement.withdrawnAt)}</Fact>}
      {agreement.state === 'ended' && (
        <Fact name={words.ended}>
          {lastDayIn(language, agreement.endedAt)} {agreement.endedBecause !== 'term' && <span class="said">{agreement.endedBecause}</span>}
        </Fact>
      )}
      <Fact name={words.services}>
        {services.map(({ service, leaflet }) => (
          <div>{t.supplierAgreements.service(service.name, String(leaflet.version))}</div>
        ))}
      </Fact>
      <Fact name={words.deviations}>
        {agreement.deviations.length === 0 && t.supplierAgreements.noDeviations}
        {agreement.deviations.map(({ article, text, motivation }) => (
          <div lang="nl">
            {article}: {text} ({motivation})
          </div>
        ))}
      </Fact>
    </dl>
  )
}

/** The leaflet versions that the school does not want, each with its reason. */
function Declined({ c, declined }: { c: Context<PageEnv>; declined: WholeAgreement['declined'] }) {
  const { t, language } = c.var
  if (declined.length === 0) return null
  return (
    <Section title={t.supplierAgreements.declined} intro={t.supplierAgreements.declinedIntro}>
      <ul class="rows">
        {declined.map(({ service, version, at, because }) => (
          <li>
            {t.supplierAgreements.service(service, String(version))} <span class="soft">{dayIn(language, at)}</span>{' '}
            <span class="said">{because}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

async function Addenda({ c, desk, one, stands }: { c: Context<PageEnv>; desk: SupplierDesk; one: WholeAgreement; stands: boolean }) {
  const { t, language, deps } = c.var
  const words = t.supplierAgreements
  const { agreement, addenda } = one
  if (addenda.length === 0 && !stands) return null
  return (
    <Section title={words.addenda} intro={words.addendaIntro}>
      <ul class="rows">
        {addenda.map(async (addendum) => {
          const { service, leaflet } = await broughtIn(deps.db, addendum.content)
          const parts = leaflet.content.parts.filter(({ partId }) => addendum.content.partIds.includes(partId))
          const what = parts.length === 0 ? service.name : words.part(service.name, parts.map((part) => part.name).join(', '))
          const name = words.service(what, String(leaflet.version))
          return (
            <li class="spread">
              <span>
                {name} <span class="soft">{dayIn(language, addendum.draftedAt)}</span>
                {addendum.state === 'rejected' && <span class="said"> {addendum.rejectedBecause}</span>}
              </span>
              <span class={`utrecht-status-badge utrecht-status-badge--${addendum.state === 'signed' ? 'safe' : 'warning'}`}>
                {t.school.contracts.addendumStates[addendum.state]}
              </span>
              {(addendum.state === 'draft' || addendum.state === 'checked') &&
                isOfSupplier(addendum.draftedBy) &&
                desk.may('contracts') && (
                  <OnceForm action={`${desk.path}/agreements/${agreement.agreementId}/addendum/withdraw`}>
                    <input type="hidden" name="addendum" value={addendum.addendumId} />
                    <Button primary={false}>
                      {words.withdrawAddendum}
                      <span class="visually-hidden">: {name}</span>
                    </Button>
                  </OnceForm>
                )}
              <details class="more">
                <summary>
                  {t.school.contracts.addendumText}
                  <span class="visually-hidden">: {name}</span>
                </summary>
                <div class="more__body">
                  <DocumentText text={addendum.text} />
                  <p class="soft contract__hash">{t.school.contracts.bytes(sha256(addendum.text).toString('hex'))}</p>
                </div>
              </details>
            </li>
          )
        })}
      </ul>
      {stands && desk.may('contracts') && (
        <AddendumForm c={c} action={`${desk.path}/agreements/${agreement.agreementId}/addendum`} one={one} />
      )}
    </Section>
  )
}
