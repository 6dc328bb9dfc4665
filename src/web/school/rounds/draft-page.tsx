import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { councilApprovals } from '../../../agreements/council-approval.ts'
import { amsterdamDay } from '../../../clock.ts'
import { countIn } from '../../../consents/audience.ts'
import { recordApprovalOfDraft, rewordRound } from '../../../consents/change-draft.ts'
import { leftBehind } from '../../../consents/copy-round.ts'
import { dropItem } from '../../../consents/draft-items.ts'
import type { Item } from '../../../consents/item.ts'
import { needsCouncil } from '../../../consents/publish-round.ts'
import { idOf } from '../../../http.ts'
import type { ItemId } from '../../../ids.ts'
import { isUnderWay, type JobView } from '../../../jobs/read.ts'
import { day } from '../../../moments.ts'
import { Refusal } from '../../../refusal.ts'
import { ButtonLink, Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Field, TextArea } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { type Brief, briefsOf } from '../../parent/brief.ts'
import { dayIn, momentIn } from '../../texts/dates.ts'
import { publicCodeOf } from '../../texts/public-code.ts'
import { actOnce, atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { Council } from './council-parts.tsx'
import { nameOfItem } from './item-parts.tsx'
import { progressPage } from './progress-page.tsx'
import { NotSent, publicationOf, SendingPage } from './publication-parts.tsx'
import { type AtRound, changerOf, ownRound, pathOf, roundAtDesk } from './round-desk.ts'

const wordsForm = z.strictObject({
  form: formToken,
  seen: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
  title: z.string().trim().min(1).max(200),
  undertakings: z.string().trim().min(1).max(5000),
})
const councilForm = z.strictObject({
  form: formToken,
  council: z.enum(['MR', 'GMR', 'PMR']),
  about: z.string().trim().min(1).max(200),
  on: day,
})
const dropForm = z.strictObject({ form: formToken, item: idOf<ItemId>() })

/** One round: a draft with what is asked, what is told and for whom; or how far it is, once it went out. */
export function draftRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds/:roundId', signedInPage, async (c) => {
    const at = await roundAtDesk(c)
    if (at.round.publishedAt) return show(c, await progressPage(c, at))
    const sending = await publicationOf(c, at)
    return show(c, isUnderWay(sending) ? <SendingPage c={c} at={at} job={sending} /> : await draftPage(c, at, { sending }))
  })

  app.post('/school/rounds/:roundId/words', signedInForm, async (c) => {
    const read = await safeReadForm(c, wordsForm)
    const at = await ownRound(c)
    if (!read.ok) return show(c, await draftPage(c, at, { wrong: read.wrong, typed: read.typed }), 400)
    const { form, seen, ...words } = read.data
    const { desk, round } = at
    try {
      return await actOnce(c, desk, { form, back: pathOf(round), done: 'changed' }, () =>
        rewordRound(c.var.deps, desk.around.actor, { roundId: round.roundId, seen, ...words }),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await draftPage(c, await ownRound(c), { typed: words, changed: true }), 409)
    }
  })

  app.post('/school/rounds/:roundId/council', signedInForm, async (c) => {
    const read = await safeReadForm(c, councilForm)
    const at = await ownRound(c)
    if (!read.ok) return show(c, await draftPage(c, at, { wrong: read.wrong, typed: read.typed }), 400)
    const { form, council, about, on } = read.data
    if (on > amsterdamDay(c.var.deps.now())) {
      return show(c, await draftPage(c, at, { wrong: new Set(['on']), typed: { about, on } }), 400)
    }
    const { desk, round } = at
    return await actOnce(c, desk, { form, back: pathOf(round), done: 'recorded' }, () =>
      recordApprovalOfDraft(c.var.deps, desk.around.actor, { roundId: round.roundId, council, about, approvedOn: on }),
    )
  })

  app.post('/school/rounds/:roundId/drop', signedInForm, async (c) => {
    const { form, item } = await readForm(c, dropForm)
    const { desk, round } = await ownRound(c)
    return await actOnce(c, desk, { form, back: pathOf(round), done: 'dropped' }, () =>
      dropItem(c.var.deps, desk.around.actor, { roundId: round.roundId, itemId: item }),
    )
  })
  return app
}

interface Again {
  wrong?: Set<string>
  typed?: Record<string, string>
  changed?: boolean
  /** Somebody asked to send it, and it did not go out. */
  sending?: JobView | undefined
}

const DONE = ['dropped', 'added', 'changed'] as const

async function draftView(c: Context<PageEnv>, { desk, round, items }: AtRound) {
  const { boardId } = desk.around.actor
  const at = c.var.deps.now()
  return await atDesk(c, desk, async (tx) => {
    const left = await leftBehind(tx, at, round)
    return {
      left,
      briefs: await briefsOf(tx, [...items, ...left.map(({ item }) => item)], c.var.language),
      changedBy: await changerOf(tx, round),
      people: round.audience ? await countIn(tx, round.audience, round.subjectKind, boardId, at) : null,
      council: (await needsCouncil(tx, boardId, round)) ? { approvals: await councilApprovals(tx, boardId, round.roundId) } : null,
    }
  })
}

async function draftPage(c: Context<PageEnv>, at: AtRound, { wrong = new Set(), typed, changed = false, sending }: Again = {}) {
  const { t, language } = c.var
  const words = t.rounds.draft
  const { round, items, edits } = at
  const { left, briefs, changedBy, people, council } = await draftView(c, at)
  const path = pathOf(round)
  const query = c.req.query('done')
  const done = DONE.find((word) => word === query)
  const asked = items.filter(({ legalBasis }) => legalBasis === 'consent')
  const told = items.filter(({ legalBasis }) => legalBasis !== 'consent')
  const errors = [
    ...(wrong.has('title') ? [{ field: 'title', sentence: t.rounds.form.nameWrong }] : []),
    ...(wrong.has('undertakings') ? [{ field: 'undertakings', sentence: t.rounds.form.promisesWrong }] : []),
    ...(wrong.has('about') ? [{ field: 'about', sentence: words.councilAboutWrong }] : []),
    ...(wrong.has('on') ? [{ field: 'on', sentence: words.councilOnWrong }] : []),
  ]
  const ready = items.length > 0 && (people ?? 0) > 0 && (!council || round.councilApprovalId !== null)
  return (
    <Page c={c} title={round.title} errors={errors}>
      <SchoolNav c={c} />
      {done && <Notice kind="ok">{words[done]}</Notice>}
      {query === 'made' && <Notice kind="ok">{t.rounds.form.made}</Notice>}
      {query === 'copied' && <Notice kind="ok">{t.rounds.nextMade}</Notice>}
      {query === 'recorded' && <Notice kind="ok">{words.councilRecorded}</Notice>}
      {query === 'audience' && <Notice kind="ok">{t.rounds.audience.saved}</Notice>}
      {changed && <Notice kind="warning">{words.changedMeanwhile(changedBy)}</Notice>}
      <NotSent c={c} job={sending} />
      <Heading over={t.rounds.year(round.schoolYear, t.rounds.kinds[round.subjectKind])}>{round.title}</Heading>
      {!edits && <P>{t.rounds.lookOnly}</P>}
      {round.opensAt && <P>{t.rounds.opens(dayIn(language, round.opensAt))}</P>}
      {round.changed && <p class="soft">{words.changedBy(changedBy, momentIn(language, round.changed.at))}</p>}
      <Section title={words.asked}>
        {asked.length === 0 && <P>{words.askedNone}</P>}
        <Items c={c} path={path} items={asked} briefs={briefs} edits={edits} />
        {edits && (
          <p>
            <ButtonLink href={`${path}/add`}>{words.add}</ButtonLink>
          </p>
        )}
      </Section>
      {told.length > 0 && (
        <Section title={words.told} intro={words.toldIntro}>
          <Items c={c} path={path} items={told} briefs={briefs} edits={edits} />
        </Section>
      )}
      {left.length > 0 && (
        <Section title={words.left}>
          <ul class="utrecht-unordered-list">
            {left.map(({ item, why }) => (
              <li class="utrecht-unordered-list__item">
                {nameOfItem(t, briefs.get(item.itemId)!)}
                <div class="soft">{why ? t.errors.refusals[publicCodeOf(why)] : words.leftAgain}</div>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={words.audience}>
        <P>
          {people === null
            ? words.audienceNone
            : round.subjectKind === 'pupil'
              ? words.audienceCount(String(people))
              : words.audienceStaff(String(people))}
        </P>
        {edits && (
          <p>
            <Link href={`${path}/audience`}>{words.audienceChoose}</Link>
          </p>
        )}
      </Section>
      {council && <Council c={c} round={round} approvals={council.approvals} edits={edits} wrong={wrong} typed={typed ?? {}} />}
      {edits && (
        <details class="more" open={wrong.has('title') || wrong.has('undertakings') || changed}>
          <summary>{words.words}</summary>
          <div class="more__body">
            {changed && (
              <P>
                {round.title}
                <br />
                <span class="soft">{round.undertakings}</span>
              </P>
            )}
            <OnceForm action={`${path}/words`}>
              <input type="hidden" name="seen" value={String(round.revision)} />
              <Field
                name="title"
                label={t.rounds.form.name}
                error={wrong.has('title') && t.rounds.form.nameWrong}
                input={{ value: typed?.title ?? round.title, maxlength: 200, autocomplete: 'off' }}
              />
              <TextArea
                name="undertakings"
                label={t.rounds.form.promises}
                hint={t.rounds.form.promisesHint}
                error={wrong.has('undertakings') && t.rounds.form.promisesWrong}
                value={typed?.undertakings ?? round.undertakings}
              />
              <Button primary={false}>{words.wordsSave}</Button>
            </OnceForm>
          </div>
        </details>
      )}
      <p class="links">{items.length > 0 && <Link href={`${path}/preview`}>{words.all}</Link>}</p>
      {edits &&
        (ready ? (
          <p>
            <ButtonLink href={`${path}/publish`} primary>
              {words.send}
            </ButtonLink>
          </p>
        ) : (
          <P>{words.sendNotYet}</P>
        ))}
    </Page>
  )
}

interface ItemsProps {
  c: Context<PageEnv>
  path: string
  items: Item[]
  briefs: Map<ItemId, Brief>
  edits: boolean
}

function Items({ c, path, items, briefs, edits }: ItemsProps) {
  const { t } = c.var
  const words = t.rounds.draft
  return (
    <ul class="cards">
      {items.map((item) => (
        <li class="card">
          <h3 class="utrecht-heading-3 card__title" id={`item-${item.itemId}`}>
            {nameOfItem(t, briefs.get(item.itemId)!)}
          </h3>
          <P>
            {item.reason.nl}
            {item.legalBasis !== 'consent' && <span class="soft"> {t.consents.basisIs(t.consents.basis[item.legalBasis])}</span>}
          </P>
          <div class="links">
            <Link href={`${path}/items/${item.itemId}`}>{words.see}</Link>
            {edits && <Link href={`${path}/items/${item.itemId}/change`}>{words.change}</Link>}
            {edits && (
              <OnceForm action={`${path}/drop`}>
                <input type="hidden" name="item" value={item.itemId} />
                <button class="quiet-button" type="submit" aria-describedby={`item-${item.itemId}`}>
                  {words.drop}
                </button>
              </OnceForm>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}
