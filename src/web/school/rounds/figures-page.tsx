import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { figuresOf } from '../../../consents/figures.ts'
import type { Round } from '../../../consents/rounds.ts'
import { hashOfFigures, type SharedFigures, sharedFigures, shareFigures, stopSharingFigures } from '../../../consents/share-figures.ts'
import { FEWEST_SHOWN } from '../../../consents/small-groups.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, ErrorAt, Tick } from '../../fields.tsx'
import { FiguresTable } from '../../figures-table.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { briefsOf } from '../../parent/brief.ts'
import { dayIn } from '../../texts/dates.ts'
import { actOnce, atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { nameOfItem } from './item-parts.tsx'
import { pathOf, type RoundDesk, roundAtDesk, seesSchool } from './round-desk.ts'

const shareForm = z.strictObject({ form: formToken, seen: z.string().regex(/^[0-9a-f]{64}$/), complete: z.literal('1').optional() })

/**
 * The figures of a round: counts and shares, for the board and for the schools one has to do with; never of a few people (D05, D10), and
 * never by anything but question and school (D06). The board decides whether others see them (D12).
 */
export function figuresRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/rounds/:roundId/figures', signedInPage, async (c) => show(c, await figuresPage(c)))

  app.post('/school/rounds/:roundId/figures/share', signedInForm, async (c) => {
    const { form, seen, complete } = await readForm(c, shareForm)
    const { desk, round } = await roundAtDesk(c)
    if (!complete) return show(c, await figuresPage(c, { wrong: 'complete' }), 400)
    try {
      return await actOnce(c, desk, { form, back: `${pathOf(round)}/figures`, done: 'shared' }, () =>
        shareFigures(c.var.deps, desk.around.actor, { roundId: round.roundId, complete: true, seen }),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await figuresPage(c, { wrong: 'changed' }), 409)
    }
  })

  app.post('/school/rounds/:roundId/figures/stop', signedInForm, async (c) => {
    const { form } = await readForm(c, z.strictObject({ form: formToken }))
    const { desk, round } = await roundAtDesk(c)
    return await actOnce(c, desk, { form, back: `${pathOf(round)}/figures`, done: 'stopped' }, () =>
      stopSharingFigures(c.var.deps, desk.around.actor, round.roundId),
    )
  })
  return app
}

async function figuresPage(c: Context<PageEnv>, { wrong }: { wrong?: 'complete' | 'changed' } = {}) {
  const { t, language, deps } = c.var
  const words = t.rounds.figures
  const { desk, round, items } = await roundAtDesk(c)
  if (!round.publishedAt) throw new Refusal('round_not_found')
  const { counted, briefs, shared } = await atDesk(c, desk, async (tx) => ({
    counted: await figuresOf(tx, round, deps.now()),
    briefs: await briefsOf(tx, items, language),
    shared: (await sharedFigures(tx, round.boardId)).find(({ roundId }) => roundId === round.roundId),
  }))
  const figures = new Map(counted.map((one) => [one.itemId, one]))
  const asked = items.filter(({ legalBasis, itemId }) => legalBasis === 'consent' && figures.has(itemId))
  return (
    <Page c={c} title={words.title} errors={wrong === 'complete' ? [{ field: 'complete', sentence: words.sharing.completeWrong }] : []}>
      <SchoolNav c={c} />
      {c.req.query('done') === 'shared' && shared && <Notice kind="ok">{words.sharing.since(dayIn(language, shared.sharedAt))}</Notice>}
      {c.req.query('done') === 'stopped' && !shared && <Notice kind="ok">{words.sharing.not}</Notice>}
      {wrong === 'changed' && <Notice kind="warning">{words.sharing.changed}</Notice>}
      <Heading over={round.title}>{words.title}</Heading>
      <P lead>{round.subjectKind === 'pupil' ? words.intro(String(FEWEST_SHOWN)) : words.introStaff(String(FEWEST_SHOWN))}</P>
      {asked.length === 0 && <P>{t.rounds.progress.none}</P>}
      {asked.map((item) => {
        const one = figures.get(item.itemId)!
        const label = nameOfItem(t, briefs.get(item.itemId)!)
        return (
          <Section title={label}>
            <FiguresTable c={c} label={label} of={one} schools={one.schools.filter(({ schoolId }) => seesSchool(desk.sees, schoolId))} />
          </Section>
        )
      })}
      {asked.length > 0 && (
        <Sharing c={c} desk={desk} round={round} shared={shared} seen={hashOfFigures(counted)} incomplete={wrong === 'complete'} />
      )}
      <p class="links">
        <Link href={pathOf(round)}>{t.rounds.preview.back}</Link>
      </p>
    </Page>
  )
}

interface SharingProps {
  c: Context<PageEnv>
  desk: RoundDesk
  round: Round
  shared: SharedFigures | undefined
  /** The figures on this page. */
  seen: string
  incomplete: boolean
}

/** Whether others see the figures, and for who signs for the board the choice. */
function Sharing({ c, desk, round, shared, seen, incomplete }: SharingProps) {
  const { t, language } = c.var
  const words = t.rounds.figures.sharing
  const path = `${pathOf(round)}/figures`
  return (
    <Section title={words.title}>
      <P>{shared ? words.since(dayIn(language, shared.sharedAt)) : words.not}</P>
      {!desk.signs && <P>{words.board}</P>}
      {desk.signs && (
        <OnceForm action={`${path}/share`}>
          <input type="hidden" name="seen" value={seen} />
          <ErrorAt field="complete" sentence={incomplete && words.completeWrong} />
          <Tick name="complete" value="1" id="complete" text={words.complete} ticked={false} />
          <Button primary={false}>{shared ? words.again : words.share}</Button>
        </OnceForm>
      )}
      {desk.signs && shared && (
        <OnceForm action={`${path}/stop`}>
          <Button primary={false}>{words.stop}</Button>
        </OnceForm>
      )}
    </Section>
  )
}
