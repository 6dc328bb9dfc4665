import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { offerDataSetAgain, withdrawDataSet } from '../../agreements/withdraw-data-set.ts'
import { CATEGORIES, type CategoryId } from '../../catalog/categories.ts'
import { addDataSet, changeDataSet, type DataSetWords } from '../../catalog/data-sets.ts'
import { type DataSet, dataSetsOf, everyDataSetOf, type Holder } from '../../catalog/store.ts'
import { dataSetEffects } from '../../consents/data-set-effects.ts'
import { writtenIn } from '../../languages.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { engineersDesk } from './clients-page.tsx'
import { actOnceAt, type SupplierDesk } from './desk.ts'
import { holderIn } from './holder-page.tsx'
import { SupplierNav } from './supplier-nav.tsx'

const wordFields = {
  nameNl: z.string().trim().max(200),
  nameEn: z.string().trim().max(200),
  path: z.string().trim().max(500),
}
const changeForm = z.strictObject({ form: formToken, ...wordFields })
const addForm = z.strictObject({ form: formToken, datatype: z.string().trim().max(100), category: z.string().max(60), ...wordFields })

const endForm = z.strictObject({ form: formToken, sure: z.literal('yes') })
const againForm = z.strictObject({ form: formToken })

type Typed = Record<string, string>
/** What was not taken: of which data set, or of the new one, which fields are wrong, and what was typed. */
interface Wrong {
  of: string | null
  fields: Map<string, string>
  typed: Typed
}

/** The data sets of a holder: an engineer adds one, and says what it is called and where it is read. */
export function dataSetRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  const at = '/supplier/:supplierId/holder/:holderId/data'

  app.get(at, signedInPage, async (c) => {
    const desk = await engineersDesk(c)
    return await dataSetsPage(c, desk, await holderIn(c, desk))
  })

  app.post(at, signedInForm, async (c) => {
    const desk = await engineersDesk(c)
    const holder = await holderIn(c, desk)
    const { form, ...typed } = await readForm(c, addForm)
    const dataSet = { datatype: typed.datatype, category: typed.category as CategoryId, ...wordsOf(typed) }
    return await orShown(c, desk, holder, { of: null, typed }, () =>
      actOnceAt(c, desk, { form, back: pathOf(desk, holder), done: 'added' }, () =>
        addDataSet(c.var.deps, desk.actor, holder.holderId, dataSet),
      ),
    )
  })

  app.get(`${at}/:datatype/end`, signedInPage, async (c) => show(c, await endPage(c)))

  app.post(`${at}/:datatype/end`, signedInForm, async (c) => {
    const { desk, holder, dataSet } = await offeredIn(c)
    const read = await safeReadForm(c, endForm)
    if (!read.ok) return show(c, await endPage(c, true), 400)
    return await actOnceAt(c, desk, { form: read.data.form, back: pathOf(desk, holder), done: 'withdrawn' }, () =>
      withdrawDataSet(c.var.deps, desk.actor, holder.holderId, dataSet.datatype),
    )
  })

  app.post(`${at}/:datatype/again`, signedInForm, async (c) => {
    const desk = await engineersDesk(c)
    const holder = await holderIn(c, desk)
    const { form } = await readForm(c, againForm)
    return await actOnceAt(c, desk, { form, back: pathOf(desk, holder), done: 'again' }, () =>
      offerDataSetAgain(c.var.deps, desk.actor, holder.holderId, c.req.param('datatype')),
    )
  })

  app.post(`${at}/:datatype`, signedInForm, async (c) => {
    const desk = await engineersDesk(c)
    const holder = await holderIn(c, desk)
    const datatype = c.req.param('datatype')
    const { form, ...typed } = await readForm(c, changeForm)
    return await orShown(c, desk, holder, { of: datatype, typed }, () =>
      actOnceAt(c, desk, { form, back: pathOf(desk, holder), done: 'changed' }, () =>
        changeDataSet(c.var.deps, desk.actor, holder.holderId, datatype, wordsOf(typed)),
      ),
    )
  })
  return app
}

const pathOf = (desk: SupplierDesk, { holderId }: Holder) => `${desk.path}/holder/${holderId}/data`
const wordsOf = ({ nameNl, nameEn, path }: DataSetWords & { path: string }): DataSetWords => ({ nameNl, nameEn, path: path || null })

/** Does it, or shows the page again with what is wrong at its field. */
async function orShown(
  c: Context<PageEnv>,
  desk: SupplierDesk,
  holder: Holder,
  { of, typed }: Pick<Wrong, 'of' | 'typed'>,
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    const fields = error instanceof Refusal && wrongIn(c, error)
    if (!fields) throw error
    return await dataSetsPage(c, desk, holder, { of, fields, typed })
  }
}

/** The sentence at each field of a form that was not taken; nothing for a refusal of another kind. */
function wrongIn(c: Context<PageEnv>, { code, details }: Refusal): Map<string, string> | undefined {
  const { wrong } = c.var.t.dataSets
  if (code === 'data_set_known') return new Map([['datatype', wrong.known]])
  if (code === 'data_set_instructed') return new Map([['nameNl', wrong.instructed]])
  if (code === 'purpose_forbidden') return new Map([['nameNl', c.var.t.errors.refusals.purpose_forbidden]])
  if (code !== 'input_invalid') return undefined
  const fields = (details.fields as (keyof typeof wrong)[] | undefined) ?? []
  return new Map(fields.map((field) => [field, wrong[field]]))
}

const DONE = ['added', 'changed', 'withdrawn', 'again'] as const

async function dataSetsPage(c: Context<PageEnv>, desk: SupplierDesk, holder: Holder, wrong?: Wrong) {
  const words = c.var.t.dataSets
  const dataSets = await everyDataSetOf(c.var.deps.db, holder.holderId)
  const done = DONE.find((word) => word === c.req.query('done'))
  const errors = [...(wrong?.fields ?? [])].map(([field, sentence]) => ({ field: idOf(field, wrong!.of), sentence }))
  return show(
    c,
    <Page c={c} title={words.title} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={holder.name}>{words.title}</Heading>
      {done && (
        <Notice kind="ok">
          <P>{words.done[done]}</P>
        </Notice>
      )}
      <P lead>{words.intro}</P>
      {dataSets.map((dataSet) => (
        <One c={c} desk={desk} holder={holder} dataSet={dataSet} wrong={wrong?.of === dataSet.datatype ? wrong : undefined} />
      ))}
      <Another c={c} desk={desk} holder={holder} wrong={wrong?.of === null ? wrong : undefined} />
      <P>
        <Link href={`${desk.path}/holder`}>{words.back}</Link>
      </P>
    </Page>,
    wrong ? 400 : 200,
  )
}

/** Several forms of a page have the same fields. */
const idOf = (field: string, of: string | null) => (of === null ? field : `${field}-${of}`)

interface FormProps {
  c: Context<PageEnv>
  desk: SupplierDesk
  holder: Holder
  wrong: Wrong | undefined
}

/** The data set of the path, while it is offered. @throws Refusal `datatype_unknown` */
async function offeredIn(c: Context<PageEnv>) {
  const desk = await engineersDesk(c)
  const holder = await holderIn(c, desk)
  const dataSet = (await dataSetsOf(c.var.deps.db, holder.holderId)).find(({ datatype }) => datatype === c.req.param('datatype'))
  if (!dataSet) throw new Refusal('datatype_unknown')
  return { desk, holder, dataSet }
}

/** What stops when it leaves the list, before it does. */
async function endPage(c: Context<PageEnv>, unsure = false) {
  const { t, deps, language } = c.var
  const words = t.dataSets.end
  const { desk, holder, dataSet } = await offeredIn(c)
  const { datatype, nameNl, nameEn } = dataSet
  const effects = await dataSetEffects(deps.db, desk.member.supplierId, { holderId: holder.holderId, datatype }, deps.now())
  const title = words.title(writtenIn(language) === 'en' ? nameEn : nameNl)
  const about = (people: number | null) =>
    people === null ? words.peopleFew : people === 0 ? words.peopleNone : words.people(String(people))
  return (
    <Page c={c} title={title} errors={unsure ? [{ field: 'sure', sentence: words.sureWrong }] : []}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={holder.name}>{title}</Heading>
      <P lead>{effects.length === 0 ? words.nowhere : words.intro}</P>
      {effects.map(({ board, people }) => (
        <article class="card">
          <h2 class="utrecht-heading-3 card__title">{board}</h2>
          <P>{about(people)}</P>
        </article>
      ))}
      {effects.length > 0 && <P>{words.after}</P>}
      <OnceForm action={`${pathOf(desk, holder)}/${datatype}/end`}>
        {unsure && <div class="utrecht-form-field-error-message">{words.sureWrong}</div>}
        <Tick name="sure" value="yes" id="sure" text={words.sure} />
        <Button>{words.button}</Button>
      </OnceForm>
      <P>
        <Link href={pathOf(desk, holder)}>{t.dataSets.title}</Link>
      </P>
    </Page>
  )
}

function One({ c, desk, holder, dataSet, wrong }: FormProps & { dataSet: DataSet }) {
  const { t, language } = c.var
  const words = t.dataSets
  const { datatype, category, nameNl, nameEn, path, withdrawnAt } = dataSet
  const name = writtenIn(language) === 'en' ? nameEn : nameNl
  if (withdrawnAt)
    return (
      <article class="card">
        <div class="spread">
          <h2 class="utrecht-heading-3 card__title">{name}</h2>
          <span class="utrecht-status-badge utrecht-status-badge--neutral">{words.off}</span>
        </div>
        <OnceForm action={`${pathOf(desk, holder)}/${datatype}/again`}>
          <Button primary={false}>
            {words.end.again}
            <span class="visually-hidden">: {name}</span>
          </Button>
        </OnceForm>
      </article>
    )
  return (
    <article class="card">
      <h2 class="utrecht-heading-3 card__title">{name}</h2>
      <dl class="facts">
        <Fact name={words.datatype}>
          <code class="doc-code">{datatype}</code>
        </Fact>
        <Fact name={words.kind}>{CATEGORIES[category][language]}</Fact>
        <Fact name={words.address}>
          <code class="doc-code">{`${holder.resource}${path ?? datatype}`}</code>
        </Fact>
      </dl>
      <details class="more" open={wrong !== undefined}>
        <summary>{words.change}</summary>
        <div class="more__body">
          <OnceForm action={`${pathOf(desk, holder)}/${datatype}`}>
            <Words c={c} of={datatype} typed={wrong?.typed ?? { nameNl, nameEn, path: path ?? '' }} wrong={wrong} />
            <Button>{words.changeButton}</Button>
          </OnceForm>
        </div>
      </details>
      <p class="links">
        <Link href={`${pathOf(desk, holder)}/${datatype}/end`}>
          {words.end.link}
          <span class="visually-hidden">: {name}</span>
        </Link>
      </p>
    </article>
  )
}

function Another({ c, desk, holder, wrong }: FormProps) {
  const { t, language } = c.var
  const words = t.dataSets
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.add}</h2>
      <OnceForm action={pathOf(desk, holder)}>
        <Field
          name="datatype"
          label={words.datatype}
          hint={words.datatypeHint}
          error={wrong?.fields.get('datatype') ?? false}
          input={{ value: wrong?.typed.datatype, maxlength: 61, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' }}
        />
        <Choices
          name="category"
          label={words.category}
          hint={words.categoryHint}
          error={wrong?.fields.get('category') ?? false}
          options={[
            { value: '', text: words.choose },
            ...Object.entries(CATEGORIES).map(([id, category]) => ({ value: id, text: category[language] })),
          ]}
          chosen={wrong?.typed.category}
        />
        <Words c={c} of={null} typed={wrong?.typed ?? {}} wrong={wrong} />
        <Button>{words.addButton}</Button>
      </OnceForm>
    </section>
  )
}

/** What a data set is called, and where it is read. */
function Words({ c, of, typed, wrong }: { c: Context<PageEnv>; of: string | null; typed: Typed; wrong: Wrong | undefined }) {
  const words = c.var.t.dataSets
  return (
    <>
      {(['nameNl', 'nameEn', 'path'] as const).map((name) => (
        <Field
          name={name}
          id={idOf(name, of)}
          label={words[name]}
          {...(name === 'path' && { hint: words.pathHint })}
          error={wrong?.fields.get(name) ?? false}
          input={{ value: typed[name], maxlength: 200, autocomplete: 'off' }}
        />
      ))}
    </>
  )
}
