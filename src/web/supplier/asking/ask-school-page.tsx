import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { Refusal } from '../../../refusal.ts'
import { type Address, askSchool, MOST_SUBJECTS, type SchoolAsk } from '../../../requests/ask-school.ts'
import { type KnownSchool, knownSchools } from '../../../requests/known-schools.ts'
import { reference } from '../../../requests/reference.ts'
import { Heading, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Choices, Field, TextArea, Tick } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { OnceForm } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { chooseUse } from './choose.tsx'
import { Rationing } from './rationing.tsx'
import { lackingIn, type Usable, usableIn, usables, useFields, useFrom, wrongFields } from './use-form.ts'
import { UseFacts, UseInputs } from './use-inputs.tsx'

const askForm = z.strictObject({
  ...useFields,
  school: z.string().trim().max(25).default(''),
  other: z
    .string()
    .transform((typed) => typed.replace(/\s/g, '').toUpperCase())
    .default(''),
  kind: z.enum(['pupil', 'employee']).default('pupil'),
  subjects: z.string().max(30_000).default(''),
  school_picks: z.literal('1').optional(),
})
type AskFields = z.infer<typeof askForm>

/** Step 1 by hand (K09): a request to a school, with subjects by the supplier's own references, or picked by the school. */
export function askSchoolRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/asking/school', signedInPage, async (c) => {
    const { desk, list, usable } = await chosenUse(c)
    if (!usable) return chooseUse(c, desk, list, { title: c.var.t.asking.askSchool, path: `${desk.path}/asking/school` })
    return show(c, await askPage(c, desk, usable))
  })

  app.post('/supplier/:supplierId/asking/school', signedInForm, async (c) => {
    const { desk, usable } = await chosenUse(c)
    if (!usable) throw new Refusal('service_not_found')
    const read = await safeReadForm(c, askForm)
    if (!read.ok) {
      const wrong = new Map([...read.wrong].map((field) => [field, c.var.t.asking.wrong.text]))
      return show(c, await askPage(c, desk, usable, { typed: read.typed, data: read.ticked('data'), wrong }), 400)
    }
    const fields = read.data
    const again = async (wrong: Map<string, string>) =>
      show(c, await askPage(c, desk, usable, { typed: typedAs(fields), data: fields.data, wrong }), 400)
    const { t } = c.var
    const [addressedTo, subjects] = [addressIn(fields), subjectsIn(fields)]
    const nobody = subjects?.length === 0 ? t.errors.refusals.blank_cheque_all_pupils : t.asking.wrong.subjects(String(MOST_SUBJECTS))
    const lacking = new Map([
      ...(addressedTo ? [] : [[fields.other ? 'other' : 'school', t.asking.wrong.school] as const]),
      ...lackingIn(t, fields),
      ...(subjects?.length ? [] : [['subjects', nobody] as const]),
    ])
    if (!addressedTo || !subjects || lacking.size > 0) return await again(lacking)
    const use = useFrom(usable, fields)
    const startsAt = use.startsAt ?? c.var.deps.now()
    try {
      return await actOnceAt(c, desk, { form: fields.form, back: `${desk.path}/asking`, done: 'asked' }, () =>
        askSchool(c.var.deps, desk.actor, { ...use, startsAt, addressedTo, subjectKind: fields.kind, subjects }),
      )
    } catch (error) {
      const wrong = error instanceof Refusal ? wrongFields(c.var.t, error) : new Map<string, string>()
      if (wrong.size === 0) throw error
      return await again(wrong)
    }
  })
  return app
}

async function chosenUse(c: Context<PageEnv>) {
  const desk = await supplierDesk(c, 'contracts')
  const list = await usables(c, desk)
  return { desk, list, usable: usableIn(c, list) }
}

/** A number typed by hand goes before a choice from the list: somebody took the trouble. */
function addressIn({ school, other }: AskFields): Address | undefined {
  const value = other || school
  if (/^\d\d[A-Z]{2}(\d\d)?$/.test(value)) return { scheme: 'BRIN', value }
  return /^\d{20}$/.test(value) ? { scheme: 'OIN', value } : undefined
}

/** One per line: the reference, and after a semicolon what helps the school find the person. */
function subjectsIn({ subjects, school_picks }: AskFields): SchoolAsk['subjects'] | undefined {
  const lines = subjects
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (school_picks) return lines.length === 0 ? 'school_picks' : undefined
  const read = lines.map((line) => {
    const [reference = '', ...hint] = line.split(';')
    return { reference: reference.trim(), hint: hint.join(';').trim() || undefined }
  })
  const sound = read.every(({ reference: name, hint = '' }) => reference.safeParse(name).success && hint.length <= 200)
  const once = new Set(read.map(({ reference }) => reference)).size === read.length
  return sound && once && read.length <= MOST_SUBJECTS ? read : undefined
}

function typedAs(fields: AskFields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value ?? '')]))
}

interface Typed {
  typed: Record<string, string>
  data: string[]
  wrong: Map<string, string>
}

async function askPage(
  c: Context<PageEnv>,
  desk: SupplierDesk,
  usable: Usable,
  { typed, data, wrong }: Typed = { typed: {}, data: [], wrong: new Map() },
) {
  const { t, deps } = c.var
  const words = t.asking
  const schools = await knownSchools(deps.db, desk.member.supplierId)
  const error = (field: string) => wrong.get(field) ?? false
  const here = `${desk.path}/asking/school?service=${usable.service.serviceId}&holder=${usable.holder.holderId}`
  return (
    <Page c={c} title={words.askSchool} errors={[...wrong].map(([field, sentence]) => ({ field, sentence }))}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{words.askSchool}</Heading>
      <P lead>{words.askSchoolIntro}</P>
      <UseFacts c={c} usable={usable} />
      <Rationing c={c} open />
      <OnceForm action={here}>
        <Choices
          name="school"
          label={words.school}
          error={error('school')}
          chosen={typed.school ?? ''}
          options={[{ value: '', text: words.choose }, ...schools.map(schoolOption)]}
        />
        <Field
          name="other"
          label={words.other}
          hint={words.otherHint}
          error={error('other')}
          input={{ value: typed.other, maxlength: 25, autocomplete: 'off' }}
        />
        <UseInputs c={c} usable={usable} typed={typed} data={data} wrong={wrong} />
        <Choices
          name="kind"
          label={words.kind}
          chosen={typed.kind ?? 'pupil'}
          options={(['pupil', 'employee'] as const).map((kind) => ({ value: kind, text: words.kinds[kind] }))}
        />
        <TextArea
          name="subjects"
          label={words.subjects}
          hint={words.subjectsHint}
          error={error('subjects')}
          value={typed.subjects}
          maxlength={30_000}
        />
        <Tick name="school_picks" value="1" id="school_picks" text={words.schoolPicks} ticked={typed.school_picks === '1'} />
        <Button>{words.send}</Button>
      </OnceForm>
    </Page>
  )
}

const schoolOption = ({ address, name, board }: KnownSchool) => ({
  value: address.value,
  text: name === board ? board : `${name} (${board})`,
})
