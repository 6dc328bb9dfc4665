import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { draftRound } from '../../../consents/draft-round.ts'
import { idOf } from '../../../http.ts'
import type { BoardId, SchoolId } from '../../../ids.ts'
import { schoolsOfBoard } from '../../../people/register.ts'
import { type SchoolYear, schoolYearOf } from '../../../people/school-year.ts'
import { boardById } from '../../../people/store.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Choices, Field, TextArea } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { actOnce, atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { isSomewhere, pathOf, type RoundDesk, roundDesksOf, seesSchool } from './round-desk.ts'

const newForm = z.strictObject({
  form: formToken,
  title: z.string().trim().min(1).max(200),
  kind: z.enum(['pupil', 'employee']),
  year: z.enum(['this', 'next']),
  /** A board, and one school of it when the round is that school's own. */
  where: z
    .string()
    .transform((where) => where.split(':'))
    .pipe(z.tuple([idOf<BoardId>()], idOf<SchoolId>()).refine((ids) => ids.length <= 2)),
  undertakings: z.string().trim().min(1).max(5000),
})

/** A new round, for this school year or the next. */
export function newRoundRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds/new', signedInPage, async (c) => show(c, await newRoundPage(c)))

  app.post('/school/rounds/new', signedInForm, async (c) => {
    const read = await safeReadForm(c, newForm)
    if (!read.ok) return show(c, await newRoundPage(c, { wrong: read.wrong, typed: read.typed }), 400)
    const { form, title, kind, year, where, undertakings } = read.data
    const [boardId, schoolId] = where
    const desk = roundDesksOf(c).find(({ around }) => around.actor.boardId === boardId)
    if (!desk) throw new Refusal('mandate_missing')
    const { thisYear } = await yearsOf(c, desk)
    return await actOnce(c, desk, { form, back: '/school/rounds', to: (made) => `${pathOf(made)}?done=made` }, () => {
      const during = year === 'next' ? { during: thisYear.endsAt } : {}
      return draftRound(c.var.deps, desk.around.actor, { title, subjectKind: kind, undertakings, schoolId, ...during })
    })
  })
  return app
}

async function yearsOf(c: Context<PageEnv>, desk: RoundDesk): Promise<{ thisYear: SchoolYear; nextYear: SchoolYear }> {
  const board = await atDesk(c, desk, (tx) => boardById(tx, desk.around.actor.boardId))
  const thisYear = schoolYearOf(board, c.var.deps.now())
  return { thisYear, nextYear: schoolYearOf(board, thisYear.endsAt) }
}

interface Again {
  wrong?: Set<string>
  typed?: Record<string, string>
}

async function newRoundPage(c: Context<PageEnv>, { wrong = new Set(), typed = {} }: Again = {}) {
  const { t } = c.var
  const words = t.rounds.form
  const desks = roundDesksOf(c).filter(({ records }) => isSomewhere(records))
  const [first] = desks
  if (!first) throw new Refusal('mandate_missing')
  const { thisYear, nextYear } = await yearsOf(c, first)
  const places = (
    await Promise.all(
      desks.map(async (desk) => {
        const { boardId } = desk.around.actor
        const schools = await atDesk(c, desk, (tx) => schoolsOfBoard(tx, boardId))
        return [
          ...(desk.records === null ? [{ value: boardId as string, text: `${desk.around.boardName} (${t.rounds.wholeBoard})` }] : []),
          ...schools
            .filter(({ schoolId }) => seesSchool(desk.records, schoolId))
            .map(({ schoolId, name }) => ({ value: `${boardId}:${schoolId}`, text: name })),
        ]
      }),
    )
  ).flat()
  const errors = [
    ...(wrong.has('title') ? [{ field: 'title', sentence: words.nameWrong }] : []),
    ...(wrong.has('undertakings') ? [{ field: 'undertakings', sentence: words.promisesWrong }] : []),
  ]
  const at = (field: string) => errors.find((error) => error.field === field)?.sentence
  return (
    <Page c={c} title={words.title} errors={errors}>
      <SchoolNav c={c} />
      <Heading over={t.rounds.title}>{words.title}</Heading>
      <P lead>{words.intro}</P>
      <OnceForm action="/school/rounds/new">
        <Field
          name="title"
          label={words.name}
          hint={words.nameHint}
          error={at('title') ?? false}
          input={{ value: typed.title ?? words.nameFor(thisYear.name), maxlength: 200, autocomplete: 'off' }}
        />
        <Choices
          name="year"
          label={words.year}
          chosen={typed.year ?? 'this'}
          options={[
            { value: 'this', text: words.thisYear(thisYear.name) },
            { value: 'next', text: words.nextYear(nextYear.name) },
          ]}
        />
        <Choices
          name="kind"
          label={words.kind}
          chosen={typed.kind ?? 'pupil'}
          options={(['pupil', 'employee'] as const).map((kind) => ({ value: kind, text: t.rounds.kinds[kind] }))}
        />
        <Choices name="where" label={words.where} chosen={typed.where ?? places[0]?.value ?? ''} options={places} />
        <TextArea
          name="undertakings"
          label={words.promises}
          hint={words.promisesHint}
          error={at('undertakings') ?? false}
          value={typed.undertakings ?? words.promisesFor}
        />
        <Button>{words.go}</Button>
      </OnceForm>
    </Page>
  )
}
