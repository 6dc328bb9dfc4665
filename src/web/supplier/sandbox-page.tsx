import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { agreementsOf } from '../../agreements/store.ts'
import { dataSetsOf, latestLeaflet, servicesOf } from '../../catalog/store.ts'
import { inTransaction } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { PersonId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { SLOW_MINUTES } from '../../sandbox/cast.ts'
import { sandboxLinkCode } from '../../sandbox/link-code.ts'
import { resetSandbox } from '../../sandbox/reset-sandbox.ts'
import { pupilsIn, type Sandbox, type SandboxPupil, sandboxOf } from '../../sandbox/sandbox.ts'
import { resourceOf } from '../../sandbox/twin.ts'
import { Fact, Heading, Link, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm, secretOf } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { momentIn } from '../texts/dates.ts'
import { engineersDesk } from './clients-page.tsx'
import { actOnceAt, attemptAt, type SupplierDesk } from './desk.ts'
import { ownedClients } from './owned-clients.ts'
import { SupplierNav } from './supplier-nav.tsx'

const onlyForm = z.strictObject({ form: formToken })

/** The sandbox of a supplier: a school that does not exist, made and begun anew by an engineer, with what a program needs to know of it. */
export function supplierSandboxRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  const at = '/supplier/:supplierId/sandbox'

  app.get(at, signedInPage, async (c) => await sandboxPage(c, await engineersDesk(c)))

  app.post(`${at}/reset`, signedInForm, async (c) => {
    const desk = await engineersDesk(c)
    const { form } = await readForm(c, onlyForm)
    return await actOnceAt(c, desk, { form, back: `${desk.path}/sandbox`, done: 'made' }, () => resetSandbox(c.var.deps, desk.actor))
  })

  app.post(`${at}/pupils/:personId/code`, signedInForm, async (c) => {
    const desk = await engineersDesk(c)
    const { form } = await readForm(c, onlyForm)
    const id = idOf<PersonId>().safeParse(c.req.param('personId'))
    const sandbox = await sandboxOf(c.var.deps.db, desk.member.supplierId)
    const pupil = sandbox && id.success ? (await pupilsIn(c.var.deps, sandbox)).find(({ personId }) => personId === id.data) : undefined
    if (!sandbox || !pupil) throw new Refusal('person_not_found')
    const ofForm = secretOf(c, form, `link code ${pupil.personId}`)
    const code = await attemptAt(c, desk, () => sandboxLinkCode(c.var.deps, sandbox, pupil.personId, ofForm))
    return await sandboxPage(c, desk, { pupil, code })
  })
  return app
}

async function sandboxPage(c: Context<PageEnv>, desk: SupplierDesk, made?: { pupil: SandboxPupil; code: string }) {
  const { deps, t } = c.var
  const words = t.sandbox
  const sandbox = await sandboxOf(deps.db, desk.member.supplierId)
  return show(
    c,
    <Page c={c} title={words.title}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{words.title}</Heading>
      {c.req.query('done') === 'made' && (
        <Notice kind="ok">
          <P>{words.made}</P>
        </Notice>
      )}
      {made && (
        <Notice kind="ok">
          <P>{words.code(made.pupil.name)}</P>
          <p class="code" id="link-code">
            {made.code}
          </p>
          <P>{words.codeNext}</P>
        </Notice>
      )}
      <P lead>{words.intro}</P>
      <P>
        <Link href="/docs/sandbox">{words.docs}</Link>
      </P>
      {sandbox ? (
        await Inside({ c, desk, sandbox })
      ) : (
        <>
          <P>{words.none}</P>
          <OnceForm action={`${desk.path}/sandbox/reset`}>
            <Button>{words.make}</Button>
          </OnceForm>
        </>
      )}
    </Page>,
  )
}

async function Inside({ c, desk, sandbox }: { c: Context<PageEnv>; desk: SupplierDesk; sandbox: Sandbox }) {
  const { deps, t, language } = c.var
  const words = t.sandbox
  const { boardId, twinId, brin, oin } = sandbox
  const pupils = await pupilsIn(deps, sandbox)
  const clients = (await ownedClients(deps.db, desk.member.supplierId)).filter(({ inSandbox }) => inSandbox)
  const agreements = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, (tx) =>
    agreementsOf(tx, boardId, deps.now(), twinId),
  )
  return (
    <>
      <Section title={words.addresses}>
        <dl class="facts card">
          <Code name={words.brin} value={brin} />
          <Code name={words.oin} value={oin} />
          <Code name={words.resource} value={resourceOf(deps.issuer, twinId)} />
          {agreements.map(({ agreementId }) => (
            <Code name={words.agreement} value={agreementId} />
          ))}
        </dl>
      </Section>
      {await Services({ c, sandbox })}
      <Section title={words.pupils} intro={words.pupilsIntro}>
        {pupils.map((pupil) => (
          <Pupil c={c} desk={desk} pupil={pupil} />
        ))}
      </Section>
      <Section title={words.programs} intro={words.programsIntro}>
        {clients.length === 0 && <P>{words.programsNone}</P>}
        <ul class="utrecht-unordered-list">
          {clients.map(({ clientId, name, way }) => (
            <li class="utrecht-unordered-list__item">
              <Link href={`${desk.path}/clients/${encodeURIComponent(clientId)}`}>{name || t.machine.clients.ways[way]}</Link>
            </li>
          ))}
        </ul>
        <P>
          <Link href={`${desk.path}/clients`}>{words.register}</Link>
        </P>
      </Section>
      <Section title={words.reset}>
        <P>{words.since(momentIn(language, sandbox.resetAt))}</P>
        <P>{words.resetIntro}</P>
        <OnceForm action={`${desk.path}/sandbox/reset`}>
          <Button primary={false}>{words.resetButton}</Button>
        </OnceForm>
      </Section>
    </>
  )
}

function Code({ name, value }: { name: string; value: string }) {
  return (
    <Fact name={name}>
      <code class="doc-code">{value}</code>
    </Fact>
  )
}

async function Services({ c, sandbox: { twinId, holderId } }: { c: Context<PageEnv>; sandbox: Sandbox }) {
  const { db } = c.var.deps
  const words = c.var.t.sandbox
  const offered = await dataSetsOf(db, holderId)
  const services = await Promise.all(
    (await servicesOf(db, twinId)).map(async (service) => ({ service, leaflet: await latestLeaflet(db, service.serviceId) })),
  )
  return (
    <Section title={words.services} intro={words.servicesIntro}>
      {services.map(({ service: { serviceId, name }, leaflet }) => {
        const { purposes = [] } = leaflet?.content.purposes ?? {}
        const named = [...(leaflet?.content.data.categories ?? []), ...(leaflet?.content.data.optional ?? [])].map(
          ({ category }) => category,
        )
        return (
          <article class="card">
            <h3 class="utrecht-heading-3 card__title">{name}</h3>
            <dl class="facts">
              <Code name={words.serviceId} value={serviceId} />
              <Code name={words.purposes} value={purposes.join(', ')} />
              <Code
                name={words.datatypes}
                value={offered
                  .map(({ datatype }) => datatype)
                  .filter((datatype) => named.includes(datatype))
                  .join(', ')}
              />
            </dl>
          </article>
        )
      })}
    </Section>
  )
}

function Pupil({ c, desk, pupil: { personId, name, eckId, rule } }: { c: Context<PageEnv>; desk: SupplierDesk; pupil: SandboxPupil }) {
  const words = c.var.t.sandbox
  return (
    <article class="card">
      <h3 class="utrecht-heading-3 card__title" id={`pupil-${personId}`}>
        {name}
      </h3>
      <P>{ruleIn(c, rule)}</P>
      <dl class="facts">
        <Code name={words.eckId} value={eckId} />
      </dl>
      <OnceForm action={`${desk.path}/sandbox/pupils/${personId}/code`}>
        <Button primary={false} describedBy={`pupil-${personId}`}>
          {words.makeCode}
        </Button>
      </OnceForm>
    </article>
  )
}

/** What the parents of a fictional pupil do, in words. */
export function ruleIn(c: Context<PageEnv>, rule: SandboxPupil['rule']): string {
  const { rules } = c.var.t.sandbox
  const words = rules[rule]
  return typeof words === 'function' ? words(String(SLOW_MINUTES)) : words
}
