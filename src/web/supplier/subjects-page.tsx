import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { cursorOf, writeCursor } from '../../cursor.ts'
import { mayLook, type ReleasedSubject, releasedSubject, releasedSubjects, type SubjectPlace } from '../../hosted/released.ts'
import { idOf } from '../../http.ts'
import type { AssignmentId, MemberId } from '../../ids.ts'
import type { Member } from '../../members/member.ts'
import { membersOfSupplier } from '../../members/members.ts'
import { Refusal } from '../../refusal.ts'
import { endAssignment } from '../../requests/end-assignment.ts'
import { startAssignment } from '../../requests/start-assignment.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { listIn } from '../texts/dates.ts'
import { actOnceAt, type SupplierDesk, supplierDesk } from './desk.ts'
import { SupplierNav } from './supplier-nav.tsx'

const form = z.string().min(1).max(100)
const identifier = z.string().min(1).max(100)
const seenAt = z.string().max(800).default('')
const assignForm = z.strictObject({ form, seenAt, identifier, member: idOf<MemberId>() })
const endForm = z.strictObject({ form, seenAt, assignment: idOf<AssignmentId>() })

/** So many files to a page. */
const PAGE = 50

/** Who was released to a supplier, and who of its people is assigned to whom. A case worker sees only their own. */
export function supplierSubjectsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/subjects', signedInPage, async (c) => await subjectsPage(c, await supplierDesk(c)))

  app.post('/supplier/:supplierId/subjects/assign', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    const read = await safeReadForm(c, assignForm)
    if (!read.ok) return await subjectsPage(c, desk, read.typed.identifier ?? '')
    const { form, seenAt, identifier, member } = read.data
    return await actOnceAt(c, desk, { form, back: backTo(desk, seenAt), done: 'assigned' }, () =>
      startAssignment(c.var.deps, desk.actor, { identifier, memberId: member }),
    )
  })

  app.post('/supplier/:supplierId/subjects/end', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    const { form, seenAt, assignment } = await readForm(c, endForm)
    return await actOnceAt(c, desk, { form, back: backTo(desk, seenAt), done: 'ended' }, () =>
      endAssignment(c.var.deps, desk.actor, assignment),
    )
  })
  return app
}

/** The page of the list on which somebody pressed a button. */
function backTo(desk: SupplierDesk, seenAt: string): string {
  const query = String(new URLSearchParams(seenAt))
  return `${desk.path}/subjects${query && `?${query}`}`
}

const isMine = ({ member }: SupplierDesk, subject: ReleasedSubject) =>
  subject.grants.some((grant) => mayLook(subject, grant, member.memberId))

const place = cursorOf(z.string().max(500), z.string().regex(/^\d{1,6}$/)).transform(
  ([reference, shown]): SubjectPlace => ({ reference, shown: Number(shown) }),
)
/** What page of which of them. What is no place in the list is its beginning. */
const asked = z.object({ q: z.string().trim().max(100).catch(''), after: place.optional().catch(undefined) })

/** @param wrong the identifier of whom nobody was chosen for */
async function subjectsPage(c: Context<PageEnv>, desk: SupplierDesk, wrong?: string) {
  const { t, deps } = c.var
  const words = t.hosted
  if (!desk.may('contracts', 'case_worker')) throw new Refusal('member_role_missing')
  const assigns = desk.may('contracts')
  const { q, after } = asked.parse(c.req.query())
  const found = await releasedSubjects(deps, desk.actor, { only: assigns ? undefined : 'mine', called: q, after, limit: PAGE })
  const chosen = wrong === undefined ? undefined : await releasedSubject(deps, desk.actor, wrong)
  const listed = chosen ? [chosen] : found.subjects
  const subjects = assigns ? listed : listed.filter((subject) => isMine(desk, subject))
  const members = await membersOfSupplier(deps.db, desk.member.supplierId)
  const caseWorkers = members.filter(({ roles }) => roles.includes('case_worker'))
  const done = c.req.query('done')
  const errors = wrong === undefined ? [] : [{ field: `member-${wrong}`, sentence: words.whoWrong }]
  const searches = q !== '' || after !== undefined || found.next !== undefined
  return show(
    c,
    <Page c={c} title={words.title} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{words.title}</Heading>
      {(done === 'assigned' || done === 'ended') && (
        <Notice kind="ok">
          <P>{words.done[done]}</P>
        </Notice>
      )}
      <P lead>{words.intro}</P>
      {searches && (
        <form method="get" action={`${desk.path}/subjects`} role="search">
          <Field name="q" label={words.find} input={{ type: 'search', value: q, maxlength: 100, autocomplete: 'off' }} />
          <Button primary={false}>{words.findButton}</Button>
        </form>
      )}
      {subjects.length === 0 && !found.next && <P>{q ? words.foundNone : assigns ? words.none : words.mineNone}</P>}
      {subjects.map((subject) => (
        <Card c={c} desk={desk} subject={subject} caseWorkers={caseWorkers} wrong={wrong === subject.identifier} />
      ))}
      {found.next && !chosen && (
        <p class="links">
          <Link
            href={`${desk.path}/subjects?${new URLSearchParams({ q, after: writeCursor(found.next.reference, String(found.next.shown)) })}`}
          >
            {words.next}
          </Link>
        </p>
      )}
    </Page>,
    wrong === undefined ? 200 : 400,
  )
}

interface CardProps {
  c: Context<PageEnv>
  desk: SupplierDesk
  subject: ReleasedSubject
  caseWorkers: Member[]
  wrong: boolean
}

function Card({ c, desk, subject, caseWorkers, wrong }: CardProps) {
  const { t, language } = c.var
  const words = t.hosted
  const { identifier, reference, assigned } = subject
  const names = listIn(language, [...new Set(assigned.map(({ name }) => name))])
  return (
    <article class="card">
      <h2 class="utrecht-heading-3 card__title">{words.reference(reference)}</h2>
      <dl class="facts">
        <dt>{words.assigned}</dt>
        <dd>{assigned.length === 0 ? words.assignedNone : names}</dd>
      </dl>
      {isMine(desk, subject) && desk.may('case_worker') && (
        <P>
          <Link href={`${desk.path}/subjects/${identifier}`}>{words.open(reference)}</Link>
        </P>
      )}
      {desk.may('contracts') && <Assigning c={c} desk={desk} subject={subject} caseWorkers={caseWorkers} wrong={wrong} />}
    </article>
  )
}

function Assigning({ c, desk, subject, caseWorkers, wrong }: CardProps) {
  const words = c.var.t.hosted
  const { identifier, reference, grants, assigned } = subject
  const { q = '', after = '' } = c.req.query()
  const seenAt = q || after ? String(new URLSearchParams({ q, after })) : ''
  const free = caseWorkers.filter(({ memberId }) => !grants.every((grant) => mayLook(subject, grant, memberId)))
  return (
    <details class="more" open={wrong}>
      <summary>{words.assign(reference)}</summary>
      <div class="more__body">
        {caseWorkers.length === 0 && <P>{words.whoNone}</P>}
        {free.length > 0 && (
          <OnceForm action={`${desk.path}/subjects/assign`}>
            <input type="hidden" name="seenAt" value={seenAt} />
            <input type="hidden" name="identifier" value={identifier} />
            <Choices
              name="member"
              id={`member-${identifier}`}
              label={words.who}
              hint={words.whoHint}
              error={wrong && words.whoWrong}
              options={free.map(({ memberId, name }) => ({ value: memberId, text: name }))}
            />
            <Button>{words.assignButton}</Button>
          </OnceForm>
        )}
        {assigned.map(({ assignmentId, name }) => (
          <OnceForm action={`${desk.path}/subjects/end`}>
            <input type="hidden" name="seenAt" value={seenAt} />
            <input type="hidden" name="assignment" value={assignmentId} />
            <Button primary={false}>{words.end(name)}</Button>
          </OnceForm>
        ))}
      </div>
    </details>
  )
}
