import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { idOf } from '../../http.ts'
import type { MemberId } from '../../ids.ts'
import { inviteMember, withdrawInvitation } from '../../members/invite-member.ts'
import { MEMBER_ROLES, type Member } from '../../members/member.ts'
import { membersOfSupplier, openInvitations } from '../../members/members.ts'
import { changeRoles, endMember } from '../../requests/change-member.ts'
import { Heading, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { FoldedAct, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage, ticked } from '../page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { actOnceAt, type SupplierDesk, supplierDesk } from './desk.ts'
import { SupplierNav } from './supplier-nav.tsx'

const form = z.string().min(1).max(100)
const roles = ticked(z.enum(MEMBER_ROLES)).pipe(z.array(z.enum(MEMBER_ROLES)).min(1).max(MEMBER_ROLES.length))
const inviteForm = z.strictObject({
  form,
  name: z.string().trim().min(1).max(100),
  email: z.email().max(254),
  roles,
})
const withdrawForm = z.strictObject({ form, email: z.email().max(254) })
const rolesForm = z.strictObject({ form, roles })
const endForm = z.strictObject({ form })

/** The people of a supplier and what each may do; an administrator invites, changes and ends. */
export function supplierPeopleRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/people', signedInPage, async (c) => await people(c, await supplierDesk(c)))

  app.post('/supplier/:supplierId/people', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    const read = await safeReadForm(c, inviteForm)
    if (!read.ok) return await people(c, desk, { wrong: read.wrong, typed: read.typed, ticked: read.ticked('roles') })
    const { form, name, email, roles } = read.data
    return await actOnceAt(c, desk, { form, back: `${desk.path}/people`, done: 'invited' }, () =>
      inviteMember(c.var.deps, desk.actor, { name, email, roles }),
    )
  })

  app.post('/supplier/:supplierId/people/withdraw', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    const { form, email } = await readForm(c, withdrawForm)
    return await actOnceAt(c, desk, { form, back: `${desk.path}/people`, done: 'withdrawn' }, () =>
      withdrawInvitation(c.var.deps, desk.actor, email),
    )
  })

  app.post('/supplier/:supplierId/people/:memberId/roles', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    const read = await safeReadForm(c, rolesForm)
    const memberId = memberIn(c)
    if (!read.ok) return await people(c, desk, { wrong: new Set([`roles-${memberId}`]), typed: {}, ticked: [] })
    return await actOnceAt(c, desk, { form: read.data.form, back: `${desk.path}/people`, done: 'changed' }, () =>
      changeRoles(c.var.deps, desk.actor, { memberId, roles: read.data.roles }),
    )
  })

  app.post('/supplier/:supplierId/people/:memberId/end', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    const { form } = await readForm(c, endForm)
    const memberId = memberIn(c)
    const back = memberId === desk.member.memberId ? '/supplier' : `${desk.path}/people`
    return await actOnceAt(c, desk, { form, back, done: 'ended' }, () => endMember(c.var.deps, desk.actor, memberId))
  })
  return app
}

/** An id that is none is nobody's: the command says so. */
const memberIn = (c: Context<PageEnv>) =>
  idOf<MemberId>()
    .catch('00000000-0000-0000-0000-000000000000' as MemberId)
    .parse(c.req.param('memberId'))

interface Wrong {
  wrong: Set<string>
  typed: Record<string, string>
  /** The roles that were ticked for who is invited. */
  ticked: string[]
}

const NOTHING_WRONG: Wrong = { wrong: new Set(), typed: {}, ticked: [] }

async function people(c: Context<PageEnv>, desk: SupplierDesk, { wrong, typed, ticked }: Wrong = NOTHING_WRONG) {
  const words = c.var.t.supplier
  const done = c.req.query('done')
  const members = await membersOfSupplier(c.var.deps.db, desk.member.supplierId)
  const sentence = { name: words.people.nameWrong, email: words.people.emailWrong, roles: words.people.rolesWrong }
  const errors = [...wrong].map((field) => ({ field, sentence: sentence[field as keyof typeof sentence] ?? words.people.rolesWrong }))
  const errorAt = (field: keyof typeof sentence) => wrong.has(field) && sentence[field]
  return show(
    c,
    <Page c={c} title={words.nav.people} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{words.nav.people}</Heading>
      {(done === 'invited' || done === 'changed' || done === 'ended' || done === 'withdrawn') && (
        <Notice kind="ok">
          <P>{words.people.done[done]}</P>
        </Notice>
      )}
      {members.map((member) => (
        <Card c={c} desk={desk} member={member} error={wrong.has(`roles-${member.memberId}`)} />
      ))}
      {desk.may('administrator') && <Invited c={c} desk={desk} />}
      {desk.may('administrator') && (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.people.invite}</h2>
          <P>{words.people.inviteIntro}</P>
          <OnceForm action={`${desk.path}/people`}>
            <Field
              name="name"
              label={words.people.name}
              error={errorAt('name')}
              input={{ value: typed.name, maxlength: 100, autocomplete: 'off' }}
            />
            <Field
              name="email"
              label={words.people.email}
              error={errorAt('email')}
              input={{ type: 'email', value: typed.email, maxlength: 254, autocomplete: 'off' }}
            />
            <Roles c={c} id="roles" chosen={ticked} error={errorAt('roles')} />
            <Button>{words.people.inviteButton}</Button>
          </OnceForm>
        </section>
      )}
    </Page>,
    wrong.size > 0 ? 400 : 200,
  )
}

async function Invited({ c, desk }: { c: Context<PageEnv>; desk: SupplierDesk }) {
  const { t, language, deps } = c.var
  const words = t.supplier.people
  const invited = await openInvitations(deps.db, desk.member.supplierId, deps.now())
  if (invited.length === 0) return null
  return (
    <Section title={words.invited} intro={words.invitedIntro}>
      {invited.map(({ email, name, expiresAt }) => (
        <article class="card">
          <h3 class="utrecht-heading-3 card__title">{name}</h3>
          <P>
            <span class="breakable">{email}</span>
            <br />
            <span class="soft">{words.invitedUntil(lastDayIn(language, expiresAt))}</span>
          </P>
          <OnceForm action={`${desk.path}/people/withdraw`}>
            <input type="hidden" name="email" value={email} />
            <Button primary={false}>{words.withdraw(name)}</Button>
          </OnceForm>
        </article>
      ))}
    </Section>
  )
}

function Card({ c, desk, member, error }: { c: Context<PageEnv>; desk: SupplierDesk; member: Member; error: boolean }) {
  const { t, language } = c.var
  const words = t.supplier
  const { memberId, name, joinedAt } = member
  const isMe = memberId === desk.member.memberId
  const path = `${desk.path}/people/${memberId}`
  return (
    <article class="card">
      <h2 class="utrecht-heading-3 card__title">{isMe ? words.people.you(name) : name}</h2>
      <P>
        {member.roles.map((role) => words.roles[role]).join(', ')}
        <br />
        <span class="soft">{words.people.since(dayIn(language, joinedAt))}</span>
      </P>
      {desk.may('administrator') && !isMe && (
        <details class="more" open={error}>
          <summary>{words.people.change(name)}</summary>
          <div class="more__body">
            <OnceForm action={`${path}/roles`}>
              <Roles c={c} id={`roles-${memberId}`} chosen={member.roles} error={error && words.people.rolesWrong} />
              <Button primary={false}>{words.people.changeButton}</Button>
            </OnceForm>
            <OnceForm action={`${path}/end`}>
              <Button primary={false}>{words.people.end(name)}</Button>
            </OnceForm>
          </div>
        </details>
      )}
      {isMe && (
        <FoldedAct title={words.people.leave} action={`${path}/end`} button={words.people.leaveButton}>
          <P>{words.people.leaveIntro(desk.supplierName)}</P>
        </FoldedAct>
      )}
    </article>
  )
}

function Roles({ c, id, chosen, error }: { c: Context<PageEnv>; id: string; chosen: string[]; error: string | false }) {
  const words = c.var.t.supplier
  return (
    <fieldset class="utrecht-form-fieldset" id={id} aria-describedby={error ? `${id}-error` : undefined}>
      <legend class="utrecht-form-label">{words.people.roles}</legend>
      {error && (
        <p class="utrecht-form-field-error-message" id={`${id}-error`}>
          {error}
        </p>
      )}
      {MEMBER_ROLES.map((role) => (
        <Tick
          name="roles"
          value={role}
          text={`${words.roles[role]}: ${words.rolesMean[role]}`}
          id={`${id}-${role}`}
          ticked={chosen.includes(role)}
        />
      ))}
    </fieldset>
  )
}
