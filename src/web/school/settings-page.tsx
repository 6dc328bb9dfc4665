import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { idOf } from '../../http.ts'
import type { BoardId } from '../../ids.ts'
import { setBoard } from '../../people/set-board.ts'
import { type Board, boardById } from '../../people/store.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { actOnce, atDesk } from './desk.ts'
import { registerDeskFor, registerDesksOf } from './register-desk.ts'
import { SchoolNav } from './school-nav.tsx'

const settingsForm = z.strictObject({
  form: formToken,
  board: idOf<BoardId>(),
  rule: z.enum(['veto', 'all', 'any']),
  sixteen: z.enum(['carry_over', 'freeze']),
  declares: z.enum(['yes', 'no']),
  council: z.enum(['yes', 'no']),
  transfer: z.enum(['yes', 'no']),
  years: z
    .string()
    .regex(/^\d{1,2}$/)
    .transform(Number)
    .pipe(z.number().min(1).max(20)),
})

/** How the board does things, set by its administrator. */
export function settingsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/settings', signedInPage, async (c) => show(c, await settingsPage(c)))

  app.post('/school/settings', signedInForm, async (c) => {
    const read = await safeReadForm(c, settingsForm)
    if (!read.ok) return show(c, await settingsPage(c, true), 400)
    const { form, board, rule, sixteen, declares, council, transfer, years } = read.data
    const desk = registerDeskFor(c, board, { administers: true })
    return await actOnce(c, desk, { form, back: '/school/settings', done: 'set' }, async () => {
      const now = await atDesk(c, desk, (tx) => boardById(tx, board))
      const wanted = {
        ...(rule !== now.decisionRule && { decisionRule: rule }),
        // Freezing ends tokens: only who chooses it anew means that.
        ...(sixteen !== now.atSixteen && { atSixteen: sixteen }),
        ...((declares === 'yes') !== now.rosterImpliesAuthority && { rosterImpliesAuthority: declares === 'yes' }),
        ...((council === 'yes') !== now.councilForRounds && { councilForRounds: council === 'yes' }),
        ...((transfer === 'yes') !== now.transferAsksConsent && { transferAsksConsent: transfer === 'yes' }),
        ...(years !== now.proofYears && { proofYears: years }),
      }
      if (Object.keys(wanted).length > 0) await setBoard(c.var.deps, desk.around.actor, board, wanted)
    })
  })
  return app
}

async function settingsPage(c: Context<PageEnv>, wrong = false) {
  const { t } = c.var
  const words = t.people.settings
  const desks = registerDesksOf(c).filter(({ administers }) => administers)
  const boards = await Promise.all(desks.map((desk) => atDesk(c, desk, (tx) => boardById(tx, desk.around.actor.boardId))))
  return (
    <Page c={c} title={words.title} errors={wrong ? [{ field: 'years', sentence: words.yearsWrong }] : []}>
      <SchoolNav c={c} />
      {c.req.query('done') === 'set' && <Notice kind="ok">{words.set}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{boards.length === 0 ? t.people.noTask : words.intro}</P>
      {boards.map((board, nr) => (
        <Settings c={c} board={board} nr={nr} wrong={wrong} />
      ))}
      <p class="links">
        <Link href="/school/people">{t.people.title}</Link>
      </p>
    </Page>
  )
}

function Settings({ c, board, nr, wrong }: { c: Context<PageEnv>; board: Board; nr: number; wrong: boolean }) {
  const words = c.var.t.people.settings
  const id = (field: string) => (nr === 0 ? field : `${field}-${nr}`)
  const options = (texts: Record<string, string>) => Object.entries(texts).map(([value, text]) => ({ value, text }))
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{board.name}</h2>
      <OnceForm action="/school/settings">
        <input type="hidden" name="board" value={board.boardId} />
        <Choices
          name="rule"
          id={id('rule')}
          label={words.rule}
          hint={words.ruleHint}
          options={options(words.rules)}
          chosen={board.decisionRule}
        />
        <Choices
          name="sixteen"
          id={id('sixteen')}
          label={words.sixteen}
          hint={words.sixteenHint}
          options={options(words.sixteens)}
          chosen={board.atSixteen}
        />
        <Choices
          name="declares"
          id={id('declares')}
          label={words.declares}
          hint={words.declaresHint}
          options={options(words.declared)}
          chosen={board.rosterImpliesAuthority ? 'yes' : 'no'}
        />
        <Choices
          name="council"
          id={id('council')}
          label={words.council}
          hint={words.councilHint}
          options={options(words.declared)}
          chosen={board.councilForRounds ? 'yes' : 'no'}
        />
        <Choices
          name="transfer"
          id={id('transfer')}
          label={c.var.t.transfers.setting}
          hint={c.var.t.transfers.settingHint}
          options={options(words.declared)}
          chosen={board.transferAsksConsent ? 'yes' : 'no'}
        />
        <Field
          name="years"
          id={id('years')}
          label={words.years}
          error={wrong && words.yearsWrong}
          input={{ inputmode: 'numeric', value: String(board.proofYears), maxlength: 2 }}
        />
        <Button>{words.save}</Button>
      </OnceForm>
    </section>
  )
}
