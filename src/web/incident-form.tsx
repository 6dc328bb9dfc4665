import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import { z } from 'zod'
import { DATA_KINDS, NATURES } from '../cases/incident.ts'
import type { NewIncident } from '../cases/report-incident.ts'
import { optionalPlainText, plainText } from '../catalog/plain-text.ts'
import { amsterdamMoment, amsterdamTime } from '../clock.ts'
import { localMoment } from '../moments.ts'
import { Field, Group, TextArea, Tick } from './fields.tsx'
import { formToken } from './once-form.tsx'
import { type PageEnv, type Typed, ticked } from './page.tsx'

const text = z.string().trim().min(1).pipe(plainText(2000))
const maybe = optionalPlainText(2000)

/** What Annex 2 asks for at least (M14), whoever reports: staff of a school or a supplier. */
export const incidentFields = {
  form: formToken,
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
}
export type IncidentFields = z.infer<z.ZodObject<typeof incidentFields>>

/** What was filled in, as the commands take it. */
export function incidentFrom(fields: IncidentFields): NewIncident {
  return {
    foundAt: amsterdamMoment(fields.found),
    fromAt: amsterdamMoment(fields.from),
    untilAt: fields.until ? amsterdamMoment(fields.until) : null,
    summary: fields.summary,
    nature: fields.nature,
    dataKinds: fields.kind,
    persons: fields.persons,
    groupSize: fields.size === '' ? null : Number(fields.size),
    cause: fields.cause || null,
    measures: fields.measures || null,
    protected: fields.protected === 'yes',
  }
}

/** The moments that cannot be: found after now, begun after it was found, over before it began. */
export function momentsOutOfOrder({ foundAt, fromAt, untilAt }: NewIncident, now: Date): Set<string> {
  return new Set([
    ...(foundAt > now ? ['found'] : []),
    ...(fromAt > foundAt ? ['from'] : []),
    ...(untilAt && (untilAt < fromAt || untilAt > now) ? ['until'] : []),
  ])
}

/** A form that was not taken, with what is wrong in it. */
export type IncidentAgain = { wrong: Set<string> } & Typed
export const NOTHING_YET: IncidentAgain = { wrong: new Set(), typed: {}, ticked: () => [] }

/** As it was filled in, for a form that is shown again. */
export function incidentAgain(wrong: Set<string>, { nature, kind, protected: isProtected, ...fields }: IncidentFields): IncidentAgain {
  const chosen: Record<string, string[]> = { nature, kind, protected: isProtected ? ['yes'] : [] }
  return { wrong, typed: fields, ticked: (name) => chosen[name] ?? [] }
}

/** What is wrong, at which field. */
export function incidentErrors(c: Context<PageEnv>, { wrong }: IncidentAgain): { field: string; sentence: string }[] {
  const words = c.var.t.incidents.form
  const sentences: Record<string, [field: string, sentence: string]> = {
    found: ['found', words.foundWrong],
    from: ['from', words.fromWrong],
    until: ['until', words.untilWrong],
    summary: ['summary', words.summaryWrong],
    nature: ['nature-read', words.natureWrong],
    kind: ['kind-special', words.kindsWrong],
    persons: ['persons', words.personsWrong],
    size: ['size', words.sizeWrong],
  }
  return Object.entries(sentences).flatMap(([name, [field, sentence]]) => (wrong.has(name) ? [{ field, sentence }] : []))
}

/** @param where what else says where it happened, below the summary */
export function IncidentInputs({ c, again, where }: { c: Context<PageEnv>; again: IncidentAgain; where: Child }) {
  const { t, deps } = c.var
  const { wrong, typed, ticked: isTicked } = again
  const words = t.incidents.form
  const now = amsterdamTime(deps.now())
  const moment = (value: string | undefined) => ({ type: 'datetime-local', max: now, value: value ?? '' })
  return (
    <>
      <TextArea name="summary" label={words.summary} error={wrong.has('summary') && words.summaryWrong} value={typed.summary} />
      {where}
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
    </>
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
