import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { publishDraft, saysTheSame } from '../../../catalog/leaflet-draft.ts'
import { purposeById } from '../../../catalog/purposes.ts'
import { amsterdamDay, startOfAmsterdamDay } from '../../../clock.ts'
import { type LeafletEffect, leafletEffects, type UseAgain } from '../../../consents/leaflet-effects.ts'
import { writtenIn } from '../../../languages.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { LeafletDifference } from '../../leaflet-difference.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { dayIn, listIn } from '../../texts/dates.ts'
import { actOnceAt } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { type Affected, affectedBy, affectedIn, goneSinceSeen, sinceSeen, writtenAs } from './affected.ts'
import { type AtService, atService } from './at-service.ts'
import { wholeDraft } from './preview-page.tsx'

const publishForm = z.strictObject({
  form: formToken,
  seen: z.string().max(64),
  affected: z.string().max(40_000).transform(affectedIn),
})

/** What publishing changes, and for whom, before it is done; then the next version comes out, unless that changed since it was shown. */
export function leafletPublishRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  const at = '/supplier/:supplierId/services/:serviceId/publish'

  app.get(at, signedInPage, async (c) => show(c, await publishPage(c, await atService(c))))

  app.post(at, signedInForm, async (c) => {
    const here = await atService(c)
    const { form, seen, affected } = await readForm(c, publishForm)
    try {
      return await actOnceAt(c, here.desk, { form, back: here.path, done: 'published' }, async () => {
        if (affectedBy(await effectsOf(c, here)).whole !== affected.whole) throw new Refusal('changed_meanwhile')
        await publishDraft(c.var.deps, here.desk.actor, { serviceId: here.service.serviceId, seen })
      })
    } catch (error) {
      const again = error instanceof Refusal && error.code === 'changed_meanwhile' ? await atService(c) : here
      // Another version may have come out: then there is nothing to look at a second time.
      if (again === here || !again.draft.changedAt) throw error
      return show(c, await publishPage(c, again, { draft: seen !== again.draft.hash, affected }), 409)
    }
  })
  return app
}

const effectsOf = async (c: Context<PageEnv>, at: AtService): Promise<LeafletEffect[]> =>
  await leafletEffects(c.var.deps.db, at.service.supplierId, { serviceId: at.service.serviceId, next: wholeDraft(at) }, c.var.deps.now())

/** What somebody saw before they pressed, where it is otherwise now. */
interface SeenBefore {
  /** The leaflet itself is another. */
  draft: boolean
  affected: Affected
}

async function publishPage(c: Context<PageEnv>, at: AtService, before?: SeenBefore) {
  const words = c.var.t.services
  const [next, effects] = [wholeDraft(at), await effectsOf(c, at)]
  const gone = before ? goneSinceSeen(before.affected, effects) : 0
  const { desk, service, draft, versions, path, writes } = at
  if (!writes || !draft.changedAt) throw new Refusal('not_found')
  const last = versions[0]
  return (
    <Page c={c} title={words.publishTitle}>
      <SupplierNav c={c} desk={desk} />
      {before && (
        <Notice kind="warning">
          <P>{words.changedSince.notYet}</P>
          {before.draft && <P>{words.changedSince.leaflet}</P>}
          {gone > 0 && <P>{words.changedSince.gone(String(gone))}</P>}
        </Notice>
      )}
      <Heading over={service.name}>{words.publishTitle}</Heading>
      <P lead>{words.publishIntro}</P>
      {last && (
        <Section title={words.difference(String(last.version))}>
          <LeafletDifference c={c} old={last.content} next={next} />
        </Section>
      )}
      <Section title={words.forWhom}>
        {effects.length === 0 && <P>{words.forNobody}</P>}
        {effects.map((effect) => (
          <Effect c={c} effect={effect} since={before && sinceSeen(before.affected, effect)} />
        ))}
        <P>{words.direct}</P>
      </Section>
      {last && next.changed <= last.content.changed && next.changed !== amsterdamDay(c.var.deps.now()) && (
        <Notice kind="warning">
          <P>{words.dateStill(dayIn(c.var.language, startOfAmsterdamDay(next.changed)))}</P>
          <P>
            <Link href={`${path}/sections/changed`}>{words.toDate}</Link>
          </P>
        </Notice>
      )}
      {last && saysTheSame(last.content, next) ? (
        <Notice kind="warning">
          <P>{c.var.t.errors.refusals.leaflet_unchanged}</P>
        </Notice>
      ) : (
        <OnceForm action={`${path}/publish`}>
          <input type="hidden" name="seen" value={draft.hash} />
          <input type="hidden" name="affected" value={writtenAs(affectedBy(effects))} />
          <Button>{words.publish(String((last?.version ?? 0) + 1))}</Button>
        </OnceForm>
      )}
      <p class="links">
        <Link href={path}>{words.toService}</Link>
      </p>
    </Page>
  )
}

interface EffectProps {
  c: Context<PageEnv>
  effect: LeafletEffect
  since: ReturnType<typeof sinceSeen>
}

function Effect({ c, effect: { board, version, asksAgain, uses }, since }: EffectProps) {
  const words = c.var.t.services
  return (
    <article class="card">
      <div class="spread">
        <h3 class="utrecht-heading-3 card__title">{board}</h3>
        {since && <span class="utrecht-status-badge utrecht-status-badge--warning">{words.changedSince[since]}</span>}
      </div>
      <P>{words.holdsNow(String(version))}</P>
      {!asksAgain && <P>{words.acceptsEasily}</P>}
      {asksAgain && (
        <Notice kind="warning">
          <P>{words.mustAccept}</P>
          <P>{uses.length === 0 ? words.nobodyAgain : words.again}</P>
        </Notice>
      )}
      {uses.length > 0 && (
        <ul class="rows">
          {uses.map((use) => (
            <Use c={c} use={use} />
          ))}
        </ul>
      )}
    </article>
  )
}

function Use({ c, use: { part, purpose, holder, data, becomes, people } }: { c: Context<PageEnv>; use: UseAgain }) {
  const { t, language } = c.var
  const words = t.services
  const names = data.map((name) => name[writtenIn(language)])
  const what = names.length === 0 ? [] : [holder ? t.hosted.what(listIn(language, names), holder) : listIn(language, names)]
  return (
    <li>
      <span>
        <strong>{what.length === 0 ? purposeById(purpose)?.[language] : what}</strong>
        {part && <span lang="nl"> ({part})</span>}
      </span>
      {what.length > 0 && <div>{purposeById(purpose)?.[language] ?? purpose}</div>}
      <div>
        <span class={`utrecht-status-badge utrecht-status-badge--${becomes === 'told' ? 'neutral' : 'warning'}`}>
          {words.becomes[becomes]}
        </span>{' '}
        <span class="soft">{people === null ? words.peopleFew : words.people(String(people))}</span>
      </div>
    </li>
  )
}
