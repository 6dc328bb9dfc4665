import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { changeTokenFormat } from '../../catalog/change-token-format.ts'
import { type DataSet, dataSetsOf, type Holder, holders } from '../../catalog/store.ts'
import { holderAtBoards, MOST_COUNTED } from '../../grants/holder-board.ts'
import { knownSubjects } from '../../grants/known-subjects.ts'
import { type TriedUse, tryUse } from '../../grants/try-use.ts'
import { idOf } from '../../http.ts'
import type { ClientId, HolderId, TokenId } from '../../ids.ts'
import { writtenIn } from '../../languages.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Link, Notice, P } from '../blocks.tsx'
import { conformanceFromHere, verifierFromHere } from '../docs/holder-code.ts'
import { showError } from '../errors.tsx'
import { Button, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { Code } from '../table.tsx'
import { dayIn, momentIn } from '../texts/dates.ts'
import { actOnceAt, type SupplierDesk, supplierDesk } from './desk.ts'
import { Format, type FormatAgain, formatAgain, formatForm, formatTyped } from './holder-format.tsx'
import { SupplierNav } from './supplier-nav.tsx'

const usesForm = z.strictObject({ jti: z.string().trim().max(100) })
const MOST_SUBJECTS = 100

/** What a supplier that holds data offers, how it takes its tokens, what boards let it hand over, and whether it works. */
export function supplierHolderRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/holder', signedInPage, async (c) => await holderPage(c, await holdersDesk(c)))

  app.post('/supplier/:supplierId/holder/:holderId/format', signedInForm, async (c) => {
    const desk = await holdersDesk(c)
    const holder = await holderIn(c, desk)
    const { holderId } = holder
    const { form, ...typed } = await readForm(c, formatForm)
    try {
      const format = formatTyped(holder, typed)
      return await actOnceAt(c, desk, { form, back: `${desk.path}/holder`, done: 'format' }, () =>
        changeTokenFormat(c.var.deps, { holderId, ...format }, desk.actor),
      )
    } catch (error) {
      const again = formatAgain(error, holderId, typed)
      if (!again) throw error
      return await holderPage(c, desk, { again })
    }
  })

  app.post('/supplier/:supplierId/holder/:holderId/subjects', signedInForm, async (c) => {
    const desk = await holdersDesk(c)
    const { holderId } = await holderIn(c, desk)
    const { subjects, next } = await knownSubjects(c.var.deps, { clientId: '' as ClientId, holderId }, { limit: MOST_SUBJECTS })
    return await holderPage(c, desk, { tried: { holderId, count: next ? undefined : subjects.length } })
  })

  app.post('/supplier/:supplierId/holder/:holderId/uses', signedInForm, async (c) => {
    const desk = await holdersDesk(c)
    const { holderId } = await holderIn(c, desk)
    const { jti } = await readForm(c, usesForm)
    const tokenId = idOf<TokenId>().safeParse(jti)
    const found = tokenId.success ? await tryUse(c.var.deps, holderId, tokenId.data) : undefined
    return await holderPage(c, desk, { use: { holderId, jti, found } })
  })

  // The settings of a conformance run that we know; what else it needs is said by the command.
  app.get('/supplier/:supplierId/holder/:holderId/conformance.json', signedInPage, async (c) => {
    const { holderId, resource, tokenFormat, encryptionJwk, endedBy } = await holderIn(c, await holdersDesk(c))
    const [data] = await dataSetsOf(c.var.deps.db, holderId)
    const known = {
      resource,
      request: `GET ${new URL(data?.path ?? data?.datatype ?? '', resource).pathname}`,
      datatype: data?.datatype,
      otherDatatype: 'something-else',
      pupils: [1, 2].map((nr) => ({ identifier: `test-pupil-${nr}`, mark: `test exercise ${nr}` })),
      issuer: 'http://127.0.0.1:9480',
      clientId: await newestClientOf(c, holderId),
      tokens: tokenFormat,
      ...(encryptionJwk && { encryptionJwk }),
      ended: endedBy,
    }
    return c.body(`${JSON.stringify(known, null, 2)}\n`, 200, {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="holder.json"',
    })
  })
  return app
}

/** The program of a holder that was registered last and is in use. */
async function newestClientOf(c: Context<PageEnv>, holderId: HolderId): Promise<ClientId | undefined> {
  const client = await c.var.deps.db
    .selectFrom('clients')
    .select('client_id')
    .where('holder_id', '=', holderId)
    .where('disabled_at', 'is', null)
    .orderBy('registered_at', 'desc')
    .orderBy('client_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return client?.client_id
}

/** @throws Refusal `member_role_missing` */
async function holdersDesk(c: Context<PageEnv>): Promise<SupplierDesk> {
  const desk = await supplierDesk(c)
  if (!desk.may('engineer', 'contracts')) throw new Refusal('member_role_missing')
  return desk
}

/** The holder of the path. @throws Refusal `holder_not_found`, also for another supplier's */
export async function holderIn(c: Context<PageEnv>, desk: SupplierDesk): Promise<Holder> {
  const id = idOf<HolderId>().safeParse(c.req.param('holderId'))
  const holder = id.success && (await holders(c.var.deps.db, desk.member.supplierId)).find(({ holderId }) => holderId === id.data)
  if (!holder) throw new Refusal('holder_not_found')
  return holder
}

interface Shown {
  again?: FormatAgain
  tried?: { holderId: HolderId; count: number | undefined }
  use?: { holderId: HolderId; jti: string; found: TriedUse | undefined }
}

async function holderPage(c: Context<PageEnv>, desk: SupplierDesk, shown: Shown = {}) {
  const { deps, t } = c.var
  const words = t.holder
  const all = await holders(deps.db, desk.member.supplierId)
  if (all.length === 0) throw new Refusal('not_found')
  const cards = await Promise.all(
    all.map(async (holder) => ({
      holder,
      dataSets: await dataSetsOf(deps.db, holder.holderId),
      at: await holderAtBoards(deps, desk.member.supplierId, holder.holderId),
      clientId: await newestClientOf(c, holder.holderId),
    })),
  )
  const { again } = shown
  const errors = again
    ? [{ field: `${again.wrong}-${again.holderId}`, sentence: again.wrong === 'jwk' ? words.jwkWrong : words.endsWrong }]
    : []
  return show(
    c,
    <Page c={c} title={words.title} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{words.title}</Heading>
      {c.req.query('done') === 'format' && (
        <Notice kind="ok">
          <P>{words.done}</P>
        </Notice>
      )}
      <P lead>{words.intro}</P>
      <P>
        <Link href="/docs/holder">{words.docs}</Link>
      </P>
      {cards.map((card) => (
        <HolderCard c={c} desk={desk} shown={shown} {...card} />
      ))}
    </Page>,
    shown.again ? 400 : 200,
  )
}

interface CardProps {
  c: Context<PageEnv>
  desk: SupplierDesk
  holder: Holder
  dataSets: DataSet[]
  at: Awaited<ReturnType<typeof holderAtBoards>>
  clientId: ClientId | undefined
  shown: Shown
}

function HolderCard({ c, desk, holder, dataSets, at, clientId, shown }: CardProps) {
  const { t, language } = c.var
  const words = t.holder
  const { resource, name, tokenFormat, encryptionJwk, endedBy, suspendedAt } = holder
  const nameOf = (datatype: string) => {
    const known = dataSets.find((one) => one.datatype === datatype)
    return known ? (writtenIn(language) === 'en' ? known.nameEn : known.nameNl) : datatype
  }
  return (
    <article>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{name}</h2>
      {suspendedAt && (
        <Notice kind="warning">
          <P>{words.suspended}</P>
        </Notice>
      )}
      <dl class="facts card">
        <Fact name={words.resource}>
          <code class="doc-code">{resource}</code>
        </Fact>
        <Fact name={words.format}>{words.formats[tokenFormat]}</Fact>
        <Fact name={words.key}>{encryptionJwk ? (encryptionJwk.kid ?? words.keyUnnamed) : words.keyNone}</Fact>
        <Fact name={words.ends}>{words.endsBy[endedBy]}</Fact>
      </dl>
      {desk.may('engineer') && (
        <>
          <Format c={c} desk={desk} holder={holder} again={shown.again} />
          <h3 class="utrecht-heading-3 utrecht-heading-3--distanced">{words.settings}</h3>
          <P>{words.settingsIntro}</P>
          <Code>{verifierFromHere(c.var.deps.issuer, holder, clientId)}</Code>
        </>
      )}
      <h3 class="utrecht-heading-3 utrecht-heading-3--distanced">{words.dataSets}</h3>
      <ul class="utrecht-unordered-list">
        {dataSets.map(({ datatype }) => (
          <li class="utrecht-unordered-list__item">
            {nameOf(datatype)} <code class="doc-code">{datatype}</code>
          </li>
        ))}
      </ul>
      {desk.may('engineer') && (
        <P>
          <Link href={`${desk.path}/holder/${holder.holderId}/data`}>{t.dataSets.open}</Link>
        </P>
      )}
      <h3 class="utrecht-heading-3 utrecht-heading-3--distanced">{words.onward}</h3>
      <P>{words.onwardIntro}</P>
      {at.onward.length === 0 && <P>{words.onwardNone}</P>}
      {at.onward.map(({ board, datatypes }) => (
        <section class="card">
          <h4 class="utrecht-heading-3 card__title">{board}</h4>
          <ul class="utrecht-unordered-list">
            {datatypes.map(({ datatype, since }) => (
              <li class="utrecht-unordered-list__item">{words.onwardOf(nameOf(datatype), dayIn(language, since))}</li>
            ))}
          </ul>
        </section>
      ))}
      <Tries c={c} desk={desk} holder={holder} uses={at.uses} shown={shown} />
    </article>
  )
}

function Tries({
  c,
  desk,
  holder: { holderId },
  uses,
  shown,
}: Pick<CardProps, 'c' | 'desk' | 'holder' | 'shown'> & { uses: CardProps['at']['uses'] }) {
  const { t, language } = c.var
  const words = t.holder
  const tried = shown.tried?.holderId === holderId ? shown.tried : undefined
  const use = shown.use?.holderId === holderId ? shown.use : undefined
  const reported = uses.count === MOST_COUNTED ? t.machine.events.atLeast(String(MOST_COUNTED)) : String(uses.count)
  const found =
    tried &&
    (tried.count === undefined ? words.subjectsMore : tried.count === 0 ? words.subjectsNone : words.subjectsFound(String(tried.count)))
  return (
    <section>
      <h3 class="utrecht-heading-3 utrecht-heading-3--distanced">{words.tries}</h3>
      <h4 class="doc-part">{words.uses}</h4>
      <P>{uses.last ? words.usesLast(reported, momentIn(language, uses.last)) : words.usesNone}</P>
      {use && (
        <Notice kind={use.found ? 'ok' : 'warning'}>
          <P>
            {use.found
              ? words.useFound(momentIn(language, use.found.issuedAt), use.found.datatypes.join(', '), String(use.found.reported))
              : words.useUnknown}
          </P>
        </Notice>
      )}
      <form method="post" action={`${desk.path}/holder/${holderId}/uses`}>
        <Field
          name="jti"
          id={`jti-${holderId}`}
          label={words.jti}
          hint={words.jtiHint}
          input={{ value: use?.jti, maxlength: 100, autocomplete: 'off', spellcheck: 'false' }}
        />
        <Button primary={false}>{words.tryUses}</Button>
      </form>
      <h4 class="doc-part">{words.subjects}</h4>
      {found && (
        <Notice kind="info">
          <P>{found}</P>
        </Notice>
      )}
      <form method="post" action={`${desk.path}/holder/${holderId}/subjects`}>
        <Button primary={false}>{words.trySubjects}</Button>
      </form>
      <h3 class="utrecht-heading-3 utrecht-heading-3--distanced">{words.conformance}</h3>
      <P>{words.conformanceIntro}</P>
      <Code>{conformanceFromHere(c.var.deps.issuer)}</Code>
      <P>
        <Link href={`${desk.path}/holder/${holderId}/conformance.json`}>{words.conformanceFile}</Link>
      </P>
    </section>
  )
}
