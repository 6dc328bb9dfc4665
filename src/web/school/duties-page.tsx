import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { recordDutyDone } from '../../agreements/confirm-duty.ts'
import { type Duty, dutiesOf } from '../../agreements/duties.ts'
import { optionalPlainText } from '../../catalog/plain-text.ts'
import { suppliers } from '../../catalog/store.ts'
import { consentsById } from '../../consents/store.ts'
import { idOf } from '../../http.ts'
import type { ConsentId, DutyId, PersonId, SupplierId } from '../../ids.ts'
import { currentTenures, personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage, ticked } from '../page.tsx'
import { dayIn, lastDayIn, listIn } from '../texts/dates.ts'
import type { Messages } from '../texts/shape.ts'
import { nameOf } from './case-view.ts'
import { actOnce, atDesk, type Desk, desksOf } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

const doneForm = z.strictObject({
  form: formToken,
  subprocessor: ticked(z.string().max(2000)),
  note: optionalPlainText(2000),
})

/** What companies must destroy and the school must take down, the late ones first; confirmed by who did it (M21-M23, P30). */
export function dutiesRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/duties', signedInPage, async (c) => show(c, await dutiesPage(c)))

  app.post('/school/duties/:dutyId', signedInForm, async (c) => {
    const id = idOf<DutyId>().safeParse(c.req.param('dutyId'))
    const found = id.success && (await seenDuties(c)).find(({ duty }) => duty.dutyId === id.data)
    if (!found) throw new Refusal('duty_not_found')
    const { dutyId, subprocessors } = found.duty
    const read = await safeReadForm(c, doneForm)
    if (!read.ok) {
      if (!read.wrong.has('note')) throw new Refusal('input_invalid')
      const again: Again = { dutyId, wrong: 'note', ticked: read.ticked('subprocessor'), note: read.typed.note ?? '' }
      return show(c, await dutiesPage(c, again), 400)
    }
    const { form, subprocessor, note } = read.data
    if (subprocessors.some((name) => !subprocessor.includes(name))) {
      return show(c, await dutiesPage(c, { dutyId, wrong: 'done', ticked: subprocessor, note }), 400)
    }
    return await actOnce(c, found.desk, { form, back: '/school/duties', done: 'confirmed' }, () =>
      recordDutyDone(c.var.deps, found.desk.around.actor, { dutyId, subprocessors: subprocessor, note: note || null }),
    )
  })
  return app
}

interface SeenDuty {
  desk: Desk
  duty: Duty
  company: string | null
  subject: string | null
  channel: string | null
  decides: boolean
}

async function seenDuties(c: Context<PageEnv>): Promise<SeenDuty[]> {
  const seen: SeenDuty[] = []
  for (const desk of desksOf(c)) {
    const { boardId } = desk.around.actor
    await atDesk(c, desk, async (tx) => {
      const duties = await dutiesOf(tx, boardId)
      const consents = await consentsById(
        tx,
        boardId,
        duties.flatMap(({ consentId }): ConsentId[] => (consentId ? [consentId] : [])),
      )
      const subjectOf = ({ subjectId, consentId }: Duty): PersonId | null =>
        subjectId ?? (consentId ? (consents.get(consentId)?.question.subject.personId ?? null) : null)
      const subjects = duties.map(subjectOf).filter((id) => id !== null)
      const [persons, tenures] = [await personsById(tx, boardId, subjects), await currentTenures(tx, boardId, subjects, c.var.deps.now())]
      const companies = await suppliers(tx, [
        ...new Set(duties.flatMap(({ supplierId }): SupplierId[] => (supplierId ? [supplierId] : []))),
      ])
      for (const duty of duties) {
        const subjectId = subjectOf(duty)
        const schoolId = (subjectId && tenures.get(subjectId)?.schoolId) || null
        if (!desk.looksAt(schoolId)) continue
        // That a member of staff stopped something about themselves, no superior needs to know; whoever takes a picture down does.
        const isStaff = duty.consentId !== null && consents.get(duty.consentId)?.question.subject.kind === 'employee'
        const image = duty.consentId ? consents.get(duty.consentId)?.item.image : null
        seen.push({
          desk,
          duty,
          company: companies.find(({ supplierId }) => supplierId === duty.supplierId)?.legalName ?? null,
          subject: subjectId && (!isStaff || duty.kind === 'take_down') ? nameOf(persons.get(subjectId)) : null,
          channel: image ? `${c.var.t.question.media[image.medium]}, ${image.channel}` : null,
          decides: desk.decidesAt(schoolId),
        })
      }
    })
  }
  return seen
}

/** A confirmation that was not taken, with what was wrong in it: who did it, or what was written about it. */
interface Again {
  dutyId: DutyId
  wrong: 'done' | 'note'
  ticked: string[]
  note: string
}

async function dutiesPage(c: Context<PageEnv>, again?: Again) {
  const { t, deps } = c.var
  const words = t.cases.duties
  const at = deps.now()
  const seen = await seenDuties(c)
  const open = seen.filter(({ duty }) => !duty.confirmedAt)
  if (again && !open.some(({ duty }) => duty.dutyId === again.dutyId)) throw new Refusal('duty_not_found')
  const late = open.filter(({ duty }) => duty.dueAt <= at)
  const done = seen.filter(({ duty }) => duty.confirmedAt).slice(-100)
  const errors = again ? [{ field: `${again.wrong}-${again.dutyId}`, sentence: sentenceOf(t, again.wrong) }] : []
  return (
    <Page c={c} title={words.title} errors={errors}>
      <PrivacyNav c={c} />
      {c.req.query('done') && <Notice kind="ok">{words.confirmed}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{desksOf(c).length === 0 ? t.school.noTask : open.length === 0 ? words.none : words.intro}</P>
      <Group c={c} title={words.late} duties={late} again={again} />
      <Group c={c} title={words.open} duties={open.filter((one) => !late.includes(one))} again={again} />
      {done.length > 0 && (
        <details class="more">
          <summary>{words.done}</summary>
          <div class="more__body">
            {done.map((one) => (
              <DutyCard c={c} seen={one} />
            ))}
          </div>
        </details>
      )}
    </Page>
  )
}

const sentenceOf = (t: Messages, wrong: Again['wrong']) => (wrong === 'done' ? t.cases.duties.missing : t.people.settings.textWrong)

function Group({ c, title, duties, again }: { c: Context<PageEnv>; title: string; duties: SeenDuty[]; again: Again | undefined }) {
  if (duties.length === 0) return null
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{title}</h2>
      {duties.map((seen) => (
        <DutyCard c={c} seen={seen} again={again} />
      ))}
    </section>
  )
}

function DutyCard({
  c,
  seen: { duty, company, subject, channel, decides },
  again,
}: {
  c: Context<PageEnv>
  seen: SeenDuty
  again?: Again | undefined
}) {
  const { t, language, deps } = c.var
  const words = t.cases.duties
  const mine = again?.dutyId === duty.dutyId ? again : undefined
  const isLate = !duty.confirmedAt && duty.dueAt <= deps.now()
  return (
    <article class="card">
      <div class="spread">
        <h3 class="utrecht-heading-3 card__title">{words.what(company ?? words.own, t.cases.rights.duties[duty.kind])}</h3>
        {isLate && <span class="utrecht-status-badge utrecht-status-badge--danger">{words.late}</span>}
      </div>
      <P>
        {subject && `${words.about}: ${subject}. `}
        {duty.agreementId && `${words.contract}. `}
        {channel && words.channel(channel)}
        {(subject || duty.agreementId || channel) && <br />}
        <span class="soft">
          {duty.confirmedAt ? words.doneOn(dayIn(language, duty.confirmedAt)) : words.dueOn(lastDayIn(language, duty.dueAt))}{' '}
          {duty.subprocessors.length > 0 && words.also(listIn(language, duty.subprocessors))}
        </span>
        {duty.note && (
          <>
            <br />
            {duty.note}
          </>
        )}
      </P>
      {duty.kind === 'take_down' && !duty.confirmedAt && <P>{words.print}</P>}
      {!duty.confirmedAt && decides && (
        <details class="more" open={Boolean(mine)} id={`done-${duty.dutyId}`}>
          <summary>{words.confirmTitle}</summary>
          <div class="more__body">
            {duty.supplierId && <P>{words.confirmIntro}</P>}
            {mine?.wrong === 'done' && <Notice kind="error">{sentenceOf(t, 'done')}</Notice>}
            <OnceForm action={`/school/duties/${duty.dutyId}`}>
              {duty.subprocessors.map((name, nr) => (
                <Tick
                  name="subprocessor"
                  value={name}
                  id={`sub-${duty.dutyId}-${nr}`}
                  text={words.subprocessor(name)}
                  ticked={mine?.ticked.includes(name) ?? false}
                />
              ))}
              <Field
                name="note"
                id={`note-${duty.dutyId}`}
                label={words.note}
                error={mine?.wrong === 'note' && sentenceOf(t, 'note')}
                input={{ maxlength: 2000, value: mine?.note ?? '' }}
              />
              <Button>{words.confirm}</Button>
            </OnceForm>
          </div>
        </details>
      )}
    </article>
  )
}
