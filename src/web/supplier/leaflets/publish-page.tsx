import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { LeafletContent } from '../../../catalog/leaflet.ts'
import { publishDraft } from '../../../catalog/leaflet-draft.ts'
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
import { type AtService, atService } from './at-service.ts'
import { wholeDraft } from './preview-page.tsx'

const publishForm = z.strictObject({ form: formToken, seen: z.string().max(64) })

/** What publishing changes, and for whom, before it is done; then the next version comes out. */
export function leafletPublishRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/services/:serviceId/publish', signedInPage, async (c) => {
    const at = await atService(c)
    const { deps } = c.var
    const next = wholeDraft(at)
    const effects = await leafletEffects(deps.db, at.service.supplierId, { serviceId: at.service.serviceId, next }, deps.now())
    return show(c, publishPage(c, at, next, effects))
  })

  app.post('/supplier/:supplierId/services/:serviceId/publish', signedInForm, async (c) => {
    const { desk, service, path } = await atService(c)
    const { form, seen } = await readForm(c, publishForm)
    return await actOnceAt(c, desk, { form, back: path, done: 'published' }, () =>
      publishDraft(c.var.deps, desk.actor, { serviceId: service.serviceId, seen }),
    )
  })
  return app
}

function publishPage(c: Context<PageEnv>, at: AtService, next: LeafletContent, effects: LeafletEffect[]) {
  const words = c.var.t.services
  const { desk, service, draft, versions, path, writes } = at
  if (!writes || !draft.changedAt) throw new Refusal('not_found')
  const last = versions[0]
  return (
    <Page c={c} title={words.publishTitle}>
      <SupplierNav c={c} desk={desk} />
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
          <Effect c={c} effect={effect} />
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
      <OnceForm action={`${path}/publish`}>
        <input type="hidden" name="seen" value={draft.hash} />
        <Button>{words.publish(String((last?.version ?? 0) + 1))}</Button>
      </OnceForm>
      <p class="links">
        <Link href={path}>{words.toService}</Link>
      </p>
    </Page>
  )
}

function Effect({ c, effect: { board, version, asksAgain, uses } }: { c: Context<PageEnv>; effect: LeafletEffect }) {
  const words = c.var.t.services
  return (
    <article class="card">
      <h3 class="utrecht-heading-3 card__title">{board}</h3>
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
