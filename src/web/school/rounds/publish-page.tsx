import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { plainText } from '../../../catalog/plain-text.ts'
import { hardToRead } from '../../../consents/hard-to-read.ts'
import { askToPublish } from '../../../consents/publication-job.ts'
import { reachOf } from '../../../consents/reach.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, TextArea } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { briefsOf } from '../../parent/brief.ts'
import { dayIn } from '../../texts/dates.ts'
import { numberIn } from '../../texts/numbers.ts'
import { actOnce, atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { nameOfItem } from './item-parts.tsx'
import { type AtRound, changerOf, ownRound, pathOf } from './round-desk.ts'

const publishForm = z.strictObject({
  form: formToken,
  seen: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
  because: z
    .string()
    .trim()
    .pipe(z.union([z.literal(''), plainText(500)]))
    .optional(),
})

/** The last look before a round goes out: what, to how many, and how many no mail reaches. */
export function publishRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds/:roundId/publish', signedInPage, async (c) => show(c, await publishPage(c, await ownRound(c))))

  app.post('/school/rounds/:roundId/publish', signedInForm, async (c) => {
    const { form, seen, because } = await readForm(c, publishForm)
    const { desk, round } = await ownRound(c)
    try {
      return await actOnce(c, desk, { form, back: pathOf(round), done: 'sent' }, () =>
        askToPublish(c.var.deps, desk.around.actor, { roundId: round.roundId, seen, hardBecause: because || undefined }),
      )
    } catch (error) {
      if (error instanceof Refusal && error.code === 'hard_to_read') {
        return show(c, await publishPage(c, await ownRound(c), { unexplained: true }), 409)
      }
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await publishPage(c, await ownRound(c), { changed: true }), 409)
    }
  })
  return app
}

async function publishPage(c: Context<PageEnv>, { desk, round, items }: AtRound, { changed = false, unexplained = false } = {}) {
  const { t, language, deps } = c.var
  const words = t.rounds.publish
  const { boardId } = desk.around.actor
  if (round.publishedAt) throw new Refusal('round_already_published')
  const { audience } = round
  if (!audience) throw new Refusal('audience_missing')
  const { reach, briefs, changedBy } = await atDesk(c, desk, async (tx) => {
    return {
      reach: await reachOf(tx, boardId, audience, round.subjectKind, deps.now()),
      briefs: await briefsOf(tx, items, language),
      changedBy: await changerOf(tx, round),
    }
  })
  const asked = items.filter(({ legalBasis }) => legalBasis === 'consent')
  const hard = hardToRead(items)
  const number = numberIn(language)
  const people = number(reach.subjects)
  const path = pathOf(round)
  const pupils = round.subjectKind === 'pupil'
  return (
    <Page c={c} title={words.title} errors={unexplained ? [{ field: 'because', sentence: words.hardBecauseWrong }] : []}>
      <SchoolNav c={c} />
      {changed && <Notice kind="warning">{t.rounds.draft.changedLook(changedBy)}</Notice>}
      <Heading over={round.title}>{words.title}</Heading>
      <P lead>{words.intro}</P>
      <Section title={t.rounds.draft.asked}>
        <ul class="utrecht-unordered-list">
          {items.map((item) => (
            <li class="utrecht-unordered-list__item">
              <Link href={`${path}/items/${item.itemId}`}>{nameOfItem(t, briefs.get(item.itemId)!)}</Link>
              {item.legalBasis !== 'consent' && <span class="soft"> ({t.rounds.add.may.tell})</span>}
              {hard.includes(item) && <strong> ({words.isHard})</strong>}
            </li>
          ))}
        </ul>
        {hard.length > 0 && <Notice kind="warning">{words.hard(number(hard.length))}</Notice>}
      </Section>
      <Section title={words.to}>
        <ul class="utrecht-unordered-list">
          <li class="utrecht-unordered-list__item">{pupils ? words.pupils(people) : words.staff(people)}</li>
          <li class="utrecht-unordered-list__item">{words.questions(number(asked.length))}</li>
          {items.length > asked.length && <li class="utrecht-unordered-list__item">{words.told(number(items.length - asked.length))}</li>}
          <li class="utrecht-unordered-list__item">{words.mails(number(reach.mailed))}</li>
          {reach.unreached > 0 && <li class="utrecht-unordered-list__item">{words.letters(number(reach.unreached))}</li>}
        </ul>
        {round.opensAt && round.opensAt > deps.now() && <P>{words.later(dayIn(language, round.opensAt))}</P>}
        {reach.nobody > 0 && (
          <Notice kind="warning">
            {words.nobody(number(reach.nobody))} {words.nobodyHelp}
          </Notice>
        )}
      </Section>
      <OnceForm action={`${path}/publish`}>
        <input type="hidden" name="seen" value={String(round.revision)} />
        {hard.length > 0 && (
          <TextArea
            name="because"
            label={words.hardBecause}
            hint={words.hardBecauseHint}
            error={unexplained && words.hardBecauseWrong}
            maxlength={500}
          />
        )}
        <Button>{pupils ? words.sure(people) : words.sureStaff(people)}</Button>
      </OnceForm>
      <p class="links">
        <Link href={`${path}/preview`}>{t.rounds.draft.all}</Link>
        <Link href={path}>{t.rounds.preview.back}</Link>
      </p>
    </Page>
  )
}
