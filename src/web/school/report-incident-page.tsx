import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { DATA_KINDS, NATURES } from '../../cases/incident.ts'
import { reportIncident } from '../../cases/report-incident.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { type Supplier, suppliers } from '../../catalog/store.ts'
import { amsterdamMoment, amsterdamTime } from '../../clock.ts'
import { idOf } from '../../http.ts'
import type { BoardId, SupplierId } from '../../ids.ts'
import { localMoment } from '../../moments.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field, TextArea, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage, type Typed, ticked } from '../page.tsx'
import { OnceForm } from './contract-parts.tsx'
import { actOnce, atDesk } from './desk.ts'
import { incidentDesksOf } from './incident-desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'
import { Group } from './request-form.tsx'

const text = z.string().trim().min(1).pipe(plainText(2000))
const maybe = z
  .string()
  .trim()
  .max(2000)
  .default('')
  .pipe(z.union([z.literal(''), plainText(2000)]))
const reportForm = z.strictObject({
  form: z.string().min(20).max(100),
  board: idOf<BoardId>(),
  supplier: z.union([z.literal(''), idOf<SupplierId>()]),
  found: localMoment,
  from: localMoment,
  until: z.union([z.literal(''), localMoment]),
  summary: text,
  nature: ticked(z.enum(NATURES)).pipe(z.array(z.enum(NATURES)).min(1)),
  kind: ticked(z.enum(DATA_KINDS)).pipe(z.array(z.enum(DATA_KINDS)).min(1)),
  persons: text,
  size: z.union([z.literal(''), z.string().regex(/^\d{1,7}$/)]).default(''),
  cause: maybe,
  measures: maybe,
  protected: z.literal('yes').optional(),
})

type Again = { wrong: Set<string> } & Typed

/** Anybody on the staff reports a leak, in one form with what Annex 2 asks for (P42, M14). */
export function reportIncidentRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/incidents/report', signedInPage, async (c) => show(c, await reportPage(c)))

  app.post('/school/incidents/report', signedInForm, async (c) => {
    const read = await safeReadForm(c, reportForm)
    if (!read.ok) return show(c, await reportPage(c, read), 400)
    const { form, board, supplier, found, from, until, summary, nature, kind, persons, size, cause, measures } = read.data
    const desk = incidentDesksOf(c).find(({ around }) => around.actor.boardId === board)
    if (!desk) throw new Refusal('mandate_missing')
    const [foundAt, fromAt, untilAt] = [amsterdamMoment(found), amsterdamMoment(from), until ? amsterdamMoment(until) : null]
    const now = c.var.deps.now()
    const wrong = new Set([
      ...(foundAt > now ? ['found'] : []),
      ...(fromAt > foundAt ? ['from'] : []),
      ...(untilAt && (untilAt < fromAt || untilAt > now) ? ['until'] : []),
    ])
    if (wrong.size > 0) {
      const typed = { supplier, found, from, until, summary, persons, size, cause, measures }
      const chosen: Record<string, string[]> = { nature, kind, protected: read.data.protected ? ['yes'] : [] }
      return show(c, await reportPage(c, { wrong, typed, ticked: (name) => chosen[name] ?? [] }), 400)
    }
    return await actOnce(c, desk, { form, back: '/school/incidents', done: 'reported' }, () =>
      reportIncident(c.var.deps, desk.around.actor, {
        supplierId: supplier || null,
        foundAt,
        fromAt,
        untilAt,
        summary,
        nature,
        dataKinds: kind,
        persons,
        groupSize: size === '' ? null : Number(size),
        cause: cause || null,
        measures: measures || null,
        protected: read.data.protected === 'yes',
      }),
    )
  })
  return app
}

async function reportPage(c: Context<PageEnv>, again: Again = { wrong: new Set(), typed: {}, ticked: () => [] }) {
  const { t } = c.var
  const words = t.incidents.form
  const desks = incidentDesksOf(c)
  const wrongs = { found: words.foundWrong, from: words.fromWrong, until: words.untilWrong, summary: words.summaryWrong }
  const sentences: Record<string, [field: string, sentence: string]> = {
    ...Object.fromEntries(Object.entries(wrongs).map(([field, sentence]) => [field, [field, sentence]])),
    nature: ['nature-read', words.natureWrong],
    kind: ['kind-special', words.kindsWrong],
    persons: ['persons', words.personsWrong],
    size: ['size', words.sizeWrong],
  }
  const errors = Object.entries(sentences).flatMap(([name, [field, sentence]]) => (again.wrong.has(name) ? [{ field, sentence }] : []))
  return (
    <Page c={c} title={t.incidents.report} errors={desks.length > 0 ? errors : []}>
      <PrivacyNav c={c} />
      <Heading over={t.incidents.title}>{t.incidents.report}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : words.intro}</P>
      {desks[0] && <ReportForm c={c} boardId={desks[0].around.actor.boardId} companies={await companiesOf(c)} again={again} />}
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

interface FormProps {
  c: Context<PageEnv>
  boardId: BoardId
  companies: Supplier[]
  again: Again
}

function ReportForm({ c, boardId, companies, again: { wrong, typed, ticked: isTicked } }: FormProps) {
  const { t, deps } = c.var
  const words = t.incidents.form
  const now = amsterdamTime(deps.now())
  const moment = (value: string | undefined) => ({ type: 'datetime-local', max: now, value: value ?? '' })
  return (
    <OnceForm action="/school/incidents/report">
      <input type="hidden" name="board" value={boardId} />
      <TextArea name="summary" label={words.summary} error={wrong.has('summary') && words.summaryWrong} value={typed.summary} />
      <Choices
        name="supplier"
        label={words.where}
        options={[{ value: '', text: t.incidents.atSchool }, ...companies.map((one) => ({ value: one.supplierId, text: one.legalName }))]}
        chosen={typed.supplier ?? ''}
      />
      <Field name="found" label={words.found} error={wrong.has('found') && words.foundWrong} input={moment(typed.found ?? now)} />
      <Field
        name="from"
        label={words.from}
        hint={words.fromHint}
        error={wrong.has('from') && words.fromWrong}
        input={moment(typed.from ?? now)}
      />
      <Field name="until" label={words.until} error={wrong.has('until') && words.untilWrong} input={moment(typed.until)} />
      <Boxes
        name="nature"
        legend={words.nature}
        names={words.natures}
        chosen={isTicked('nature')}
        error={wrong.has('nature') && words.natureWrong}
      />
      <Boxes
        name="kind"
        legend={words.kinds}
        names={words.kindNames}
        chosen={isTicked('kind')}
        error={wrong.has('kind') && words.kindsWrong}
      />
      <Tick name="protected" value="yes" id="protected" text={words.protected} ticked={isTicked('protected').length > 0} />
      <TextArea
        name="persons"
        label={words.persons}
        hint={words.personsHint}
        error={wrong.has('persons') && words.personsWrong}
        value={typed.persons}
      />
      <Field
        name="size"
        label={words.size}
        error={wrong.has('size') && words.sizeWrong}
        input={{ type: 'number', min: 0, max: 9_999_999, value: typed.size ?? '' }}
      />
      <TextArea name="cause" label={words.cause} value={typed.cause} />
      <TextArea name="measures" label={words.measures} value={typed.measures} />
      <Button>{words.send}</Button>
    </OnceForm>
  )
}

function Boxes({
  name,
  legend,
  names,
  chosen,
  error,
}: {
  name: string
  legend: string
  names: Record<string, string>
  chosen: string[]
  error: string | false
}) {
  return (
    <Group legend={legend}>
      {error && <div class="utrecht-form-field-error-message">{error}</div>}
      {Object.entries(names).map(([value, label]) => (
        <Tick name={name} value={value} id={`${name}-${value}`} text={label} ticked={chosen.includes(value)} />
      ))}
    </Group>
  )
}
