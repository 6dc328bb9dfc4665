import { type Context, Hono } from 'hono'
import { askLedgerExport, exportById, exportedFile } from '../../cases/ledger-export.ts'
import { idOf } from '../../http.ts'
import type { ExportId } from '../../ids.ts'
import { jobById } from '../../jobs/read.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { Progress, progressHead } from '../progress.tsx'
import { dayIn } from '../texts/dates.ts'
import { numberIn } from '../texts/numbers.ts'
import { actOnce, atDesk } from './desk.ts'
import { dpoDesk, dpoDesks, exportForm, queryOf } from './ledger-desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

/** The ledger as a file: a job makes it, a page shows how far that is, and then it can be taken along. */
export function ledgerFileRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.post('/school/ledger/files', signedInForm, async (c) => {
    const read = await safeReadForm(c, exportForm)
    if (!read.ok) throw new Refusal('input_invalid')
    const { form, as: format, ...query } = read.data
    const desk = dpoDesk(c, query)
    return await actOnce(c, desk, { form, back: '/school/ledger', to: (made) => `/school/ledger/files/${made}` }, () =>
      askLedgerExport(c.var.deps, desk.around.actor, { format, query: queryOf(query) }),
    )
  })

  app.get('/school/ledger/files/:exportId', signedInPage, async (c) => show(c, await filePage(c)))

  app.get('/school/ledger/files/:exportId/file', signedInPage, async (c) => {
    const { desk, exportId, made, job } = await exportAtDesk(c)
    if (job?.state !== 'done') throw new Refusal('not_found')
    const content = await atDesk(c, desk, (tx) => exportedFile(tx, desk.around.actor.boardId, exportId))
    const type = made.format === 'csv' ? 'text/csv' : 'application/json'
    return c.body(content, 200, {
      'content-type': `${type}; charset=utf-8`,
      'content-disposition': `attachment; filename="ledger-${made.askedAt.toISOString().slice(0, 10)}.${made.format}"`,
    })
  })
  return app
}

/** @throws Refusal `not_found` also for another board's, and for whoever is no data protection officer */
async function exportAtDesk(c: Context<PageEnv>) {
  const id = idOf<ExportId>().safeParse(c.req.param('exportId'))
  for (const desk of dpoDesks(c)) {
    if (!id.success) break
    const { boardId } = desk.around.actor
    const found = await atDesk(c, desk, async (tx) => {
      const made = await exportById(tx, boardId, id.data).catch((error: unknown) => {
        if (error instanceof Refusal) return undefined
        throw error
      })
      return made && { made, job: await jobById(tx, boardId, made.jobId) }
    })
    if (found) return { desk, exportId: id.data, ...found }
  }
  throw new Refusal('not_found')
}

async function filePage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.oversight.ledger
  const { exportId, made, job } = await exportAtDesk(c)
  const isBusy = job?.state === 'waiting' || job?.state === 'running'
  const keptUntil = new Date(made.askedAt.getTime() + 7 * 86_400_000)
  return (
    <Page c={c} title={words.file} {...(isBusy && { head: progressHead })}>
      <PrivacyNav c={c} />
      <Heading>{words.file}</Heading>
      {isBusy && <Progress c={c} job={job} label={words.fileBusy} />}
      {job?.state === 'done' && (
        <>
          <Notice kind="ok">{words.fileReady(numberIn(language)(Number(job.result?.entries ?? 0)))}</Notice>
          <p class="links">
            <Link href={`/school/ledger/files/${exportId}/file`}>{words.fileTake}</Link>
          </p>
          {keptUntil > deps.now() && <P>{words.fileKept(dayIn(language, keptUntil))}</P>}
        </>
      )}
      {(job?.state === 'refused' || job?.state === 'given_up') && <Notice kind="error">{words.fileFailed}</Notice>}
      <p class="links">
        <Link href="/school/ledger">{words.title}</Link>
      </p>
    </Page>
  )
}
