import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { readCookie } from '../../accounts/cookies.ts'
import { supplierById } from '../../catalog/store.ts'
import { idOf } from '../../http.ts'
import type { InteractionId, PersonId } from '../../ids.ts'
import { decline } from '../../oauth/decide.ts'
import { type InBrowser, type PushedRequest, pushedIn } from '../../oauth/pushed-request.ts'
import { Refusal } from '../../refusal.ts'
import { decideByRule } from '../../sandbox/decide-by-rule.ts'
import { pupilsIn, type Sandbox, sandboxOfTwin } from '../../sandbox/sandbox.ts'
import { Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { form, type PageEnv, page, readForm, show } from '../page.tsx'
import { ruleIn } from '../supplier/sandbox-page.tsx'
import { onceDecided, type Send } from './once-decided.ts'

/**
 * Where a program under test sends its browser: nobody signs in, for the people are fictional. Whoever tries it chooses a pupil, whose
 * parent decides by their rule.
 */
export function authorizeInSandboxRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  const at = '/authorize/:interactionId/sandbox'

  app.get(at, page, async (c) => {
    const { pushed, sandbox, inBrowser } = await openIn(c)
    const supplier = await supplierById(c.var.deps.db, pushed.supplier_id)
    c.set('formLeadsTo', new URL(pushed.redirect_uri).origin)
    return show(c, await WhoPage({ c, sandbox, inBrowser, supplier: supplier?.legalName ?? '' }))
  })

  app.post(at, form, async (c) => {
    const given = await readForm(c, z.strictObject({ about: idOf<PersonId>() }))
    return await onceChosen(c, given, async (send) => {
      const { pushed, sandbox, inBrowser } = await openIn(c)
      const pupil = (await pupilsIn(c.var.deps, sandbox)).find(({ personId }) => personId === given.about)
      if (!pupil) throw new Refusal('person_not_found')
      return await send(() => decideByRule(c.var.deps, sandbox, pushed, inBrowser, pupil))
    })
  })

  app.post(`${at}/back`, form, async (c) => {
    await readForm(c, z.strictObject({}))
    return await onceChosen(c, 'back', async (send) => {
      const { inBrowser } = await openIn(c)
      return await send(() => decline(c.var.deps, inBrowser))
    })
  })
  return app
}

/** As `onceDecided`, by nobody who is signed in: once the code was collected, there is a page that says so. */
async function onceChosen(c: Context<PageEnv>, what: unknown, press: (send: Send) => Promise<Response>): Promise<Response> {
  return await onceDecided(c, { accountId: null, what, spent: () => show(c, <ChosenPage c={c} />) }, press)
}

/** @throws Refusal `authorization_over`, also for what a real program pushed */
async function openIn(c: Context<PageEnv>): Promise<{ pushed: PushedRequest; sandbox: Sandbox; inBrowser: InBrowser }> {
  const { db, now } = c.var.deps
  const id = idOf<InteractionId>().safeParse(c.req.param('interactionId'))
  if (!id.success) throw new Refusal('authorization_over')
  const inBrowser = { interactionId: id.data, browser: readCookie(c, 'browser') }
  const pushed = await pushedIn(db, inBrowser, now())
  const sandbox = await sandboxOfTwin(db, pushed.supplier_id)
  if (!sandbox) throw new Refusal('authorization_over')
  return { pushed, sandbox, inBrowser }
}

function ChosenPage({ c }: { c: Context<PageEnv> }) {
  const { chosen, chosenNext } = c.var.t.sandbox
  return (
    <Page c={c} title={chosen}>
      <Heading>{chosen}</Heading>
      <P lead>{chosenNext}</P>
    </Page>
  )
}

async function WhoPage({
  c,
  sandbox,
  inBrowser: { interactionId },
  supplier,
}: {
  c: Context<PageEnv>
  sandbox: Sandbox
  inBrowser: InBrowser
  supplier: string
}) {
  const { t } = c.var
  const words = t.sandbox
  const path = `/authorize/${interactionId}/sandbox`
  return (
    <Page c={c} title={words.who}>
      <Heading over={supplier}>{words.who}</Heading>
      <P lead>{words.whoIntro(supplier)}</P>
      {(await pupilsIn(c.var.deps, sandbox)).map(({ personId, name, rule }) => (
        <form class="card" method="post" action={path}>
          <input type="hidden" name="about" value={personId} />
          <P>{ruleIn(c, rule)}</P>
          <Button primary={false}>{name}</Button>
        </form>
      ))}
      <form method="post" action={`${path}/back`}>
        <Button primary={false}>{t.authorize.back(supplier)}</Button>
      </form>
    </Page>
  )
}
