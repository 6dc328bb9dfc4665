import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { confirmDuty } from '../../../agreements/confirm-duty.ts'
import { confirmedBySupplier, dutiesOfSupplier, type SupplierDuty } from '../../../cases/duties-of-supplier.ts'
import { forwardedBySupplier } from '../../../cases/forward-right.ts'
import { demandsOfSupplier } from '../../../cases/legal-demand.ts'
import { incidentsOfSupplier } from '../../../cases/say-of-incident.ts'
import { DEMAND_TELLERS } from '../../../cases/tell-demand.ts'
import { optionalPlainText } from '../../../catalog/plain-text.ts'
import { idOf } from '../../../http.ts'
import type { DutyId } from '../../../ids.ts'
import { actorName } from '../../../members/acting.ts'
import { Refusal } from '../../../refusal.ts'
import { ButtonLink, Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Field, Tick } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage, ticked } from '../../page.tsx'
import { dayIn, lastDayIn } from '../../texts/dates.ts'
import type { Messages } from '../../texts/shape.ts'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { Earlier, PAST, placeOf } from '../earlier.tsx'
import { SupplierNav } from '../supplier-nav.tsx'

/** Most of what is open that is shown. */
const MOST = 200

const confirmForm = z.strictObject({
  form: formToken,
  subprocessor: ticked(z.string().max(2000)),
  note: optionalPlainText(2000),
})

/** What a supplier has to do by when, what it sent on, its data leaks, and what the law demands of it (M07, M14, M16, M17, M21-M23). */
export function supplierDutiesRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/duties', signedInPage, async (c) => show(c, await dutiesPage(c, await supplierDesk(c))))

  app.post('/supplier/:supplierId/duties/:dutyId', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    const id = idOf<DutyId>().safeParse(c.req.param('dutyId'))
    if (!id.success) throw new Refusal('duty_not_found')
    const read = await safeReadForm(c, confirmForm)
    const again = async (wrong: Again['wrong'], ticked: string[], note = '') => {
      const { duties } = await dutiesOfSupplier(c.var.deps, desk.actor, { open: true, limit: MOST })
      // Confirmed meanwhile: there is no form any more in which something could be wrong.
      if (!duties.some(({ dutyId }) => dutyId === id.data)) throw new Refusal('duty_not_found')
      return await dutiesPage(c, desk, { dutyId: id.data, wrong, ticked, note })
    }
    if (!read.ok) {
      if (!read.wrong.has('note')) throw new Refusal('input_invalid')
      return show(c, await again('note', read.ticked('subprocessor'), read.typed.note), 400)
    }
    const { form, subprocessor, note } = read.data
    try {
      return await actOnceAt(c, desk, { form, back: `${desk.path}/duties`, done: 'confirmed' }, () =>
        confirmDuty(c.var.deps, desk.actor, { dutyId: id.data, subprocessors: subprocessor, note: note || null }),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'destruction_incomplete')) throw error
      return show(c, await again('done', subprocessor, note), 400)
    }
  })
  return app
}

/** A confirmation that was not taken, with what was wrong in it: who did it, or what was written about it. */
interface Again {
  dutyId: DutyId
  wrong: 'done' | 'note'
  ticked: string[]
  note: string
}

const DONE = ['confirmed', 'forwarded', 'reported'] as const

/** Duties name people by their references: who handles contracts sees them, and whoever is told when one is late. */
async function dutiesPage(c: Context<PageEnv>, desk: SupplierDesk, again?: Again) {
  const { t } = c.var
  const words = t.supplierDuties
  const errors = again ? [{ field: `${again.wrong}-${again.dutyId}`, sentence: sentenceOf(t, again.wrong) }] : []
  const done = DONE.find((word) => word === c.req.query('done'))
  return (
    <Page c={c} title={words.title} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      {done && <Notice kind="ok">{words.done[done]}</Notice>}
      <Heading over={desk.supplierName}>{words.title}</Heading>
      {desk.may('contracts', 'administrator') && <Duties c={c} desk={desk} again={again} />}
      {desk.may('contracts', 'case_worker') && <Forwarded c={c} desk={desk} />}
      {desk.may('contracts', 'engineer', 'administrator') && <Incidents c={c} desk={desk} />}
      {desk.may(...DEMAND_TELLERS) && <Demands c={c} desk={desk} />}
    </Page>
  )
}

const sentenceOf = (t: Messages, wrong: Again['wrong']) => (wrong === 'done' ? t.cases.duties.missing : t.people.settings.textWrong)

async function Duties({ c, desk, again }: { c: Context<PageEnv>; desk: SupplierDesk; again: Again | undefined }) {
  const { t, deps } = c.var
  const words = t.supplierDuties
  const { duties, next } = await dutiesOfSupplier(deps, desk.actor, { open: true, limit: MOST })
  const before = placeOf(c, 'confirmed')
  const confirmed = await confirmedBySupplier(deps, desk.actor, { before, limit: PAST })
  return (
    <>
      <P lead>{duties.length === 0 ? words.none : words.intro}</P>
      {next && <P>{words.moreOpen(String(MOST))}</P>}
      {duties.map((duty) => (
        <DutyCard c={c} desk={desk} duty={duty} again={again?.dutyId === duty.dutyId ? again : undefined} />
      ))}
      {confirmed.duties.length > 0 && (
        <details class="more" id="confirmed" open={before !== undefined}>
          <summary>{words.confirmed}</summary>
          <div class="more__body">
            {confirmed.duties.map((duty) => (
              <DutyCard c={c} desk={desk} duty={duty} again={undefined} />
            ))}
            <Earlier c={c} path={`${desk.path}/duties`} list="confirmed" next={confirmed.next} />
          </div>
        </details>
      )}
    </>
  )
}

function DutyCard({ c, desk, duty, again }: { c: Context<PageEnv>; desk: SupplierDesk; duty: SupplierDuty; again: Again | undefined }) {
  const { t, language, deps } = c.var
  const words = t.supplierDuties
  const late = !duty.confirmedAt && duty.dueAt <= deps.now()
  const { dutyId, kind, references, subject, agreementId, instruction, subprocessors, dueAt, confirmedAt } = duty
  return (
    <article class="card" id={`done-${dutyId}`} tabindex={-1}>
      <div class="spread">
        <h2 class="utrecht-heading-3 card__title">{words.kinds[kind]}</h2>
        <span class={`utrecht-status-badge utrecht-status-badge--${confirmedAt ? 'safe' : late ? 'danger' : 'warning'}`}>
          {confirmedAt ? words.isDone : late ? words.late : words.open}
        </span>
      </div>
      <P>
        {agreementId ? t.cases.duties.contract : words.about(references.length > 0 ? references.join(', ') : (subject ?? words.unknown))}
        <br />
        <span class="soft">
          {confirmedAt ? t.cases.duties.doneOn(dayIn(language, confirmedAt)) : t.cases.duties.dueOn(lastDayIn(language, dueAt))}
        </span>
      </P>
      {instruction && (
        <P>
          <strong>{words.instruction}</strong> <span class="said">{instruction}</span>
        </P>
      )}
      {!confirmedAt && desk.may('contracts') && (
        <details class="more" open={again !== undefined}>
          <summary>{words.confirmTitle}</summary>
          <div class="more__body">
            {subprocessors.length > 0 && <P>{words.subprocessors}</P>}
            {again?.wrong === 'done' && <div class="utrecht-form-field-error-message">{sentenceOf(t, 'done')}</div>}
            <OnceForm action={`${desk.path}/duties/${dutyId}`}>
              {subprocessors.map((name, nr) => (
                <Tick
                  name="subprocessor"
                  value={name}
                  id={`subprocessor-${dutyId}-${nr}`}
                  text={t.cases.duties.subprocessor(name)}
                  ticked={again?.ticked.includes(name) ?? false}
                />
              ))}
              <Field
                name="note"
                id={`note-${dutyId}`}
                label={t.cases.duties.note}
                error={again?.wrong === 'note' && sentenceOf(t, 'note')}
                input={{ value: again?.note, maxlength: 2000, autocomplete: 'off' }}
              />
              <Button>{words.confirm}</Button>
            </OnceForm>
          </div>
        </details>
      )}
    </article>
  )
}

async function Forwarded({ c, desk }: { c: Context<PageEnv>; desk: SupplierDesk }) {
  const { t, language, deps } = c.var
  const words = t.supplierDuties.forward
  // Whom a request is about is for who handles contracts, and for who sent it on.
  const by = desk.may('contracts') ? undefined : actorName(desk.actor)
  const sent = await forwardedBySupplier(deps.db, desk.member.supplierId, { by, before: placeOf(c, 'sent'), limit: PAST })
  return (
    <Section title={words.title} intro={words.intro}>
      {sent.forwarded.length > 0 && (
        <ul class="rows" id="sent">
          {sent.forwarded.map(({ kind, reference, forwardedAt, takenAt, caseId, answered }) => (
            <li class="spread">
              <span>
                {t.cases.rights.one(t.cases.rights.kinds[kind], reference)} <span class="soft">{dayIn(language, forwardedAt)}</span>
              </span>
              <span class={`utrecht-status-badge utrecht-status-badge--${takenAt ? 'safe' : 'warning'}`}>
                {answered ? words.answered : caseId ? words.taken : takenAt ? words.aside : words.sent}
              </span>
            </li>
          ))}
        </ul>
      )}
      <Earlier c={c} path={`${desk.path}/duties`} list="sent" next={sent.next} />
      <ButtonLink href={`${desk.path}/duties/forward`}>{words.do}</ButtonLink>
    </Section>
  )
}

async function Incidents({ c, desk }: { c: Context<PageEnv>; desk: SupplierDesk }) {
  const { t, language, deps } = c.var
  const words = t.supplierDuties.leak
  const found = await incidentsOfSupplier(deps, desk.member.supplierId)
  return (
    <Section title={words.title} intro={words.intro}>
      {found.length > 0 && (
        <ul class="rows">
          {found.map(({ incident }) => (
            <li class="spread">
              <Link href={`${desk.path}/duties/leaks/${incident.incidentId}`}>{words.one(dayIn(language, incident.foundAt))}</Link>
              <span class={`utrecht-status-badge utrecht-status-badge--${incident.closed ? 'safe' : 'warning'}`}>
                {incident.closed ? words.closed : words.open}
              </span>
            </li>
          ))}
        </ul>
      )}
      <ButtonLink href={`${desk.path}/duties/leak`}>{words.report}</ButtonLink>
    </Section>
  )
}

async function Demands({ c, desk }: { c: Context<PageEnv>; desk: SupplierDesk }) {
  const { t, language, deps } = c.var
  const words = t.demands.supplier
  const told = await demandsOfSupplier(deps.db, desk.member.supplierId)
  return (
    <Section title={words.title} intro={words.intro}>
      {told.length > 0 && (
        <ul class="rows">
          {told.map(({ authority, toldAt, outcome, seen }) => (
            <li class="spread">
              <span>
                {words.one(authority, dayIn(language, toldAt))} <span class="soft">{words.was[outcome]}</span>
              </span>
              <span class={`utrecht-status-badge utrecht-status-badge--${seen ? 'safe' : 'warning'}`}>
                {seen ? words.seenThere : t.supplierDuties.forward.sent}
              </span>
            </li>
          ))}
        </ul>
      )}
      <ButtonLink href={`${desk.path}/duties/demand`}>{words.do}</ButtonLink>
    </Section>
  )
}
