import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type KeysFault, KeysNotServed } from '../../catalog/keys-at-address.ts'
import { changeClientKeys, endOwnClient, limitOwnClient } from '../../catalog/manage-client.ts'
import type { ClientId } from '../../ids.ts'
import { keysAsServed } from '../../oauth/client-keys.ts'
import { type LoggedRequest, requestsOf } from '../../oauth/client-requests.ts'
import { type TriedFault, tryAssertion } from '../../oauth/try-assertion.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { FoldedAct, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { Row, Table } from '../table.tsx'
import { momentIn } from '../texts/dates.ts'
import type { Messages } from '../texts/shape.ts'
import {
  addressWrong,
  KeysFields,
  type KeysTyped,
  type KeysWrong,
  keysFields,
  keysGiven,
  NONE_WRONG,
  wrongBy,
} from './client-keys-form.tsx'
import { Limits, type LimitsTicked, limitForm, offeredTo } from './client-limits.tsx'
import { whyIn } from './client-reasons.ts'
import { ClientFacts, engineersDesk } from './clients-page.tsx'
import { actOnceAt, type SupplierDesk } from './desk.ts'
import { type OwnedClient, ownedClients } from './owned-clients.ts'
import { SupplierNav } from './supplier-nav.tsx'

const form = z.string().min(1).max(100)
const keysForm = z.strictObject({ form, ...keysFields })
const onlyForm = z.strictObject({ form })
const testForm = z.strictObject({ assertion: z.string().trim().default('') })
const MOST_LOGGED = 200
/** A program that waits for a parent is answered so, time and again: nothing is wrong (CIBA §11). */
const STILL_WAITING = ['authorization_pending', 'slow_down']

/** One program of a supplier: its keys, at which holders it may ask, whether it gets through, and how its requests were answered. */
export function supplierClientRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  const at = '/supplier/:supplierId/clients/:clientId'

  app.get(at, signedInPage, async (c) => {
    const { desk, client } = await mine(c)
    return await clientPage(c, desk, client)
  })

  app.post(`${at}/keys`, signedInForm, async (c) => {
    const { desk, client, path } = await mine(c)
    const { form, ...typed } = await readForm(c, keysForm)
    try {
      const given = keysGiven(typed)
      return await actOnceAt(c, desk, { form, back: path, done: 'keys' }, () =>
        changeClientKeys(c.var.deps, desk.actor, client.clientId, given),
      )
    } catch (error) {
      const wrong = wrongBy(error)
      if (!wrong) throw error
      return await clientPage(c, desk, client, { wrong, typed })
    }
  })

  app.post(`${at}/limit`, signedInForm, async (c) => {
    const { desk, client, path } = await mine(c)
    const { form, ...ticked } = await readForm(c, limitForm)
    const orAny = (some: string[]) => (some.length > 0 ? some : null)
    const limits = { types: ticked.types, holders: orAny(ticked.holders), datatypes: orAny(ticked.datatypes) }
    try {
      return await actOnceAt(c, desk, { form, back: path, done: 'limited' }, () =>
        limitOwnClient(c.var.deps, desk.actor, client.clientId, limits),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'datatype_unknown')) throw error
      return await clientPage(c, desk, client, { limits: ticked })
    }
  })

  app.post(`${at}/end`, signedInForm, async (c) => {
    const { desk, client, path } = await mine(c)
    const { form } = await readForm(c, onlyForm)
    return await actOnceAt(c, desk, { form, back: path, done: 'ended' }, () => endOwnClient(c.var.deps, desk.actor, client.clientId))
  })

  app.post(`${at}/test`, signedInForm, async (c) => {
    const { desk, client } = await mine(c)
    const { assertion } = await readForm(c, testForm)
    return await clientPage(c, desk, client, { tried: assertion ? await signedBy(c, client, assertion) : await tryKeys(c, client) })
  })
  return app
}

/** @throws Refusal `client_not_found`, also for another supplier's */
async function mine(c: Context<PageEnv>): Promise<{ desk: SupplierDesk; client: OwnedClient; path: string }> {
  const desk = await engineersDesk(c)
  const id = c.req.param('clientId') as ClientId
  const client = (await ownedClients(c.var.deps.db, desk.member.supplierId)).find(({ clientId }) => clientId === id)
  if (!client) throw new Refusal('client_not_found')
  return { desk, client, path: `${desk.path}/clients/${encodeURIComponent(id)}` }
}

/** What came of trying: keys at an address that work, or an assertion that would let the program in; or why not. */
type Tried = { keys: number } | { fault: KeysFault | 'too_often' } | { assertion: TriedFault | undefined }

/** Only what the program itself signs shows that its private key goes with one that we have. */
const signedBy = async ({ var: { deps } }: Context<PageEnv>, { clientId }: OwnedClient, assertion: string): Promise<Tried> => ({
  assertion: await tryAssertion(deps, clientId, assertion),
})

/** How many keys at the address of a client work, fetched now; keys that were pasted worked when they were. */
async function tryKeys({ var: { deps } }: Context<PageEnv>, { clientId, jwksUri }: OwnedClient): Promise<Tried> {
  if (jwksUri === null) return { assertion: 'missing' }
  try {
    return { keys: (await keysAsServed(deps, { client_id: clientId, jwks_uri: jwksUri }, deps.now())).length }
  } catch (error) {
    if (error instanceof KeysNotServed) return { fault: error.fault }
    if (error instanceof Refusal && error.code === 'too_many_requests') return { fault: 'too_often' }
    throw error
  }
}

interface Shown {
  wrong?: KeysWrong
  typed?: KeysTyped
  tried?: Tried
  /** What was ticked that does not go together. */
  limits?: LimitsTicked
}

async function clientPage(
  c: Context<PageEnv>,
  desk: SupplierDesk,
  client: OwnedClient,
  { wrong = NONE_WRONG, typed, tried, limits }: Shown = {},
) {
  const t = c.var.t.machine.clients
  const { db } = c.var.deps
  const path = `${desk.path}/clients/${encodeURIComponent(client.clientId)}`
  const [log, offered] = await Promise.all([
    requestsOf(db, client.clientId, { limit: MOST_LOGGED }),
    offeredTo(c, desk.member.supplierId, client),
  ])
  const done = c.req.query('done')
  const title = client.hosted ? t.hostedName : client.name || t.ways[client.way]
  const manages = !client.hosted && !client.disabledAt
  const errors = [...wrong.fields].map((field) => ({ field, sentence: field === 'jwks_uri' ? addressWrong(c.var.t, wrong) : t.jwksWrong }))
  if (limits) errors.push({ field: 'datatypes', sentence: t.limitWrong })
  const assertionWrong = tried && 'assertion' in tried && tried.assertion && t.tested.assertionFaults[tried.assertion]
  if (assertionWrong) errors.push({ field: 'assertion', sentence: assertionWrong })
  return show(
    c,
    <Page c={c} title={title} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={t.title}>{title}</Heading>
      {(done === 'keys' || done === 'limited' || done === 'ended') && (
        <Notice kind="ok">
          <P>{t.done[done]}</P>
        </Notice>
      )}
      {client.hosted && <P>{t.hosted}</P>}
      {client.disabledAt && <P>{t.ended}</P>}
      <ClientFacts c={c} client={client} />
      {manages && (
        <>
          <Tested c={c} client={client} path={path} log={log} tried={tried} wrong={assertionWrong || undefined} />
          <details class="more" open={wrong.fields.size > 0}>
            <summary>{t.rotate}</summary>
            <div class="more__body">
              <P>{t.rotateIntro}</P>
              <OnceForm action={`${path}/keys`}>
                <KeysFields c={c} {...(typed && { typed })} wrong={wrong} />
                <Button>{t.rotateButton}</Button>
              </OnceForm>
            </div>
          </details>
          {client.way !== 'holder' && <Limits c={c} action={`${path}/limit`} client={client} offered={offered} wrong={limits} />}
          <FoldedAct title={t.end} action={`${path}/end`} button={t.endButton}>
            <P>{t.endIntro}</P>
          </FoldedAct>
        </>
      )}
      <Log c={c} log={log} />
    </Page>,
    errors.length > 0 ? 400 : 200,
  )
}

interface TestedProps {
  c: Context<PageEnv>
  client: OwnedClient
  path: string
  log: LoggedRequest[]
  tried: Tried | undefined
  /** What is wrong with the assertion that was tried. It is not shown again: it opens the door for as long as it lasts. */
  wrong: string | undefined
}

/** Whether the program can get through: what it signs and its keys as they are now, and the last time that it did and did not. */
function Tested({ c, client, path, log, tried, wrong }: TestedProps) {
  const { t, language } = c.var
  const words = t.machine.clients
  const [good, bad] = [log.find(({ code }) => code === ''), log.find(({ code }) => code !== '' && !STILL_WAITING.includes(code))]
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.test}</h2>
      {tried && !wrong && (
        <Notice kind={'fault' in tried ? 'warning' : 'ok'}>
          <P>{triedIn(words, tried)}</P>
        </Notice>
      )}
      <P>{good ? words.tested.last(momentIn(language, good.minute)) : words.tested.never}</P>
      {!good && (
        <P>
          <Link href="/docs/supplier">{t.machine.docs}</Link>
        </P>
      )}
      {bad && <P>{words.tested.lastWrong(momentIn(language, bad.minute), whyIn(t, bad.code))}</P>}
      <dl class="facts">
        <Fact name={words.issuer}>
          <code class="doc-code">{c.var.deps.issuer}</code>
        </Fact>
      </dl>
      <form method="post" action={`${path}/test`}>
        <TextArea
          name="assertion"
          label={words.tested.assertion}
          hint={client.jwksUri === null ? words.tested.assertionHint : words.tested.assertionOrAddress}
          error={wrong ?? false}
          maxlength={20_000}
        />
        <Button primary={false}>{words.testButton}</Button>
      </form>
    </section>
  )
}

function triedIn({ tested, faults }: Messages['machine']['clients'], tried: Tried): string {
  if ('assertion' in tried) return tested.signed
  if ('keys' in tried) return tested.found(String(tried.keys))
  return tried.fault === 'too_often' ? tested.tooOften : faults[tried.fault]
}

function Log({ c, log }: { c: Context<PageEnv>; log: LoggedRequest[] }) {
  const { t, language } = c.var
  const words = t.machine.clients
  const columns = [words.columns.minute, words.columns.route, words.columns.answer, words.columns.count, words.columns.why]
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced" id="log">
        {words.log}
      </h2>
      <P>{words.logIntro}</P>
      {log.length === MOST_LOGGED && <P>{t.onlyNewest(String(MOST_LOGGED))}</P>}
      {log.length === 0 ? (
        <P>{words.logNone}</P>
      ) : (
        <Table label={words.log} head={columns}>
          {log.map(({ minute, route, status, code, count }) => (
            <Row
              cells={[
                momentIn(language, minute),
                <code class="doc-code">{route}</code>,
                code ? `${status} ${code}` : `${status} ${words.good}`,
                count,
                code && whyIn(t, code),
              ]}
            />
          ))}
        </Table>
      )}
      <P>
        <Link href="/docs/errors">{words.more}</Link>
      </P>
    </section>
  )
}
