import { type Context, Hono } from 'hono'
import { raw } from 'hono/html'
import { renderSVG } from 'uqr'
import { z } from 'zod'
import { suppliers } from '../../catalog/store.ts'
import { inTransaction } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { LinkCodeId, PersonId, SupplierId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { cancelLinkCode, type LinkCode, linkCodesFor, makeLinkCode, subjectOfLinkCode } from '../../requests/link-codes.ts'
import type { Around, Subject } from '../around.ts'
import { attempt } from '../attempt.ts'
import { ButtonLink, Heading, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm, secretOf } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { lastDayIn } from '../texts/dates.ts'
import { SuggestedServices, suggestedToMe } from './suggested.tsx'

const makeForm = z.strictObject({ subject: idOf<PersonId>(), supplier: idOf<SupplierId>(), form: formToken })

/** Link codes: made for one subject and one supplier, seen and cancelled like a consent (K12). */
export function linkCodeRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/link-codes', signedInPage, async (c) => show(c, await codesPage(c)))

  // Answers the form without a redirect: the code is kept nowhere, and only the form makes it again.
  app.post('/link-codes', signedInForm, async (c) => {
    const { deps } = c.var
    const { subject, supplier, form } = await readForm(c, makeForm)
    const { around, name } = mine(c, subject)
    const code = secretOf(c, form, `link code ${subject} ${supplier}`)
    const made = await attempt(c, around.actor, 'subject', () =>
      makeLinkCode(deps, around.actor, { subjectId: subject, supplierId: supplier, code }),
    ).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'form_used') return undefined
      throw error
    })
    if (!made) return c.redirect('/link-codes?over=1', 303)
    const [company] = await suppliers(deps.db, [supplier])
    return show(c, <MadePage c={c} name={name} supplier={company?.legalName ?? ''} code={made.code} expiresAt={made.expiresAt} />)
  })

  app.post('/link-codes/:linkCodeId/cancel', signedInForm, async (c) => {
    await readForm(c, z.strictObject({}))
    const linkCodeId = idOf<LinkCodeId>().safeParse(c.req.param('linkCodeId'))
    const around = linkCodeId.success && (await whoSees(c, linkCodeId.data))
    if (!around) throw new Refusal('link_code_not_found')
    await attempt(c, around.actor, 'subject', () => cancelLinkCode(c.var.deps, around.actor, linkCodeId.data))
    return c.redirect('/link-codes?cancelled=1', 303)
  })
  return app
}

interface SeenCode {
  code: LinkCode
  around: Around
  name: string
}

async function codesOf(c: Context<PageEnv>): Promise<SeenCode[]> {
  const { around, deps } = c.var
  if (around.length === 0) return []
  return await inTransaction(deps.db, { actor: 'account', boards: around.map(({ actor }) => actor.boardId) }, async (tx) => {
    const seen: SeenCode[] = []
    for (const one of around) {
      const names = new Map(givable(one).map(({ personId, name }) => [personId, name]))
      for (const code of await linkCodesFor(tx, one.actor.boardId, [...names.keys()], deps.now())) {
        seen.push({ code, around: one, name: names.get(code.subjectId) ?? '' })
      }
    }
    return seen
  })
}

/** As whom this account sees a code, cancelled or not: the second press of the button finds it too. */
async function whoSees(c: Context<PageEnv>, linkCodeId: LinkCodeId): Promise<Around | undefined> {
  for (const around of c.var.around) {
    const { boardId } = around.actor
    const subjectId = await inTransaction(c.var.deps.db, { actor: 'account', boards: [boardId] }, (tx) =>
      subjectOfLinkCode(tx, boardId, linkCodeId),
    )
    if (givable(around).some(({ personId }) => personId === subjectId)) return around
  }
  return undefined
}

async function codesPage(c: Context<PageEnv>) {
  const { t, language, deps, around } = c.var
  const codes = await codesOf(c)
  const companies = (await suppliers(deps.db)).filter(({ suspendedAt }) => !suspendedAt)
  const nameOf = new Map(companies.map(({ supplierId, legalName }) => [supplierId, legalName]))
  const subjects = around.flatMap(givable)
  const wanted = c.req.query('supplier')
  return (
    <Page c={c} title={t.linkCodes.title}>
      {c.req.query('over') && <Notice kind="info">{t.linkCodes.over}</Notice>}
      {c.req.query('cancelled') && <Notice kind="ok">{t.linkCodes.cancelled}</Notice>}
      <Heading>{t.linkCodes.title}</Heading>
      <P lead>{t.linkCodes.intro}</P>
      <section>
        <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.linkCodes.mine}</h2>
        {codes.length === 0 && <P>{t.linkCodes.none}</P>}
        {codes.map(({ code, name }) => (
          <article class="card">
            <h3 class="utrecht-heading-3 card__title">{t.linkCodes.one(name, nameOf.get(code.supplierId) ?? '')}</h3>
            <P>{t.linkCodes.until(lastDayIn(language, code.expiresAt))}</P>
            <form method="post" action={`/link-codes/${code.linkCodeId}/cancel`}>
              <Button primary={false}>{t.linkCodes.cancel}</Button>
            </form>
          </article>
        ))}
      </section>
      <SuggestedServices c={c} suggested={await suggestedToMe(c)} />
      <section>
        <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.linkCodes.make}</h2>
        {subjects.length === 0 ? (
          <P>{t.linkCodes.nobody}</P>
        ) : (
          <OnceForm action="/link-codes">
            <Choices
              name="subject"
              label={t.linkCodes.about}
              options={subjects.map(({ personId, name, isMe }) => ({ value: personId, text: isMe ? t.linkCodes.me(name) : name }))}
            />
            <Choices
              name="supplier"
              label={t.linkCodes.supplier}
              options={companies.map(({ supplierId, legalName }) => ({ value: supplierId, text: legalName }))}
              {...(wanted && { chosen: wanted })}
            />
            <Button>{t.linkCodes.make}</Button>
          </OnceForm>
        )}
      </section>
    </Page>
  )
}

function MadePage(props: { c: Context<PageEnv>; name: string; supplier: string; code: string; expiresAt: Date }) {
  const { c, name, supplier, code, expiresAt } = props
  const { t, language } = c.var
  return (
    <Page c={c} title={t.linkCodes.madeTitle}>
      <Heading over={t.linkCodes.one(name, supplier)}>{t.linkCodes.madeTitle}</Heading>
      <P lead>{t.linkCodes.madeIntro(supplier)}</P>
      <div class="card">
        <p class="code" id="link-code">
          {code}
        </p>
        <div class="qr" role="img" aria-label={t.linkCodes.qr}>
          {raw(renderSVG(`${c.var.deps.issuer}/supplier/code#${code}`, { border: 2 }))}
        </div>
      </div>
      <P>
        {t.linkCodes.until(lastDayIn(language, expiresAt))} {t.linkCodes.madeNext}
      </P>
      <ButtonLink href="/link-codes">{t.linkCodes.toList}</ButtonLink>
    </Page>
  )
}

/** About whom an account may let a company ask. */
export function givable({ subjects }: Around): Subject[] {
  return subjects.filter(({ mayGive }) => mayGive)
}

/** @throws Refusal `person_not_found` when nobody this account stands for may decide about this person */
export function mine(c: Context<PageEnv>, subjectId: PersonId): { around: Around; name: string } {
  for (const around of c.var.around) {
    const subject = givable(around).find(({ personId }) => personId === subjectId)
    if (subject) return { around, name: subject.name }
  }
  throw new Refusal('person_not_found')
}
