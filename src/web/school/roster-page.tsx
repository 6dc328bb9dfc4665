import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { newFormToken } from '../../accounts/forms.ts'
import { idOf } from '../../http.ts'
import type { BoardId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { LARGEST_ROSTER_BYTES } from '../../rosters/routes.ts'
import { newestUploads, type RosterUpload } from '../../rosters/upload.ts'
import { uploadRoster } from '../../rosters/upload-roster.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken } from '../once-form.tsx'
import { type PageEnv, readUpload, show, signedInPage, signedInUpload } from '../page.tsx'
import { momentIn } from '../texts/dates.ts'
import { actOnce, atDesk } from './desk.ts'
import { type RegisterDesk, registerDeskFor, registerDesksOf } from './register-desk.ts'
import { SendersSection, sendersAt } from './roster-senders.tsx'
import { SchoolNav } from './school-nav.tsx'

const SHOWN = 10

const rosterForm = z.strictObject({ form: formToken, board: idOf<BoardId>() })

/** An administrator sends a list from the administration; it is read beside, and shown before it takes effect. */
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
    const { form, board } = read.data
    const desk = registerDeskFor(c, board, 'administer')
    if (!file) return show(c, await rosterPage(c, { board, sentence: c.var.t.roster.noFile }), 400)
    return await actOnce(c, desk, { form, back: '/school/roster', to: (uploadId) => `/school/roster/${uploadId}` }, () =>
      uploadRoster(c.var.deps, desk.around.actor, file),
    )
  })
  return app
}

async function rosterPage(c: Context<PageEnv>, wrong?: { board: BoardId; sentence: string }) {
  const { t } = c.var
  const desks = registerDesksOf(c).filter(({ seesAll }) => seesAll)
  const uploads = await Promise.all(desks.map((desk) => atDesk(c, desk, (tx) => newestUploads(tx, desk.around.actor.boardId, SHOWN))))
  const senders = await Promise.all(desks.map((desk) => sendersAt(c, desk)))
  const done = (['allowed', 'stopped'] as const).find((word) => word === c.req.query('done'))
  return (
    <Page c={c} title={t.roster.title} errors={wrong ? [{ field: `roster-${wrong.board}`, sentence: wrong.sentence }] : []}>
      <SchoolNav c={c} />
      {done && <Notice kind="ok">{t.roster.senders[done]}</Notice>}
      <Heading>{t.roster.title}</Heading>
      <P lead>
        {desks.length === 0 ? t.people.noTask : desks.some(({ administers }) => administers) ? t.roster.intro : t.roster.introReading}
      </P>
      {desks.map((desk, nr) => (
        <>
          {desk.administers && (
            <RosterForm c={c} desk={desk} sentence={wrong?.board === desk.around.actor.boardId ? wrong.sentence : undefined} />
          )}
          <Earlier c={c} uploads={uploads[nr]!} />
          <SendersSection c={c} desk={desk} senders={senders[nr]!} />
        </>
      ))}
      <p class="links">
        <Link href="/school/people">{t.people.title}</Link>
      </p>
    </Page>
  )
}

function RosterForm({ c, desk, sentence }: { c: Context<PageEnv>; desk: RegisterDesk; sentence: string | undefined }) {
  const words = c.var.t.roster
  const { boardId } = desk.around.actor
  return (
    <form method="post" action="/school/roster" enctype="multipart/form-data" novalidate>
      <input type="hidden" name="form" value={newFormToken()} />
      <input type="hidden" name="board" value={boardId} />
      <Field
        name="roster"
        id={`roster-${boardId}`}
        label={words.file(desk.around.boardName)}
        hint={words.fileHint}
        error={sentence ?? false}
        input={{ type: 'file', accept: '.zip,.xml,.csv,.txt,application/zip,text/xml,text/csv' }}
      />
      <Button>{words.send}</Button>
    </form>
  )
}

function Earlier({ c, uploads }: { c: Context<PageEnv>; uploads: RosterUpload[] }) {
  const { t, language } = c.var
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.roster.earlier}</h2>
      {uploads.length === 0 && <P>{t.roster.none}</P>}
      {uploads.length === SHOWN && <P>{t.onlyNewest(String(SHOWN))}</P>}
      <ul class="utrecht-unordered-list">
        {uploads.map(({ uploadId, madeAt, is }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={`/school/roster/${uploadId}`}>{t.roster.one(momentIn(language, madeAt))}</Link>{' '}
            <span class="soft">{t.roster.states[is.state]}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
