import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { PROPOSERS, proposeService, settleProposal } from '../../agreements/proposals.ts'
import { type ServiceInUse, servicesInUse } from '../../agreements/services-in-use.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { idOf } from '../../http.ts'
import type { BoardId, ProposalId, SchoolId } from '../../ids.ts'
import { schoolsOfBoard } from '../../people/register.ts'
import { Refusal } from '../../refusal.ts'
import type { Around } from '../around.ts'
import { Heading, Notice, P, Section } from '../blocks.tsx'
import { FilledIn, showError } from '../errors.tsx'
import { Button, Choices, Field, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { actOnce, atDesk } from './desk.ts'
import { placesOf, type SeenProposal, seenAt } from './proposals-seen.ts'
import { SchoolNav } from './school-nav.tsx'

const text = z.string().trim().min(1).pipe(plainText(2000))
const proposeForm = z.strictObject({
  form: formToken,
  school: z.string().regex(/^[0-9a-f-]{36}(:[0-9a-f-]{36})?$/),
  name: z.string().trim().min(1).pipe(plainText(100)),
  link: z
    .string()
    .trim()
    .max(500)
    .pipe(z.union([z.literal(''), z.url({ protocol: /^https$/ })])),
  why: text,
})
const settleForm = z.strictObject({ form: formToken, outcome: z.enum(['taken_up', 'declined']), answer: text })

interface Again {
  wrong: Set<string>
  typed: Record<string, string>
  /** Of which proposal the answer was wrong. */
  proposalId?: ProposalId
  /** A colleague answered it since that page. */
  settledBefore?: boolean
}
const NOTHING_WRONG: Again = { wrong: new Set(), typed: {} }

/** What staff may use, and what they would like to: a teacher proposes and cannot activate (P31, A04). */
export function servicesRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/services', signedInPage, async (c) => show(c, await servicesPage(c)))

  app.post('/school/services/propose', signedInForm, async (c) => {
    if (proposingAt(c).length === 0) throw new Refusal('mandate_missing')
    const read = await safeReadForm(c, proposeForm)
    if (!read.ok) return show(c, await servicesPage(c, read), 400)
    const { form, school, name, link, why } = read.data
    const [boardId, schoolId] = school.split(':') as [BoardId, SchoolId?]
    const around = proposingAt(c).find(({ actor }) => actor.boardId === boardId)
    if (!around) throw new Refusal('mandate_missing')
    return await actOnce(c, { around }, { form, back: '/school/services', done: 'proposed' }, () =>
      proposeService(c.var.deps, around.actor, { schoolId: schoolId ?? null, name, link: link || null, why }),
    )
  })

  app.post('/school/services/:proposalId', signedInForm, async (c) => {
    const id = idOf<ProposalId>().safeParse(c.req.param('proposalId'))
    const seen = id.success ? (await Promise.all(placesOf(c).map((around) => seenAt(c, around)))).flat() : []
    const found = seen.find(({ proposal }) => proposal.proposalId === id.data)
    if (!found) throw new Refusal('proposal_not_found')
    const read = await safeReadForm(c, settleForm)
    const { proposalId } = found.proposal
    if (!read.ok) return show(c, await servicesPage(c, { ...read, proposalId }), 400)
    const { form, outcome, answer } = read.data
    try {
      return await actOnce(c, found, { form, back: '/school/services', done: 'settled' }, () =>
        settleProposal(c.var.deps, found.around.actor, { proposalId, outcome, words: answer }),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'proposal_settled')) throw error
      return show(c, await servicesPage(c, { ...NOTHING_WRONG, settledBefore: true }), 409)
    }
  })
  return app
}

const proposingAt = (c: Context<PageEnv>) => placesOf(c).filter(({ mandates }) => mandates.some(({ role }) => PROPOSERS.includes(role)))

async function servicesPage(c: Context<PageEnv>, again: Again = NOTHING_WRONG) {
  const { t } = c.var
  const words = t.teaching.services
  const places = placesOf(c)
  const services = (
    await Promise.all(places.map((around) => atDesk(c, { around }, (tx) => servicesInUse(tx, around.actor.boardId, c.var.deps.now()))))
  ).flat()
  const seen = (await Promise.all(places.map((around) => seenAt(c, around)))).flat()
  const done = (['proposed', 'settled'] as const).find((code) => code === c.req.query('done'))
  const mayPropose = proposingAt(c)
  return (
    <Page c={c} title={words.title} errors={errorsOf(c, again)}>
      <SchoolNav c={c} />
      {again.settledBefore && (
        <Notice kind="warning">
          <P>{t.errors.refusals.proposal_settled}</P>
          <FilledIn c={c} />
        </Notice>
      )}
      {done && <Notice kind="ok">{words[done]}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{places.length === 0 ? t.school.noTask : services.length === 0 ? words.none : words.intro}</P>
      <Services c={c} services={services} />
      <Proposals c={c} title={words.all} seen={seen.filter(({ mine }) => !mine)} again={again} />
      <Proposals c={c} title={words.mine} seen={seen.filter(({ mine }) => mine)} again={again} />
      {mayPropose.length > 0 && <Propose c={c} schools={await schoolsFor(c, mayPropose)} again={again} />}
    </Page>
  )
}

function errorsOf(c: Context<PageEnv>, { wrong, proposalId }: Again) {
  const words = c.var.t.teaching.services
  if (proposalId) return wrong.has('answer') ? [{ field: `answer-${proposalId}`, sentence: words.answerWrong }] : []
  const sentences = { name: words.nameWrong, link: words.linkWrong, why: words.whyWrong }
  return Object.entries(sentences).flatMap(([field, sentence]) => (wrong.has(field) ? [{ field, sentence }] : []))
}

function Services({ c, services }: { c: Context<PageEnv>; services: ServiceInUse[] }) {
  const words = c.var.t.teaching.services
  return (
    <>
      {services.map(({ name, supplier, explanation }) => (
        <article class="card">
          <h2 class="utrecht-heading-3 card__title">{name}</h2>
          <P>
            <span class="soft">{words.by(supplier)}</span>
            <br />
            {explanation}
          </P>
        </article>
      ))}
    </>
  )
}

function Proposals({ c, title, seen, again }: { c: Context<PageEnv>; title: string; seen: SeenProposal[]; again: Again }) {
  if (seen.length === 0) return null
  return (
    <Section title={title}>
      {seen.map((one) => (
        <ProposalCard c={c} one={one} again={again} />
      ))}
    </Section>
  )
}

function ProposalCard({ c, one: { proposal, from, mine, decides }, again }: { c: Context<PageEnv>; one: SeenProposal; again: Again }) {
  const { t, language } = c.var
  const words = t.teaching.services
  const state = proposal.settled?.outcome ?? 'open'
  const look = { open: 'warning', taken_up: 'safe', declined: 'neutral' }[state]
  const wrong = again.proposalId === proposal.proposalId
  return (
    <article class="card">
      <div class="spread">
        <h3 class="utrecht-heading-3 card__title">{words.one(proposal.name, dayIn(language, proposal.proposedAt))}</h3>
        <span class={`utrecht-status-badge utrecht-status-badge--${look}`}>{words.states[state]}</span>
      </div>
      <P>
        {!mine && <span class="soft">{words.from(from)} </span>}
        {proposal.why}
        {proposal.link && (
          <>
            <br />
            <span class="soft">{proposal.link}</span>
          </>
        )}
        {proposal.settled && (
          <>
            <br />
            <strong>{proposal.settled.words}</strong>
          </>
        )}
      </P>
      {!proposal.settled && decides && (
        <details class="more" open={wrong}>
          <summary>{words.answer}</summary>
          <div class="more__body">
            <P>{words.answerNote}</P>
            <OnceForm action={`/school/services/${proposal.proposalId}`}>
              <TextArea
                name="answer"
                id={`answer-${proposal.proposalId}`}
                label={words.answer}
                error={wrong && again.wrong.has('answer') && words.answerWrong}
                value={wrong ? again.typed.answer : ''}
              />
              <div class="utrecht-button-group">
                <Button name="outcome" value="taken_up">
                  {words.takeUp}
                </Button>
                <Button primary={false} name="outcome" value="declined">
                  {words.decline}
                </Button>
              </div>
            </OnceForm>
          </div>
        </details>
      )}
    </article>
  )
}

/** For which schools these persons may propose: the value names the board and, for one school, the school. */
async function schoolsFor(c: Context<PageEnv>, places: Around[]): Promise<{ value: string; text: string }[]> {
  const found: { value: string; text: string }[] = []
  for (const { actor, mandates } of places) {
    const held = mandates.filter(({ role }) => PROPOSERS.includes(role))
    const ofBoard = held.some(({ schoolId }) => schoolId === null)
    const schools = await atDesk(c, { around: { actor } as Around }, (tx) => schoolsOfBoard(tx, actor.boardId))
    for (const { schoolId, name } of schools) {
      if (ofBoard || held.some((mandate) => mandate.schoolId === schoolId))
        found.push({ value: `${actor.boardId}:${schoolId}`, text: name })
    }
    if (ofBoard) found.push({ value: actor.boardId, text: c.var.t.teaching.services.allSchools })
  }
  return found
}

function Propose({ c, schools, again }: { c: Context<PageEnv>; schools: { value: string; text: string }[]; again: Again }) {
  const words = c.var.t.teaching.services
  const { wrong, typed } = again.proposalId ? { wrong: new Set<string>(), typed: {} as Record<string, string> } : again
  return (
    <Section title={words.propose} intro={words.proposeIntro}>
      <OnceForm action="/school/services/propose">
        <Field
          name="name"
          label={words.name}
          error={wrong.has('name') && words.nameWrong}
          input={{ maxlength: 100, value: typed.name ?? '' }}
        />
        <Choices name="school" label={words.school} options={schools} {...(typed.school && { chosen: typed.school })} />
        <Field
          name="link"
          label={words.link}
          error={wrong.has('link') && words.linkWrong}
          input={{ type: 'url', inputmode: 'url', maxlength: 500, value: typed.link ?? '' }}
        />
        <TextArea name="why" label={words.why} error={wrong.has('why') && words.whyWrong} value={typed.why} />
        <Button>{words.send}</Button>
      </OnceForm>
    </Section>
  )
}
