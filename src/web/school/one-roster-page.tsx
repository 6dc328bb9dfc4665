import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { csvOf } from '../../csv-for-people.ts'
import { idOf } from '../../http.ts'
import type { UploadId } from '../../ids.ts'
import { type JobView, jobById } from '../../jobs/read.ts'
import { errorCount } from '../../people/oneroster/table.ts'
import { Refusal } from '../../refusal.ts'
import { cancelRoster, confirmRoster } from '../../rosters/confirm-roster.ts'
import { type RosterUpload, uploadById } from '../../rosters/upload.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { Progress, progressHead } from '../progress.tsx'
import { momentIn } from '../texts/dates.ts'
import { publicCodeOf } from '../texts/public-code.ts'
import { actOnce, atDesk } from './desk.ts'
import { type RegisterDesk, registerDesksOf } from './register-desk.ts'
import { Confirming, Preview, RosterErrors } from './roster-parts.tsx'
import { SchoolNav } from './school-nav.tsx'

const confirmForm = z.strictObject({ form: formToken, shown: z.string().regex(/^[0-9a-f]{64}$/), ends: z.literal('much').optional() })
const cancelForm = z.strictObject({ form: formToken })

/** One list: how far reading it is, what it would change, how far taking it in is, what it changed, or what is wrong with it. */
export function oneRosterRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/roster/:uploadId', signedInPage, async (c) => {
    const found = await uploadAtDesk(c)
    return found.upload.is.state === 'mapping' && found.desk.administers
      ? c.redirect(`${pathOf(found.upload)}/columns`, 303)
      : show(c, rosterPage(c, found))
  })

  app.get('/school/roster/:uploadId/errors.csv', signedInPage, async (c) => {
    const { upload } = await uploadAtDesk(c)
    if (upload.is.state !== 'refused') throw new Refusal('roster_not_found')
    const words = c.var.t.roster
    const head = [words.errorFile, words.errorLine, words.errorColumn, words.errorWhat]
    const rows = upload.is.errors.map(({ file, line, column, message }) => [
      file,
      line > 0 ? String(line) : '',
      column ?? '',
      words.mistake(message),
    ])
    return c.body(csvOf(head, rows), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="fouten.csv"',
    })
  })

  app.post('/school/roster/:uploadId/confirm', signedInForm, async (c) => {
    const { form, shown, ends } = await readForm(c, confirmForm)
    const found = await uploadAtDesk(c)
    const { desk, upload } = found
    if (upload.is.state === 'waiting' && upload.is.preview.endsMuch && !ends) return show(c, rosterPage(c, found, true), 400)
    return await actOnce(c, desk, { form, back: pathOf(upload), done: 'confirmed' }, () =>
      confirmRoster(c.var.deps, desk.around.actor, { uploadId: upload.uploadId, changesHash: shown, endsMuch: ends === 'much' }),
    )
  })

  app.post('/school/roster/:uploadId/cancel', signedInForm, async (c) => {
    const { form } = await readForm(c, cancelForm)
    const { desk, upload } = await uploadAtDesk(c)
    return await actOnce(c, desk, { form, back: pathOf(upload), done: 'cancelled' }, () =>
      cancelRoster(c.var.deps, desk.around.actor, upload.uploadId),
    )
  })
  return app
}

interface UploadAtDesk {
  desk: RegisterDesk
  upload: RosterUpload
  job: JobView | undefined
}

export const pathOf = ({ uploadId }: RosterUpload) => `/school/roster/${uploadId}`

/**
 * The list of the path, at the desk of who administers its board or watches over it.
 *
 * @throws Refusal `roster_not_found` also for another board's
 */
export async function uploadAtDesk(c: Context<PageEnv>): Promise<UploadAtDesk> {
  const id = idOf<UploadId>().safeParse(c.req.param('uploadId'))
  if (!id.success) throw new Refusal('roster_not_found')
  for (const desk of registerDesksOf(c).filter(({ seesAll }) => seesAll)) {
    const { boardId } = desk.around.actor
    const found = await atDesk(c, desk, async (tx) => {
      const upload = await uploadById(tx, boardId, id.data)
      return upload && { upload, job: upload.jobId ? await jobById(tx, boardId, upload.jobId) : undefined }
    })
    if (found) return { desk, ...found }
  }
  throw new Refusal('roster_not_found')
}

function rosterPage(c: Context<PageEnv>, { desk: { administers }, upload, job }: UploadAtDesk, withoutWord = false) {
  const { t, language } = c.var
  const words = t.roster
  const { is } = upload
  const isWorking = (is.state === 'reading' || is.state === 'taking_in') && job?.state !== 'given_up'
  const title = words.one(momentIn(language, upload.madeAt))
  return (
    <Page c={c} title={title} errors={errorsOf(c, is, withoutWord)} head={isWorking ? progressHead : undefined}>
      <SchoolNav c={c} />
      <Told c={c} upload={upload} job={job} />
      <Heading over={words.title}>{title}</Heading>
      {isWorking && <Progress c={c} job={job} label={words.states[is.state]} />}
      {is.state === 'waiting' && (
        <>
          <Preview c={c} preview={is.preview} taken={false} />
          {administers && <Confirming c={c} path={pathOf(upload)} is={is} withoutWord={withoutWord} />}
        </>
      )}
      {is.state === 'taken' && is.preview && <Preview c={c} preview={is.preview} taken />}
      {is.state === 'refused' && <RosterErrors c={c} errors={is.errors} path={pathOf(upload)} />}
      {administers && (is.state === 'waiting' || job?.state === 'given_up') && (
        <div class="apart">
          <OnceForm action={`${pathOf(upload)}/cancel`}>
            <Button primary={false}>{words.cancel}</Button>
          </OnceForm>
        </div>
      )}
      <p class="links">
        <Link href="/school/roster">{words.toAll}</Link>
        {administers && is.state === 'waiting' && upload.format === 'csv' && (
          <Link href={`${pathOf(upload)}/columns`}>{words.columns.again}</Link>
        )}
      </p>
    </Page>
  )
}

function errorsOf(c: Context<PageEnv>, is: RosterUpload['is'], withoutWord: boolean): { field: string; sentence: string }[] {
  const words = c.var.t.roster
  if (is.state === 'refused') return [{ field: 'errors', sentence: words.wrong(String(errorCount(is.errors))) }]
  return withoutWord ? [{ field: 'ends', sentence: words.muchMissing }] : []
}

/** What the page says first: that it waits, that it was taken in, or why it was not. */
function Told({ c, upload: { is }, job }: { c: Context<PageEnv>; upload: RosterUpload; job: JobView | undefined }) {
  const { t, language } = c.var
  const words = t.roster
  if (job?.state === 'given_up' && is.state !== 'cancelled') return <Notice kind="error">{words.failed}</Notice>
  if (is.state === 'taken') return <Notice kind="ok">{words.takenAt(momentIn(language, is.at))}</Notice>
  if (is.state === 'cancelled') return <P lead>{words.cancelledAt(momentIn(language, is.at))}</P>
  if (is.state !== 'waiting') return null
  if (job?.state === 'refused') {
    const code = job.result?.code as Parameters<typeof publicCodeOf>[0]
    return <Notice kind="error">{t.errors.refusals[publicCodeOf(code)]}</Notice>
  }
  if (c.req.query('done') === 'named') return <Notice kind="warning">{words.columns.namedMeanwhile}</Notice>
  return job?.result?.changed ? <Notice kind="warning">{words.changedMeanwhile}</Notice> : <Notice kind="info">{words.waits}</Notice>
}
