import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { DELETERS, deleteData, setRetention } from '../../cases/delete-data.ts'
import {
  type DueDeletion,
  deletionsOf,
  dueDeletions,
  MOST_DELETIONS,
  RETAINED,
  type Retained,
  type RetentionRule,
  retentionRules,
} from '../../cases/retention.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { startOfAmsterdamDay } from '../../clock.ts'
import { idOf } from '../../http.ts'
import type { BoardId, PersonId } from '../../ids.ts'
import { personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field, Group, TextArea, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage, type Typed, ticked } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { numberIn } from '../texts/numbers.ts'
import { nameOf } from './case-view.ts'
import { actOnce, atDesk, type Desk, desksOf } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

const PATH = '/school/retention'
/** So many at once on the page; what was done makes place for the rest. */
const MOST = 100
const months = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number)
const ruleForm = z
  .strictObject({
    form: formToken,
    board: idOf<BoardId>(),
    category: z.enum(RETAINED),
    /** How the term was when the page was made. */
    seenMin: months,
    seenMax: months,
    min: months,
    max: months,
  })
  .refine(({ min, max }) => max >= Math.max(min, 1) && max <= 600, { path: ['max'] })
const deleteForm = z.strictObject({
  form: formToken,
  board: idOf<BoardId>(),
  category: z.enum(RETAINED),
  person: ticked(idOf<PersonId>()).refine((persons) => persons.length > 0),
  how: z.string().trim().min(1).pipe(plainText(1000)),
})

type Again = { wrong: Set<string>; category: string /** Somebody else set it meanwhile. */; overtaken?: boolean } & Typed

/** How long data are kept per category, what is due, and that it was deleted (P38). */
export function retentionRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get(PATH, signedInPage, async (c) => show(c, await retentionPage(c)))

  app.post(`${PATH}/rule`, signedInForm, async (c) => {
    const read = await safeReadForm(c, ruleForm)
    if (!read.ok) return show(c, await retentionPage(c, { ...read, wrong: new Set(['rule']), category: read.typed.category ?? '' }), 400)
    const { form, board, category, seenMin, seenMax, min, max } = read.data
    const desk = deskOf(c, board)
    const seen = { minMonths: seenMin, maxMonths: seenMax }
    try {
      return await actOnce(c, desk, { form, back: PATH, done: 'saved' }, () =>
        setRetention(c.var.deps, desk.around.actor, { category, minMonths: min, maxMonths: max, seen }),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      // What was left as it was shows how it is now.
      const typed = { board, ...(min !== seenMin && { min: String(min) }), ...(max !== seenMax && { max: String(max) }) }
      return show(c, await retentionPage(c, { overtaken: true, wrong: new Set(), category, typed, ticked: () => [] }), 409)
    }
  })

  app.post(`${PATH}/delete`, signedInForm, async (c) => {
    const read = await safeReadForm(c, deleteForm)
    if (!read.ok) return show(c, await retentionPage(c, { ...read, category: read.typed.category ?? '' }), 400)
    const { form, board, category, person, how } = read.data
    return await actOnce(c, deskOf(c, board), { form, back: PATH, done: 'recorded' }, () =>
      deleteData(c.var.deps, deskOf(c, board).around.actor, { category, subjectIds: person, how }),
    )
  })
  return app
}

/** @throws Refusal `mandate_missing` */
function deskOf(c: Context<PageEnv>, boardId: BoardId): Desk {
  const desk = desksOf(c).find(({ around }) => around.actor.boardId === boardId)
  if (!desk) throw new Refusal('mandate_missing')
  return desk
}

async function retentionPage(c: Context<PageEnv>, again?: Again) {
  const { t } = c.var
  const words = t.retention
  const desks = desksOf(c).filter(({ looksAt }) => looksAt(null))
  const done = (['saved', 'recorded'] as const).find((code) => code === c.req.query('done'))
  const errors = [
    ...(again?.wrong.has('rule') ? [{ field: `min-${again.category}`, sentence: words.rangeWrong }] : []),
    ...(again?.wrong.has('person') ? [{ field: `who-${again.category}-0`, sentence: words.whoWrong }] : []),
    ...(again?.wrong.has('how') ? [{ field: `how-${again.category}`, sentence: words.howWrong }] : []),
  ]
  return (
    <Page c={c} title={words.title} errors={desks.length > 0 ? errors : []}>
      <PrivacyNav c={c} />
      {done && !again && <Notice kind="ok">{words[done]}</Notice>}
      {again?.overtaken && <Notice kind="warning">{t.people.changedMeanwhile}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : words.intro}</P>
      {await Promise.all(desks.map((desk) => boardPart(c, desk, again)))}
    </Page>
  )
}

async function boardPart(c: Context<PageEnv>, desk: Desk, again: Again | undefined) {
  const { t, language } = c.var
  const words = t.retention
  const { boardId } = desk.around.actor
  const { rules, due, deleted, names } = await atDesk(c, desk, async (tx) => {
    const done = await deletionsOf(tx, boardId)
    return {
      rules: await retentionRules(tx, boardId),
      due: await dueDeletions(tx, boardId, c.var.deps.now()),
      deleted: done,
      names: await personsById(
        tx,
        boardId,
        done.map(({ deletedBy }) => deletedBy),
      ),
    }
  })
  const holds = (roles: readonly string[]) => desk.around.mandates.some(({ role, schoolId }) => schoolId === null && roles.includes(role))
  const count = numberIn(language)
  return (
    <>
      {due.length === 0 && <P>{words.none}</P>}
      {RETAINED.map((category) => {
        const lines = due.filter((one) => one.category === category)
        return lines.length === 0 ? null : (
          <Due c={c} boardId={boardId} category={category} lines={lines} deletes={holds(DELETERS)} again={again} />
        )
      })}
      <Section title={words.rules}>
        {RETAINED.map((category) => (
          <article class="card">
            <P>
              {words.rule(words.categories[category], String(rules[category].minMonths), String(rules[category].maxMonths))}{' '}
              <span class="soft">{rules[category].own ? words.own : words.protocol}</span>
            </P>
            {holds(['administrator']) && <Rule c={c} boardId={boardId} category={category} rule={rules[category]} again={again} />}
          </article>
        ))}
      </Section>
      {deleted.length > 0 && (
        <Section title={words.before}>
          {deleted.length === MOST_DELETIONS && <P>{t.onlyNewest(String(MOST_DELETIONS))}</P>}
          <ul class="utrecht-unordered-list">
            {deleted.map(({ category, subjects, deletedAt, deletedBy, how }) => (
              <li class="utrecht-unordered-list__item">
                {words.deleted(words.categories[category], count(subjects), dayIn(language, deletedAt), nameOf(names.get(deletedBy)))}
                <div class="soft">{how}</div>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

interface PartProps {
  c: Context<PageEnv>
  boardId: BoardId
  category: Retained
  again: Again | undefined
}

function Due({ c, boardId, category, lines, deletes, again }: PartProps & { lines: DueDeletion[]; deletes: boolean }) {
  const { t, language } = c.var
  const words = t.retention
  const mine = again?.category === category ? again : undefined
  const shown = lines.slice(0, MOST)
  const day = (one: string) => dayIn(language, startOfAmsterdamDay(one))
  const textOf = ({ name, leftOn, deleteBy, state }: DueDeletion) => `${words.line(name, day(leftOn), day(deleteBy))} (${words[state]})`
  if (!deletes) {
    return (
      <Section title={words.due(words.categories[category])}>
        <ul class="utrecht-unordered-list">
          {shown.map((one) => (
            <li class="utrecht-unordered-list__item">{textOf(one)}</li>
          ))}
        </ul>
      </Section>
    )
  }
  return (
    <Section title={words.due(words.categories[category])} intro={category === 'administration' ? words.here : ''}>
      <OnceForm action={`${PATH}/delete`}>
        <input type="hidden" name="board" value={boardId} />
        <input type="hidden" name="category" value={category} />
        <Group legend={words.who}>
          {mine?.wrong.has('person') && <div class="utrecht-form-field-error-message">{words.whoWrong}</div>}
          {shown.map((one, nr) => (
            <Tick
              name="person"
              value={one.subjectId}
              id={`who-${category}-${nr}`}
              text={textOf(one)}
              ticked={mine?.ticked('person').includes(one.subjectId) ?? false}
            />
          ))}
        </Group>
        {lines.length > MOST && <P>{words.more(String(lines.length - MOST))}</P>}
        <TextArea
          name="how"
          id={`how-${category}`}
          label={words.how}
          hint={words.howHint}
          error={mine?.wrong.has('how') && words.howWrong}
          value={mine?.typed.how}
        />
        <Button>{words.done}</Button>
      </OnceForm>
    </Section>
  )
}

function Rule({ c, boardId, category, rule, again }: PartProps & { rule: RetentionRule }) {
  const words = c.var.t.retention
  const mine =
    (again?.wrong.has('rule') || again?.overtaken) && again.category === category && again.typed.board === boardId ? again : undefined
  return (
    <details class="more" open={mine !== undefined}>
      <summary>{words.change}</summary>
      <div class="more__body">
        <OnceForm action={`${PATH}/rule`}>
          <input type="hidden" name="board" value={boardId} />
          <input type="hidden" name="category" value={category} />
          <input type="hidden" name="seenMin" value={mine?.typed.seenMin ?? String(rule.minMonths)} />
          <input type="hidden" name="seenMax" value={mine?.typed.seenMax ?? String(rule.maxMonths)} />
          <Field
            name="min"
            id={`min-${category}`}
            label={words.min}
            error={mine?.wrong.has('rule') && words.rangeWrong}
            input={{ type: 'number', min: 0, max: 600, value: mine?.typed.min ?? rule.minMonths }}
          />
          <Field
            name="max"
            id={`max-${category}`}
            label={words.max}
            input={{ type: 'number', min: 1, max: 600, value: mine?.typed.max ?? rule.maxMonths }}
          />
          <Button primary={false}>{words.save}</Button>
        </OnceForm>
      </div>
    </details>
  )
}
