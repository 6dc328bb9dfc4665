import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { BoardId, MappingId } from '../../ids.ts'
import { type CsvAbout, type CsvField, type CsvMapping, FIELDS, NEEDED } from '../../people/csv-roster/fields.ts'
import { guessColumns } from '../../people/csv-roster/guess.ts'
import { schoolsWithBrin } from '../../people/register.ts'
import { Refusal } from '../../refusal.ts'
import { columnsToMap, mapColumns } from '../../rosters/map-columns.ts'
import { knowsItsSchool, mappingById, mappingThatFits } from '../../rosters/mappings.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { actOnce, atDesk } from './desk.ts'
import { pathOf, uploadAtDesk } from './one-roster-page.tsx'
import { CHOOSE, ColumnChoices, inputOf, nameOfField, Sample } from './roster-columns-parts.tsx'
import { SchoolNav } from './school-nav.tsx'

const ABOUT = ['pupils', 'staff'] as const satisfies CsvAbout[]
const column = z.union([z.literal(''), z.string().regex(/^\d{1,3}$/)])
const columnsForm = z
  .object({
    form: formToken,
    about: z.enum(ABOUT),
    brin: z.string().regex(/^(choose|\d\d[A-Z]{2}(\d\d)?)?$/),
    seen: z.union([z.literal('').transform(() => null), idOf<MappingId>()]),
  })
  .catchall(column)

/** Which column of a CSV file is what: guessed, looked over beside the first rows, and kept for the next file. */
export function rosterColumnsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/roster/:uploadId/columns', signedInPage, async (c) => {
    const about = ABOUT.find((one) => one === c.req.query('about'))
    return show(c, await columnsPage(c, about ? { about } : {}))
  })

  app.post('/school/roster/:uploadId/columns', signedInForm, async (c) => {
    const { form, about, brin, seen, ...chosen } = await readForm(c, columnsForm)
    const { desk, upload } = await uploadAtDesk(c)
    if (!desk.administers) throw new Refusal('mandate_missing')
    // Somebody else has just named them: the list is being read by that, and its page shows what comes of it.
    if (upload.is.state === 'reading' && upload.mappingId !== seen) return c.redirect(`${pathOf(upload)}?done=named`, 303)
    const { header } = await atDesk(c, desk, (tx) => columnsToMap(tx, upload))
    const columns = Object.fromEntries(
      FIELDS[about].flatMap((field) => {
        const index = chosen[inputOf(field)]
        return index ? [[field, header[Number(index)] ?? '']] : []
      }),
    )
    const mapping: CsvMapping = { about, brin: brin === '' ? null : brin, columns }
    if (brin === CHOOSE) return show(c, await columnsPage(c, { mapping, noSchool: true }), 400)
    const lacking = [
      ...NEEDED.filter((field) => !mapping.columns[field]),
      ...(brin === '' && !mapping.columns.school ? ['school' as const] : []),
    ]
    if (lacking.length > 0) return show(c, await columnsPage(c, { mapping, lacking }), 400)
    try {
      return await actOnce(c, desk, { form, back: pathOf(upload), done: 'mapped' }, () =>
        mapColumns(c.var.deps, desk.around.actor, { uploadId: upload.uploadId, mapping, seen }),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await columnsPage(c, { mapping, changed: true }), 409)
    }
  })
  return app
}

interface Again {
  about?: CsvAbout
  mapping?: CsvMapping
  lacking?: CsvField[]
  /** Which school the file is of was not said. */
  noSchool?: boolean
  /** Somebody else named them meanwhile. */
  changed?: boolean
}

/** Several schools send the same columns: then the columns are known, and which school it is of has to be said each time. */
async function alike(tx: Tx, boardId: BoardId, header: readonly string[]): Promise<CsvMapping | undefined> {
  const mapping = await mappingThatFits(tx, boardId, header)
  return mapping && { ...mapping, brin: (await knowsItsSchool(tx, boardId, mapping)) ? mapping.brin : CHOOSE }
}

const aSchoolOf = (schools: readonly { brin: string }[]) => (schools.length === 1 ? schools[0]!.brin : CHOOSE)

async function columnsPage(c: Context<PageEnv>, { about, mapping, lacking = [], noSchool = false, changed = false }: Again) {
  const words = c.var.t.roster.columns
  const { desk, upload } = await uploadAtDesk(c)
  if (!desk.administers) throw new Refusal('mandate_missing')
  if (upload.format !== 'csv') throw new Refusal('roster_not_found')
  const { boardId } = desk.around.actor
  const { toMap, before, schools } = await atDesk(c, desk, async (tx) => {
    const file = await columnsToMap(tx, upload)
    const before = upload.mappingId ? await mappingById(tx, boardId, upload.mappingId) : await alike(tx, boardId, file.header)
    return { toMap: file, before, schools: await schoolsWithBrin(tx, boardId) }
  })
  const is = mapping?.about ?? about ?? before?.about ?? 'pupils'
  const guessed = guessColumns(toMap.header, is)
  const chosen =
    mapping ?? (before?.about === is ? before : { about: is, columns: guessed, brin: guessed.school ? null : aSchoolOf(schools) })
  const path = `${pathOf(upload)}/columns`
  return (
    <Page
      c={c}
      title={words.title}
      errors={[
        ...(noSchool ? [{ field: 'brin', sentence: words.chooseSchool }] : []),
        ...lacking.map((field) => ({ field: inputOf(field), sentence: words.lacks(nameOfField(c, field)) })),
      ]}
    >
      <SchoolNav c={c} />
      {changed && <Notice kind="warning">{c.var.t.people.changedMeanwhile}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{words.intro}</P>
      <Sample c={c} toMap={toMap} />
      <P>
        {is === 'pupils' ? words.aboutPupils : words.aboutStaff}{' '}
        <Link href={`${path}?about=${is === 'pupils' ? 'staff' : 'pupils'}`}>{is === 'pupils' ? words.toStaff : words.toPupils}</Link>
      </P>
      <OnceForm action={path}>
        <input type="hidden" name="about" value={is} />
        <input type="hidden" name="seen" value={upload.mappingId ?? ''} />
        <ColumnChoices c={c} header={toMap.header} chosen={chosen} schools={schools} lacking={lacking} noSchool={noSchool} />
        <Button>{words.save}</Button>
      </OnceForm>
      <div class="apart">
        <OnceForm action={`${pathOf(upload)}/cancel`}>
          <Button primary={false}>{c.var.t.roster.cancel}</Button>
        </OnceForm>
      </div>
    </Page>
  )
}
