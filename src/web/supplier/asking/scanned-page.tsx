import { type Context, Hono } from 'hono'
import { idOf } from '../../../http.ts'
import type { PreparedAskId } from '../../../ids.ts'
import { Refusal } from '../../../refusal.ts'
import { askPrepared } from '../../../requests/ask-prepared.ts'
import { type PreparedAsk, readyAsksOf } from '../../../requests/prepared-asks.ts'
import { Heading, Link, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Choices } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { OnceForm } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { actOnceAt, type SupplierDesk, supplierDesksOf } from '../desk.ts'
import { CodeField, codeForm, mustBeWithinCodes } from './code-field.tsx'
import { scannedScriptPath } from './scanned-script.ts'

const scannedForm = codeForm.extend({ ask: idOf<PreparedAskId>() })

interface Ready {
  desk: SupplierDesk
  prepared: PreparedAsk
}

/** Where the QR code of a link code leads whoever scans it at a supplier: which of the questions that are ready is for this parent? */
export function scannedRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/code', signedInPage, async (c) => show(c, scannedPage(c, await readyAsks(c))))

  app.post('/supplier/code', signedInForm, async (c) => {
    const ready = await readyAsks(c)
    const read = await safeReadForm(c, scannedForm)
    if (!read.ok) return show(c, scannedPage(c, ready, { wrong: read.wrong, typed: read.typed }), 400)
    const { form, code, ask } = read.data
    const chosen = ready.find(({ prepared }) => prepared.askId === ask)
    if (!chosen) throw new Refusal('prepared_ask_not_found')
    const { desk } = chosen
    await mustBeWithinCodes(c, desk.actor.supplierId)
    return await actOnceAt(c, desk, { form, back: `${desk.path}/asking/people/${ask}`, done: 'asked' }, () =>
      askPrepared(c.var.deps, desk.actor, { askId: ask, linkCode: code }),
    )
  })
  return app
}

async function readyAsks(c: Context<PageEnv>): Promise<Ready[]> {
  const ready: Ready[] = []
  for (const desk of (await supplierDesksOf(c)).filter(({ may }) => may('contracts'))) {
    for (const prepared of await readyAsksOf(c.var.deps.db, desk.member.supplierId)) ready.push({ desk, prepared })
  }
  return ready
}

interface Wrong {
  wrong: Set<string>
  typed: Record<string, string>
}

function scannedPage(c: Context<PageEnv>, ready: Ready[], { wrong, typed }: Wrong = { wrong: new Set(), typed: {} }) {
  const words = c.var.t.asking
  return (
    <Page c={c} title={words.code.title} errors={wrong.has('code') ? [{ field: 'code', sentence: words.code.missing }] : []}>
      <Heading>{words.code.title}</Heading>
      {ready.length === 0 ? (
        <>
          <P lead>{words.code.nothingReady}</P>
          <p class="links">
            <Link href="/supplier">{c.var.t.supplier.title}</Link>
          </p>
        </>
      ) : (
        <>
          <P lead>{words.code.whichAsk}</P>
          <OnceForm action="/supplier/code">
            <Choices
              name="ask"
              label={words.code.ask_}
              chosen={typed.ask ?? ready[0]!.prepared.askId}
              options={ready.map(({ desk, prepared }) => ({ value: prepared.askId, text: `${prepared.reference} (${desk.supplierName})` }))}
            />
            <CodeField c={c} wrong={wrong.has('code')} value={typed.code ?? ''} />
            <Button>{words.code.ask}</Button>
          </OnceForm>
          <script src={scannedScriptPath} defer></script>
        </>
      )}
    </Page>
  )
}
