import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { registerOwnClient } from '../../catalog/manage-client.ts'
import { Refusal } from '../../refusal.ts'
import { sandboxOf } from '../../sandbox/sandbox.ts'
import { Fact, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { addressWrong, KeysFields, type KeysWrong, keysFields, keysGiven, NONE_WRONG, wrongBy } from './client-keys-form.tsx'
import { actOnceAt, type SupplierDesk, supplierDesk } from './desk.ts'
import { type OwnedClient, ownedClients } from './owned-clients.ts'
import { SupplierNav } from './supplier-nav.tsx'

const WAYS = ['organisation', 'ciba', 'redirect'] as const
const registerForm = z.strictObject({
  form: z.string().min(1).max(100),
  name: z.string().trim().min(1).max(100),
  way: z.enum(WAYS),
  world: z.enum(['real', 'sandbox']).default('real'),
  ...keysFields,
  redirects: z
    .string()
    .max(5000)
    .default('')
    .transform((lines) => lines.split(/\s+/).filter(Boolean)),
})

/** The programs of a supplier, and of the holders it is; an engineer registers one. */
export function supplierClientsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/clients', signedInPage, async (c) => await clientsPage(c, await engineersDesk(c)))

  app.post('/supplier/:supplierId/clients', signedInForm, async (c) => {
    const desk = await engineersDesk(c)
    const read = await safeReadForm(c, registerForm)
    if (!read.ok) return await clientsPage(c, desk, { wrong: { fields: read.wrong }, typed: read.typed })
    const { form, redirects, name, way, world, ...keys } = read.data
    try {
      const given = keysGiven(keys)
      return await actOnceAt(c, desk, { form, back: `${desk.path}/clients`, done: 'registered' }, () =>
        registerOwnClient(c.var.deps, desk.actor, { ...given, name, way, redirectUris: redirects, inSandbox: world === 'sandbox' }),
      )
    } catch (error) {
      const wrong = wrongBy(error)
      if (!wrong) throw error
      return await clientsPage(c, desk, { wrong, typed: { name, way, world, redirects: redirects.join('\n'), ...keys } })
    }
  })
  return app
}

/** @throws Refusal `member_role_missing` */
export async function engineersDesk(c: Context<PageEnv>): Promise<SupplierDesk> {
  const desk = await supplierDesk(c)
  if (!desk.may('engineer')) throw new Refusal('member_role_missing')
  return desk
}

interface Wrong {
  wrong: KeysWrong
  typed: Record<string, string>
}

async function clientsPage(c: Context<PageEnv>, desk: SupplierDesk, { wrong, typed }: Wrong = { wrong: NONE_WRONG, typed: {} }) {
  const words = c.var.t.machine
  const { clients: t } = words
  const [clients, sandbox] = await Promise.all([
    ownedClients(c.var.deps.db, desk.member.supplierId),
    sandboxOf(c.var.deps.db, desk.member.supplierId),
  ])
  const sentences: Record<string, string> = {
    name: t.nameWrong,
    way: t.wayWrong,
    jwks: t.jwksWrong,
    jwks_uri: addressWrong(c.var.t, wrong),
    redirects: t.redirectsWrong,
  }
  const errors = [...wrong.fields].map((field) => ({ field, sentence: sentences[field] ?? t.nameWrong }))
  return show(
    c,
    <Page c={c} title={t.title} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{t.title}</Heading>
      {c.req.query('done') === 'registered' && (
        <Notice kind="ok">
          <P>{t.done.registered}</P>
        </Notice>
      )}
      <P lead>{t.intro}</P>
      <P>
        <Link href="/docs/supplier">{words.docs}</Link>
      </P>
      {clients.length === 0 && <P>{t.none}</P>}
      {clients.map((client) => (
        <Card c={c} desk={desk} client={client} />
      ))}
      <section>
        <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.register}</h2>
        <OnceForm action={`${desk.path}/clients`}>
          <Field
            name="name"
            label={t.name}
            error={wrong.fields.has('name') && t.nameWrong}
            input={{ value: typed.name, maxlength: 100, autocomplete: 'off' }}
          />
          <Choices
            name="way"
            label={t.way}
            error={wrong.fields.has('way') && t.wayWrong}
            options={WAYS.map((way) => ({ value: way, text: t.ways[way] }))}
            chosen={typed.way}
          />
          {sandbox && (
            <Choices
              name="world"
              label={c.var.t.sandbox.world}
              options={(['real', 'sandbox'] as const).map((world) => ({ value: world, text: c.var.t.sandbox.worlds[world] }))}
              chosen={typed.world}
            />
          )}
          <KeysFields c={c} typed={typed} wrong={wrong} />
          <TextArea
            name="redirects"
            label={t.redirects}
            hint={t.redirectsHint}
            error={wrong.fields.has('redirects') && t.redirectsWrong}
            value={typed.redirects}
          />
          <Button>{t.registerButton}</Button>
        </OnceForm>
      </section>
    </Page>,
    wrong.fields.size > 0 ? 400 : 200,
  )
}

function Card({ c, desk, client }: { c: Context<PageEnv>; desk: SupplierDesk; client: OwnedClient }) {
  const t = c.var.t.machine.clients
  const { clientId, way, hosted, disabledAt } = client
  const name = hosted ? t.hostedName : client.name || t.ways[way]
  return (
    <article class="card">
      <h2 class="utrecht-heading-3 card__title">{name}</h2>
      <ClientFacts c={c} client={client} />
      {hosted && <P>{t.hosted}</P>}
      {disabledAt && <P>{t.ended}</P>}
      <P>
        <Link href={`${desk.path}/clients/${encodeURIComponent(clientId)}`}>{t.open(name)}</Link>
      </P>
    </article>
  )
}

/** What a client is registered as. */
export function ClientFacts({
  c,
  client: { clientId, way, jwksUri, kids, types, holders, datatypes, inSandbox },
}: {
  c: Context<PageEnv>
  client: OwnedClient
}) {
  const t = c.var.t.machine.clients
  return (
    <dl class="facts">
      <Fact name={t.id}>
        <code class="doc-code">{clientId}</code>
      </Fact>
      <Fact name={t.way}>{t.ways[way]}</Fact>
      <Fact name={jwksUri ? t.keys : t.keyNames}>{jwksUri ? t.keysAt(jwksUri) : kids.join(', ')}</Fact>
      {inSandbox && <Fact name={c.var.t.sandbox.world}>{c.var.t.sandbox.worlds.sandbox}</Fact>}
      {way !== 'holder' && (
        <>
          <Fact name={t.holders}>{holders ? holders.join(', ') : t.anyHolder}</Fact>
          <Fact name={t.data}>{types.length === 0 ? t.noData : datatypes ? datatypes.join(', ') : t.anyData}</Fact>
        </>
      )}
    </dl>
  )
}
