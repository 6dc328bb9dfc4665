import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { CHECKLIST, CHECKLIST_ANSWERS, type ChecklistPart, STATEMENTS, type Statement } from '../../cases/checklist.ts'
import { closeChecklistPoint } from '../../cases/checklist-points.ts'
import { type Sheet, sheetsOf } from '../../cases/checklist-store.ts'
import { type ChecklistAnswers, handInChecklist } from '../../cases/hand-in-checklist.ts'
import { optionalPlainText } from '../../catalog/plain-text.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Link, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field, Radios } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { momentIn } from '../texts/dates.ts'
import {
  type ChecklistDesk,
  checklistDeskOf,
  outcomePathOf,
  pageAbout,
  pointOfPath,
  pointsAt,
  publicPageAt,
  yearsAt,
} from './checklist-desk.ts'
import { PointCard } from './checklist-points.tsx'
import { actOnce, atDesk } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

const noteOf = (statement: Statement) => `note-${statement}`

const answersForm: Record<string, z.ZodType<string, string | undefined>> = Object.fromEntries(
  STATEMENTS.flatMap((statement) => [
    [statement, z.enum(CHECKLIST_ANSWERS)],
    [noteOf(statement), optionalPlainText(500)],
  ]),
)
const sheetForm = z.strictObject({ ...answersForm, form: formToken })

interface Again {
  wrong: Set<string>
  typed: Record<string, string>
  /** Handed in since that page. */
  already?: boolean
  /** A colleague closed the point first. */
  closedBefore?: boolean
}
const NOTHING_WRONG: Again = { wrong: new Set(), typed: {} }

/** The yearly checklist that everybody on the staff walks through for themselves (P46), and the points they took up. */
export function checklistRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/checklist', signedInPage, async (c) => show(c, await checklistPage(c)))

  app.post('/school/checklist', signedInForm, async (c) => {
    const desk = checklistDeskOf(c)
    if (!desk) throw new Refusal('mandate_missing')
    const read = await safeReadForm(c, sheetForm)
    if (!read.ok) return show(c, await checklistPage(c, read), 400)
    const { form, ...said } = read.data
    try {
      return await actOnce(c, desk, { form, back: pathOf(desk), done: 'handedIn' }, () =>
        handInChecklist(c.var.deps, desk.around.actor, answersIn(said)),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await checklistPage(c, { ...NOTHING_WRONG, already: true }), 409)
    }
  })

  app.post('/school/checklist/points/:pointId/close', signedInForm, async (c) => {
    const { desk, point, mine } = await pointOfPath(c)
    const { form } = await readForm(c, z.strictObject({ form: formToken }))
    try {
      return await actOnce(c, desk, { form, back: mine ? pathOf(desk) : outcomePathOf(desk, point.schoolId), done: 'closedNow' }, () =>
        closeChecklistPoint(c.var.deps, desk.around.actor, point.pointId),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await checklistPage(c, { ...NOTHING_WRONG, closedBefore: true }), 409)
    }
  })
  return app
}

const pathOf = ({ around }: ChecklistDesk) => `/school/checklist?board=${around.actor.boardId}`

function answersIn(said: Record<string, string>): Partial<ChecklistAnswers> {
  const answers: Partial<ChecklistAnswers> = {}
  for (const statement of STATEMENTS) {
    const answer = CHECKLIST_ANSWERS.find((one) => one === said[statement])
    if (answer) answers[statement] = { answer, note: said[noteOf(statement)] || null }
  }
  return answers
}

async function checklistPage(c: Context<PageEnv>, again: Again = NOTHING_WRONG) {
  const words = c.var.t.checklist
  const desk = checklistDeskOf(c)
  if (!desk)
    return (
      <Page c={c} title={words.work}>
        <PrivacyNav c={c} />
        <Heading>{words.work}</Heading>
        <P lead>{words.noTask}</P>
      </Page>
    )
  const { boardId, personId } = desk.around.actor
  const { year, before } = await yearsAt(c, desk)
  const sheets = await atDesk(c, desk, (tx) => sheetsOf(tx, boardId, personId))
  const sheet = sheets.get(year.name)
  const mine = (await pointsAt(c, desk)).filter(({ mine, point }) => mine && !point.closed)
  const done = c.req.query('done')
  return (
    <Page c={c} title={words.title(year.name)} errors={errorsOf(c, again)}>
      <div class="no-print">
        <PrivacyNav c={c} />
      </div>
      {done === 'handedIn' && <Notice kind="ok">{words.handedIn}</Notice>}
      {done === 'closedNow' && <Notice kind="ok">{words.points.closedNow}</Notice>}
      {again.already && <Notice kind="warning">{words.already}</Notice>}
      {again.closedBefore && <Notice kind="warning">{words.points.alreadyClosed}</Notice>}
      <Heading>{words.title(year.name)}</Heading>
      {desk.looksSomewhere && (
        <P>
          <Link href={outcomePathOf(desk)}>{words.toOutcome}</Link>
        </P>
      )}
      {mine.length > 0 && (
        <Section title={words.points.mine}>
          {mine.map((seen) => (
            <PointCard c={c} seen={seen} />
          ))}
        </Section>
      )}
      {sheet ? <HandedIn c={c} sheet={sheet} before={sheets.get(before)} /> : await walk(c, desk, sheets.get(before), again)}
    </Page>
  )
}

function errorsOf(c: Context<PageEnv>, { wrong }: Again) {
  const words = c.var.t.checklist
  return STATEMENTS.flatMap((statement) => [
    ...(wrong.has(statement) ? [{ field: statement, sentence: words.answerWrong(words.statements[statement]) }] : []),
    ...(wrong.has(noteOf(statement)) ? [{ field: noteOf(statement), sentence: words.noteWrong }] : []),
  ])
}

async function walk(c: Context<PageEnv>, desk: ChecklistDesk, before: Sheet | undefined, { wrong, typed }: Again) {
  const words = c.var.t.checklist
  const publicPage = await publicPageAt(c, desk)
  const options = CHECKLIST_ANSWERS.map((value) => ({ value, text: words.answers[value] }))
  return (
    <>
      <P lead>{words.intro}</P>
      <P>{words.whoReads}</P>
      <P>{words.onlyOnce}</P>
      <OnceForm action={pathOf(desk)}>
        {partsOf().map(([part, statements]) => (
          <Section title={words.parts[part]}>
            {statements.map((statement) => {
              const last = before?.answers.get(statement)
              return (
                <div class="card">
                  <Radios
                    name={statement}
                    legend={words.statements[statement]}
                    options={options}
                    chosen={typed[statement]}
                    error={wrong.has(statement) && words.answer}
                  />
                  {last && <P>{words.lastYear(words.answers[last.answer])}</P>}
                  <Field
                    name={noteOf(statement)}
                    label={words.note}
                    error={wrong.has(noteOf(statement)) && words.noteWrong}
                    input={{ maxlength: 500, value: typed[noteOf(statement)] ?? '' }}
                  />
                  <p class="no-print">
                    <Link href={pageAbout(statement, desk, publicPage)}>
                      {words.lookAt}
                      <span class="visually-hidden">: {words.statements[statement]}</span>
                    </Link>
                  </p>
                </div>
              )
            })}
          </Section>
        ))}
        <Button>{words.handIn}</Button>
      </OnceForm>
    </>
  )
}

function HandedIn({ c, sheet, before }: { c: Context<PageEnv>; sheet: Sheet; before: Sheet | undefined }) {
  const { t, language } = c.var
  const words = t.checklist
  return (
    <>
      <P lead>{words.mine(momentIn(language, sheet.handedInAt))}</P>
      <P>{words.whoReads}</P>
      <Section title={words.myAnswers}>
        {partsOf().map(([part, statements]) => (
          <article class="card">
            <h3 class="utrecht-heading-3 card__title">{words.parts[part]}</h3>
            <dl class="facts">
              {statements.map((statement) => {
                const now = sheet.answers.get(statement)
                const last = before?.answers.get(statement)
                return (
                  <Fact name={words.statements[statement]}>
                    {now && <strong>{words.answers[now.answer]}</strong>}
                    {now?.note && <div>{now.note}</div>}
                    {last && <div class="soft">{words.lastYear(words.answers[last.answer])}</div>}
                  </Fact>
                )
              })}
            </dl>
          </article>
        ))}
      </Section>
    </>
  )
}

const partsOf = () => Object.entries(CHECKLIST) as [ChecklistPart, readonly Statement[]][]
