import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { reportIncident } from '../../cases/report-incident.ts'
import { type Supplier, suppliers } from '../../catalog/store.ts'
import { idOf } from '../../http.ts'
import type { BoardId, SchoolId, SupplierId } from '../../ids.ts'
import { schoolsOfBoard } from '../../people/register.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices } from '../fields.tsx'
import {
  type IncidentAgain,
  IncidentInputs,
  incidentAgain,
  incidentErrors,
  incidentFields,
  incidentFrom,
  momentsOutOfOrder,
  NOTHING_YET,
} from '../incident-form.tsx'
import { Page } from '../layout.tsx'
import { OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { actOnce, atDesk } from './desk.ts'
import { incidentDesksOf } from './incident-desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

const reportForm = z.strictObject({
  ...incidentFields,
  board: idOf<BoardId>(),
  supplier: z.union([z.literal(''), idOf<SupplierId>()]),
  school: z.union([z.literal(''), idOf<SchoolId>()]).default(''),
})

/** Anybody on the staff reports a leak, in one form with what Annex 2 asks for (P42, M14). */
export function reportIncidentRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/incidents/report', signedInPage, async (c) => show(c, await reportPage(c)))

  app.post('/school/incidents/report', signedInForm, async (c) => {
    const read = await safeReadForm(c, reportForm)
    if (!read.ok) return show(c, await reportPage(c, read), 400)
    const { board, supplier, school, ...fields } = read.data
    const desk = incidentDesksOf(c).find(({ around }) => around.actor.boardId === board)
    if (!desk) throw new Refusal('mandate_missing')
    const incident = incidentFrom(fields)
    const wrong = momentsOutOfOrder(incident, c.var.deps.now())
    if (wrong.size > 0) {
      const again = incidentAgain(wrong, fields)
      return show(c, await reportPage(c, { ...again, typed: { ...again.typed, supplier, school } }), 400)
    }
    return await actOnce(c, desk, { form: fields.form, back: '/school/incidents', done: 'reported' }, () =>
      reportIncident(c.var.deps, desk.around.actor, { supplierId: supplier || null, schoolId: school || null, ...incident }),
    )
  })
  return app
}

async function reportPage(c: Context<PageEnv>, again: IncidentAgain = NOTHING_YET) {
  const { t } = c.var
  const words = t.incidents.form
  const desks = incidentDesksOf(c)
  return (
    <Page c={c} title={t.incidents.report} errors={desks.length > 0 ? incidentErrors(c, again) : []}>
      <PrivacyNav c={c} />
      <Heading over={t.incidents.title}>{t.incidents.report}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : words.intro}</P>
      {desks[0] && (
        <ReportForm
          c={c}
          boardId={desks[0].around.actor.boardId}
          companies={await companiesOf(c)}
          schools={await schoolsAt(c)}
          again={again}
        />
      )}
      <p class="links">
        <Link href="/school/incidents">{t.frame.back}</Link>
      </p>
    </Page>
  )
}

/** The suppliers of the board at which one reports. */
async function companiesOf(c: Context<PageEnv>): Promise<Supplier[]> {
  const [desk] = incidentDesksOf(c)
  if (!desk) return []
  return await atDesk(c, desk, async (tx) => {
    const rows = await tx
      .selectFrom('supplier_boards')
      .select('supplier_id')
      .where('board_id', '=', desk.around.actor.boardId) // supplier_boards_pkey
      .execute()
    return await suppliers(
      tx,
      rows.map(({ supplier_id }) => supplier_id),
    )
  })
}

/** The schools of that board. */
async function schoolsAt(c: Context<PageEnv>): Promise<{ schoolId: SchoolId; name: string }[]> {
  const [desk] = incidentDesksOf(c)
  return desk ? await atDesk(c, desk, (tx) => schoolsOfBoard(tx, desk.around.actor.boardId)) : []
}

interface FormProps {
  c: Context<PageEnv>
  boardId: BoardId
  companies: Supplier[]
  schools: { schoolId: SchoolId; name: string }[]
  again: IncidentAgain
}

function ReportForm({ c, boardId, companies, schools, again }: FormProps) {
  const { t } = c.var
  const where = (
    <>
      <Choices
        name="supplier"
        label={t.incidents.form.where}
        options={[{ value: '', text: t.incidents.atSchool }, ...companies.map((one) => ({ value: one.supplierId, text: one.legalName }))]}
        chosen={again.typed.supplier ?? ''}
      />
      {schools.length > 1 && (
        <Choices
          name="school"
          label={t.incidents.form.school}
          options={[{ value: '', text: t.incidents.form.moreSchools }, ...schools.map((one) => ({ value: one.schoolId, text: one.name }))]}
          chosen={again.typed.school ?? ''}
        />
      )}
    </>
  )
  return (
    <OnceForm action="/school/incidents/report">
      <input type="hidden" name="board" value={boardId} />
      <IncidentInputs c={c} again={again} where={where} />
      <Button>{t.incidents.form.send}</Button>
    </OnceForm>
  )
}
