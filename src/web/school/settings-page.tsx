import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { optionalPlainText } from '../../catalog/plain-text.ts'
import { idOf } from '../../http.ts'
import type { BoardId } from '../../ids.ts'
import { type AllSettings, setBoard } from '../../people/set-board.ts'
import { type Board, boardById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Link, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field, Group, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { actOnce, atDesk } from './desk.ts'
import { registerDeskFor, registerDesksOf } from './register-desk.ts'
import { SchoolNav } from './school-nav.tsx'

const declared = z.enum(['yes', 'no'])
const fields = {
  rule: z.enum(['veto', 'all', 'any']),
  sixteen: z.enum(['carry_over', 'freeze']),
  declares: declared,
  council: declared,
  transfer: declared,
  years: z
    .string()
    .regex(/^\d{1,2}$/)
    .refine((years) => Number(years) >= 1 && Number(years) <= 20),
  form_of: optionalPlainText(100),
  address: optionalPlainText(300),
  represents: optionalPlainText(200),
  measures: optionalPlainText(2000),
}
const settings = z.object(fields)
type Fields = z.output<typeof settings>
const settingsForm = z.strictObject({
  form: formToken,
  board: idOf<BoardId>(),
  /** How it was when the page was made. */
  seen: z
    .string()
    .max(8000)
    .transform((seen): unknown => parsed(seen))
    .pipe(settings),
  ...fields,
})

/** How the board does things, set by its administrator. */
export function settingsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/settings', signedInPage, async (c) => show(c, await settingsPage(c)))

  app.post('/school/settings', signedInForm, async (c) => {
    const read = await safeReadForm(c, settingsForm)
    if (!read.ok) return show(c, await settingsPage(c, { wrong: read.wrong, typed: read.typed }), 400)
    const { form, board, seen, ...typed } = read.data
    const desk = registerDeskFor(c, board, 'administer')
    const [before, wanted] = [settingsIn(seen), settingsIn(typed)]
    // Freezing ends tokens: only who chooses it anew means that.
    const changes = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => before[name as keyof AllSettings] !== value))
    try {
      return await actOnce(c, desk, { form, back: '/school/settings', done: 'set' }, async () => {
        if (Object.keys(changes).length > 0) await setBoard(c.var.deps, desk.around.actor, board, changes, before)
      })
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await settingsPage(c, { typed: { ...typed, board }, seen }), 409)
    }
  })
  return app
}

/** What is no JSON is nothing that the schema takes. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const settingsIn = ({
  rule,
  sixteen,
  declares,
  council,
  transfer,
  years,
  form_of,
  address,
  represents,
  measures,
}: Fields): AllSettings => ({
  decisionRule: rule,
  atSixteen: sixteen,
  rosterImpliesAuthority: declares === 'yes',
  councilForRounds: council === 'yes',
  transferAsksConsent: transfer === 'yes',
  proofYears: Number(years),
  legalForm: form_of,
  address,
  representative: represents,
  measures,
})

const fieldsOf = (board: Board): Fields => ({
  rule: board.decisionRule,
  sixteen: board.atSixteen,
  declares: board.rosterImpliesAuthority ? 'yes' : 'no',
  council: board.councilForRounds ? 'yes' : 'no',
  transfer: board.transferAsksConsent ? 'yes' : 'no',
  years: String(board.proofYears),
  form_of: board.legalForm,
  address: board.address,
  represents: board.representative,
  measures: board.measures,
})

interface Again {
  wrong?: ReadonlySet<string>
  /** What was filled in, and for which board. */
  typed?: Record<string, string>
  /** Somebody else set it meanwhile: how it was before that. */
  seen?: Fields
}

async function settingsPage(c: Context<PageEnv>, { wrong = new Set(), typed = {}, seen }: Again = {}) {
  const { t } = c.var
  const words = t.people.settings
  const desks = registerDesksOf(c).filter(({ seesAll }) => seesAll)
  const boards = await Promise.all(desks.map((desk) => atDesk(c, desk, (tx) => boardById(tx, desk.around.actor.boardId))))
  return (
    <Page
      c={c}
      title={words.title}
      errors={FIELDS_OF_PEOPLE.flatMap((field) => (wrong.has(field) ? [{ field, sentence: sentenceOf(c, field) }] : []))}
    >
      <SchoolNav c={c} />
      {c.req.query('done') === 'set' && <Notice kind="ok">{words.set}</Notice>}
      {seen && <Notice kind="warning">{t.people.changedMeanwhile}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{boards.length === 0 ? t.people.noTask : words.intro}</P>
      {boards.map((board, nr) => {
        if (!desks[nr]!.administers) return <SetAs c={c} board={board} />
        const mine = typed.board === board.boardId
        return (
          <Settings
            c={c}
            board={board}
            nr={nr}
            wrong={mine ? wrong : new Set()}
            chosen={mine ? chosenOf(board, typed, seen) : fieldsOf(board)}
          />
        )
      })}
      <p class="links">
        <Link href="/school/people">{t.people.title}</Link>
      </p>
    </Page>
  )
}

/** What somebody chose themselves, and of what they left as it was how it is now. */
function chosenOf(board: Board, typed: Record<string, string>, seen: Fields | undefined): Fields {
  const now: Record<string, string> = fieldsOf(board)
  const left: Record<string, string | undefined> = seen ?? {}
  return Object.fromEntries(
    Object.entries(now).map(([name, value]) => [name, typed[name] === left[name] ? value : (typed[name] ?? value)]),
  ) as Fields
}

/** For who only reads. */
function SetAs({ c, board }: { c: Context<PageEnv>; board: Board }) {
  const words = c.var.t.people.settings
  const is = fieldsOf(board)
  return (
    <Section title={board.name}>
      <dl class="facts">
        <Fact name={words.rule}>{c.var.t.question.rules[is.rule]}</Fact>
        <Fact name={words.sixteen}>{words.sixteens[is.sixteen]}</Fact>
        <Fact name={words.declares}>{words.declared[is.declares]}</Fact>
        <Fact name={words.council}>{words.declared[is.council]}</Fact>
        <Fact name={c.var.t.transfers.setting}>{words.declared[is.transfer]}</Fact>
        <Fact name={words.years}>{is.years}</Fact>
        <Fact name={words.legalForm}>{is.form_of}</Fact>
        <Fact name={words.address}>{is.address}</Fact>
        <Fact name={words.representative}>{is.represents}</Fact>
        <Fact name={words.measures}>{is.measures}</Fact>
      </dl>
    </Section>
  )
}

/** What people type, and so can get wrong. */
const FIELDS_OF_PEOPLE = ['years', 'form_of', 'address', 'represents', 'measures'] as const
type Typable = (typeof FIELDS_OF_PEOPLE)[number]

function sentenceOf(c: Context<PageEnv>, field: Typable): string {
  const words = c.var.t.people.settings
  return field === 'years' ? words.yearsWrong : words.textWrong
}

interface SettingsProps {
  c: Context<PageEnv>
  board: Board
  nr: number
  wrong: ReadonlySet<string>
  chosen: Fields
}

function Settings({ c, board, nr, wrong, chosen }: SettingsProps) {
  const words = c.var.t.people.settings
  const id = (field: string) => (nr === 0 ? field : `${field}-${nr}`)
  const error = (field: Typable) => wrong.has(field) && sentenceOf(c, field)
  const options = (texts: Record<string, string>) => Object.entries(texts).map(([value, text]) => ({ value, text }))
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{board.name}</h2>
      <OnceForm action="/school/settings">
        <input type="hidden" name="board" value={board.boardId} />
        <input type="hidden" name="seen" value={JSON.stringify(fieldsOf(board))} />
        <Choices
          name="rule"
          id={id('rule')}
          label={words.rule}
          hint={words.ruleHint}
          options={options(c.var.t.question.rules)}
          chosen={chosen.rule}
        />
        <Choices
          name="sixteen"
          id={id('sixteen')}
          label={words.sixteen}
          hint={words.sixteenHint}
          options={options(words.sixteens)}
          chosen={chosen.sixteen}
        />
        <Choices
          name="declares"
          id={id('declares')}
          label={words.declares}
          hint={words.declaresHint}
          options={options(words.declared)}
          chosen={chosen.declares}
        />
        <Choices
          name="council"
          id={id('council')}
          label={words.council}
          hint={words.councilHint}
          options={options(words.declared)}
          chosen={chosen.council}
        />
        <Choices
          name="transfer"
          id={id('transfer')}
          label={c.var.t.transfers.setting}
          hint={c.var.t.transfers.settingHint}
          options={options(words.declared)}
          chosen={chosen.transfer}
        />
        <Field
          name="years"
          id={id('years')}
          label={words.years}
          error={error('years')}
          input={{ inputmode: 'numeric', value: chosen.years, maxlength: 2 }}
        />
        <Group legend={words.party}>
          <P>{words.partyIntro}</P>
          <Field
            name="form_of"
            id={id('form_of')}
            label={words.legalForm}
            error={error('form_of')}
            input={{ value: chosen.form_of, maxlength: 100, autocomplete: 'off' }}
          />
          <Field
            name="address"
            id={id('address')}
            label={words.address}
            error={error('address')}
            input={{ value: chosen.address, maxlength: 300, autocomplete: 'off' }}
          />
          <Field
            name="represents"
            id={id('represents')}
            label={words.representative}
            error={error('represents')}
            hint={words.representativeHint}
            input={{ value: chosen.represents, maxlength: 200, autocomplete: 'off' }}
          />
          <TextArea
            name="measures"
            id={id('measures')}
            label={words.measures}
            error={error('measures')}
            hint={words.measuresHint}
            value={chosen.measures}
            maxlength={2000}
          />
        </Group>
        <Button>{words.save}</Button>
      </OnceForm>
    </section>
  )
}
