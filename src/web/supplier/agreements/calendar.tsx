import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { SupplierAgreement } from '../../../agreements/agreements-of-supplier.ts'
import { type CalendarDay, supplierCalendar, TICKABLE_DAYS } from '../../../agreements/supplier-calendar.ts'
import { tickCalendar, untickCalendar } from '../../../agreements/tick-calendar.ts'
import { amsterdamDay, startOfAmsterdamDay } from '../../../clock.ts'
import { idOf } from '../../../http.ts'
import type { AgreementId, ServiceId, TickId } from '../../../ids.ts'
import { day } from '../../../moments.ts'
import { Link, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button } from '../../fields.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, signedInForm } from '../../page.tsx'
import { dayIn, lastDayIn } from '../../texts/dates.ts'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'

const tickForm = z.strictObject({
  form: formToken,
  agreement: idOf<AgreementId>(),
  what: z.enum(['report', 'review', 'renew']),
  on: day,
  service: z.union([z.literal(''), idOf<ServiceId>()]),
})
const untickForm = z.strictObject({ form: formToken, agreement: idOf<AgreementId>(), tick: idOf<TickId>() })

/** What was done of the calendar that long ago is no longer to be put back. */
const SHOWN_DONE_DAYS = 90

/** Ticking off what a supplier did of its calendar, and putting it back. */
export function calendarRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.post('/supplier/:supplierId/calendar/done', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    const { form, agreement: agreementId, what, on, service } = await readForm(c, tickForm)
    return await actOnceAt(c, desk, { form, back: `${desk.path}/agreements`, done: 'ticked' }, () =>
      tickCalendar(c.var.deps, desk.actor, { agreementId, what, on, serviceId: service || null }),
    )
  })

  app.post('/supplier/:supplierId/calendar/back', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    const { form, agreement: agreementId, tick: tickId } = await readForm(c, untickForm)
    return await actOnceAt(c, desk, { form, back: `${desk.path}/agreements`, done: 'unticked' }, () =>
      untickCalendar(c.var.deps, desk.actor, { agreementId, tickId }),
    )
  })
  return app
}

interface CalendarProps {
  c: Context<PageEnv>
  desk: SupplierDesk
  agreements: readonly SupplierAgreement[]
}

/** What is coming, and what was done lately. */
export function Calendar({ c, desk, agreements }: CalendarProps) {
  const words = c.var.t.supplierAgreements.calendar
  const days = supplierCalendar(agreements, c.var.deps.now())
  return (
    <Section title={words.title} intro={days.length === 0 ? words.none : words.intro}>
      <ul class="rows">
        {days.map((day) => (
          <Day c={c} desk={desk} day={day} />
        ))}
      </ul>
      <Done c={c} desk={desk} agreements={agreements} />
    </Section>
  )
}

function Day({ c, desk, day }: { c: Context<PageEnv>; desk: SupplierDesk; day: CalendarDay }) {
  const { t, language, deps } = c.var
  const words = t.supplierAgreements.calendar
  const { what, on, late, board, agreementId, service } = day
  const title = words.what[what](service?.name ?? board)
  const isNear = on.getTime() - deps.now().getTime() < TICKABLE_DAYS * 86_400_000
  return (
    <li class="spread">
      <span>
        <strong>{what === 'ends' ? lastDayIn(language, on) : dayIn(language, on)}</strong>{' '}
        <Link href={service ? `${desk.path}/services/${service.serviceId}` : `${desk.path}/agreements/${agreementId}`}>{title}</Link>{' '}
        {late && <span class="utrecht-status-badge utrecht-status-badge--danger">{words.late}</span>}
      </span>
      {what !== 'ends' && isNear && desk.may('contracts') && (
        <OnceForm action={`${desk.path}/calendar/done`}>
          <input type="hidden" name="agreement" value={agreementId} />
          <input type="hidden" name="what" value={what} />
          <input type="hidden" name="on" value={amsterdamDay(on)} />
          <input type="hidden" name="service" value={service?.serviceId ?? ''} />
          <Button primary={false}>
            {words.tick}
            <span class="visually-hidden">: {title}</span>
          </Button>
        </OnceForm>
      )}
    </li>
  )
}

function Done({ c, desk, agreements }: CalendarProps) {
  const { t, language, deps } = c.var
  const words = t.supplierAgreements.calendar
  const since = deps.now().getTime() - SHOWN_DONE_DAYS * 86_400_000
  const done = agreements
    .flatMap((of) => of.ticks.map((tick) => ({ of, tick })))
    .filter(({ tick }) => tick.doneAt.getTime() > since)
    .toSorted((a, b) => b.tick.doneAt.getTime() - a.tick.doneAt.getTime())
  if (done.length === 0) return null
  return (
    <details class="more">
      <summary>{words.done}</summary>
      <div class="more__body">
        <ul class="rows">
          {done.map(({ of: { agreement, board, services }, tick: { tickId, what, serviceId, on, doneAt } }) => {
            const title = words.what[what](services.find(({ service }) => service.serviceId === serviceId)?.service.name ?? board)
            return (
              <li class="spread">
                <span>
                  <strong>{dayIn(language, startOfAmsterdamDay(on))}</strong> {title}{' '}
                  <span class="soft">{words.doneOn(dayIn(language, doneAt))}</span>
                </span>
                {desk.may('contracts') && (
                  <OnceForm action={`${desk.path}/calendar/back`}>
                    <input type="hidden" name="agreement" value={agreement.agreementId} />
                    <input type="hidden" name="tick" value={tickId} />
                    <Button primary={false}>
                      {words.untick}
                      <span class="visually-hidden">: {title}</span>
                    </Button>
                  </OnceForm>
                )}
              </li>
            )
          })}
        </ul>
      </div>
    </details>
  )
}
