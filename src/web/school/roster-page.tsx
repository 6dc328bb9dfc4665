import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { takeForm } from '../../accounts/forms.ts'
import { idOf } from '../../http.ts'
import type { BoardId } from '../../ids.ts'
import type { RosterSummary } from '../../people/import-roster.ts'
import type { RosterError } from '../../people/oneroster/bundle.ts'
import { lastRosters } from '../../people/register.ts'
import { takeInRoster } from '../../people/take-in-roster.ts'
import { Refusal } from '../../refusal.ts'
import { attempt } from '../attempt.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, readUpload, sessionIn, show, signedInPage, signedInUpload } from '../page.tsx'
import { momentIn } from '../texts/dates.ts'
import { atDesk } from './desk.ts'
import { type RegisterDesk, registerDeskFor, registerDesksOf } from './register-desk.ts'
import { RosterErrors, RosterForm, Taken } from './roster-parts.tsx'
import { SchoolNav } from './school-nav.tsx'

/** A hundred thousand users come to some eight million bytes, zipped. */
const LARGEST_ROSTER_BYTES = 32 * 1024 * 1024

const rosterForm = z.strictObject({
  form: z.string().min(20).max(100),
  board: idOf<BoardId>(),
  ends: z.literal('much').optional(),
})

/** An administrator takes in a OneRoster bundle: whole, or not at all and with every error by its place. */
export function rosterRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/roster', signedInPage, async (c) => show(c, await rosterPage(c)))

  app.post('/school/roster', signedInUpload, async (c) => {
    // Before anything of the file is read: what is this large, only they may send.
    if (!registerDesksOf(c).some(({ administers }) => administers)) throw new Refusal('mandate_missing')
    const { fields, file } = await readUpload(c, 'roster', LARGEST_ROSTER_BYTES)
    const read = rosterForm.safeParse(fields)
    if (!read.success) throw new Refusal('input_invalid')
    const { form, board, ends } = read.data
    const desk = registerDeskFor(c, board, { administers: true })
    if (!file) return show(c, await rosterPage(c, { kind: 'no_file' }), 400)
    try {
      await takeForm(c.var.deps.db, sessionIn(c).accountId, form, c.var.deps.now())
      const { actor } = desk.around
      const summary = await attempt(c, actor, 'organisation', () => takeInRoster(c.var.deps, actor, file, { endsMuch: ends === 'much' }))
      return show(c, await rosterPage(c, { kind: 'taken', summary }))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code === 'form_used') return c.redirect('/school/roster', 303)
      if (error.code === 'roster_invalid') {
        return show(c, await rosterPage(c, { kind: 'wrong', errors: error.details.errors as RosterError[] }), 400)
      }
      if (error.code === 'roster_ends_too_much') {
        const { ends, of } = error.details as { ends: number; of: number }
        return show(c, await rosterPage(c, { kind: 'ends_much', ends, of }), 409)
      }
      throw error
    }
  })
  return app
}

type Outcome =
  | { kind: 'no_file' }
  | { kind: 'taken'; summary: RosterSummary }
  | { kind: 'wrong'; errors: RosterError[] }
  | { kind: 'ends_much'; ends: number; of: number }

async function rosterPage(c: Context<PageEnv>, outcome?: Outcome) {
  const { t } = c.var
  const words = t.people.roster
  const desks = registerDesksOf(c).filter(({ administers }) => administers)
  const sentence = outcome && errorIn(words, outcome)
  return (
    <Page c={c} title={words.title} errors={sentence ? [{ field: 'roster', sentence }] : []}>
      <SchoolNav c={c} />
      {outcome?.kind === 'taken' && <Notice kind="ok">{words.taken}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? t.people.noTask : words.intro}</P>
      {outcome?.kind === 'taken' && <Taken c={c} summary={outcome.summary} />}
      {outcome?.kind === 'wrong' && <RosterErrors c={c} errors={outcome.errors} />}
      {desks.map((desk, nr) => (
        <RosterForm
          c={c}
          desk={desk}
          id={nr === 0 ? 'roster' : `roster-${nr}`}
          sentence={sentence}
          endsMuch={outcome?.kind === 'ends_much'}
        />
      ))}
      {await Promise.all(desks.map(async (desk) => <Last c={c} moments={await lastAt(c, desk)} />))}
      <p class="links">
        <Link href="/school/people">{t.people.title}</Link>
      </p>
    </Page>
  )
}

function errorIn(words: PageEnv['Variables']['t']['people']['roster'], outcome: Outcome): string | undefined {
  if (outcome.kind === 'no_file') return words.noFile
  if (outcome.kind === 'wrong') return words.wrong(String(outcome.errors.length))
  return outcome.kind === 'ends_much' ? words.endsMuch(String(outcome.ends), String(outcome.of)) : undefined
}

const lastAt = (c: Context<PageEnv>, desk: RegisterDesk) => atDesk(c, desk, (tx) => lastRosters(tx, desk.around.actor.boardId))

function Last({ c, moments }: { c: Context<PageEnv>; moments: { importedAt: Date; persons: number }[] }) {
  const { t, language } = c.var
  if (moments.length === 0) return null
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.people.roster.last}</h2>
      <ul class="utrecht-unordered-list">
        {moments.map(({ importedAt, persons }) => (
          <li class="utrecht-unordered-list__item">{t.people.roster.one(momentIn(language, importedAt), String(persons))}</li>
        ))}
      </ul>
    </section>
  )
}
