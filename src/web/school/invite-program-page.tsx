import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { DETAIL_TYPES } from '../../catalog/detail-types.ts'
import { inviteClientAsBoard, type MadeInvitation } from '../../catalog/invite-client.ts'
import { holders, suppliers } from '../../catalog/store.ts'
import { suppliersOfBoard } from '../../catalog/supplier-boards.ts'
import { idOf } from '../../http.ts'
import type { SupplierId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { attempt } from '../attempt.ts'
import { ButtonLink, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, ErrorAt, Group, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm, secretOf } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage, ticked } from '../page.tsx'
import { lastDayIn } from '../texts/dates.ts'
import { administratorsDesk } from './invite-supplier-page.tsx'
import type { RegisterDesk } from './register-desk.ts'
import { SchoolNav } from './school-nav.tsx'

const HERE = '/school/invite-supplier/program'
const WAYS = ['organisation', 'redirect', 'ciba'] as const

const inviteForm = z.strictObject({
  form: formToken,
  supplier: idOf<SupplierId>(),
  ways: ticked(z.enum(WAYS)),
  types: ticked(z.enum(DETAIL_TYPES)),
  holders: ticked(z.string().max(500)),
})
type Ticked = Pick<z.infer<typeof inviteForm>, 'supplier' | 'ways' | 'types' | 'holders'>

/** The board's administrator invites a company it deals with to register one program, limited to what is ticked (RFC 7591). */
export function inviteProgramRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get(HERE, signedInPage, async (c) => show(c, await invitePage(c, administratorsDesk(c))))

  // Answers the form without a redirect: the token is kept nowhere, and only the form makes it again.
  app.post(HERE, signedInForm, async (c) => {
    const desk = administratorsDesk(c)
    const { deps } = c.var
    const { form, ...chosen } = await readForm(c, inviteForm)
    const { supplier: supplierId, ways, types, holders } = chosen
    if (ways.length === 0) return show(c, await invitePage(c, desk, chosen), 400)
    const { actor } = desk.around
    const limits = { ways, types, ...(holders.length > 0 && { holders }) }
    const token = secretOf(c, form, `client invitation ${JSON.stringify([supplierId, ways, types, holders])}`)
    const made = await attempt(c, actor, 'organisation', () => inviteClientAsBoard(deps, actor, { supplierId, ...limits, token })).catch(
      (error: unknown) => {
        if (error instanceof Refusal && error.code === 'form_used') return undefined
        throw error
      },
    )
    if (!made) return c.redirect(`${HERE}?made=1`, 303)
    const [company] = await suppliers(deps.db, [supplierId])
    return show(c, <MadePage c={c} supplier={company?.legalName ?? ''} made={made} />)
  })
  return app
}

/** @param again what was ticked, without a way of working among it */
async function invitePage(c: Context<PageEnv>, { around }: RegisterDesk, again?: Ticked) {
  const { t, deps } = c.var
  const words = t.inviteSupplier.program
  const known = await suppliers(deps.db, await suppliersOfBoard(deps.db, around.actor.boardId))
  const invitable = known.filter(({ suspendedAt, domain }) => !suspendedAt && domain)
  const chosen: Partial<Ticked> = again ?? { types: [...DETAIL_TYPES] }
  const errors = again ? [{ field: 'ways', sentence: words.noWay }] : []
  return (
    <Page c={c} title={words.title} errors={errors}>
      <SchoolNav c={c} />
      {c.req.query('made') && <Notice kind="info">{words.madeBefore}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{words.intro}</P>
      {invitable.length === 0 ? (
        <P>{words.nobody}</P>
      ) : (
        <OnceForm action={HERE}>
          <Choices
            name="supplier"
            label={t.inviteSupplier.supplier}
            {...(chosen.supplier && { chosen: chosen.supplier })}
            options={invitable.map(({ supplierId, legalName }) => ({ value: supplierId, text: legalName }))}
          />
          <div id="ways">
            <Group legend={words.waysLegend}>
              <ErrorAt field="ways" sentence={again !== undefined && words.noWay} />
              {WAYS.map((way) => (
                <Tick name="ways" value={way} text={words.ways[way]} id={`way-${way}`} ticked={chosen.ways?.includes(way) ?? false} />
              ))}
            </Group>
          </div>
          <Group legend={words.typesLegend}>
            {DETAIL_TYPES.map((type) => (
              <Tick name="types" value={type} text={words.types[type]} id={`type-${type}`} ticked={chosen.types?.includes(type) ?? false} />
            ))}
          </Group>
          <Group legend={words.holdersLegend}>
            {(await holders(deps.db)).map(({ resource, name }, nr) => (
              <Tick name="holders" value={resource} text={name} id={`holder-${nr}`} ticked={chosen.holders?.includes(resource) ?? false} />
            ))}
          </Group>
          <Button>{words.make}</Button>
        </OnceForm>
      )}
      <p class="links">
        <Link href="/school/invite-supplier">{t.inviteSupplier.title}</Link>
      </p>
    </Page>
  )
}

function MadePage({ c, supplier, made }: { c: Context<PageEnv>; supplier: string; made: MadeInvitation }) {
  const { t, language, deps } = c.var
  const words = t.inviteSupplier.program
  return (
    <Page c={c} title={words.madeTitle}>
      <SchoolNav c={c} />
      <Heading over={supplier}>{words.madeTitle}</Heading>
      <P lead>{words.madeIntro(supplier)}</P>
      <div class="card">
        <p>
          <code class="doc-code" id="initial-access-token">
            {made.initialAccessToken}
          </code>
        </p>
        <P>{words.registerAt(`${deps.issuer}/register`)}</P>
      </div>
      <P>{words.until(lastDayIn(language, made.expiresAt))}</P>
      <ButtonLink href={HERE}>{words.another}</ButtonLink>
    </Page>
  )
}
