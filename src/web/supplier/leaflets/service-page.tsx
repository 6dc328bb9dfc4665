import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { missingSections, SECTION_NAMES, SECTIONS } from '../../../catalog/leaflet.ts'
import { discardDraft } from '../../../catalog/leaflet-draft.ts'
import { ButtonLink, Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { ReadingLevelNote } from '../../reading-level-note.tsx'
import { dayIn, momentIn } from '../../texts/dates.ts'
import { actOnceAt } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { type AtService, atService } from './at-service.ts'
import { leafletLevel } from './leaflet-level.ts'

/** One service: its leaflet by sections, what is still missing, how it reads, and the versions so far. */
export function supplierServiceRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/services/:serviceId', signedInPage, async (c) => show(c, servicePage(c, await atService(c))))

  app.post('/supplier/:supplierId/services/:serviceId/discard', signedInForm, async (c) => {
    const { desk, service, path } = await atService(c)
    const { form: token, seen } = await readForm(c, z.strictObject({ form: formToken, seen: z.string().max(64) }))
    return await actOnceAt(c, desk, { form: token, back: path, done: 'discarded' }, () =>
      discardDraft(c.var.deps, desk.actor, { serviceId: service.serviceId, seen }),
    )
  })
  return app
}

const DONE = ['saved', 'imported', 'discarded', 'published'] as const

function servicePage(c: Context<PageEnv>, at: AtService) {
  const { t, language } = c.var
  const words = t.services
  const { desk, service, draft, versions, path, writes } = at
  const done = DONE.find((word) => word === c.req.query('done'))
  const missing = missingSections(draft.content)
  const complete = missing.length === 0
  const level = leafletLevel(draft.content)
  return (
    <Page c={c} title={service.name}>
      <SupplierNav c={c} desk={desk} />
      {done && <Notice kind="ok">{words.done[done]}</Notice>}
      <Heading over={words.kinds[service.kind]}>{service.name}</Heading>
      <P lead>
        {versions[0] ? words.version(String(versions[0].version), dayIn(language, versions[0].publishedAt)) : words.neverPublished}
      </P>
      {draft.changedAt && <P>{words.draftSince(momentIn(language, draft.changedAt))}</P>}
      <Section title={words.sections} intro={complete ? words.complete : words.incomplete(String(missing.length))}>
        <ul class="rows">
          {SECTION_NAMES.map((section) => (
            <li class="spread">
              <span>
                <strong>{SECTIONS[section]}</strong>{' '}
                {writes ? <Link href={`${path}/sections/${section}`}>{words.section[section].title}</Link> : words.section[section].title}
              </span>
              <span class={`utrecht-status-badge utrecht-status-badge--${missing.includes(section) ? 'warning' : 'safe'}`}>
                {missing.includes(section) ? words.missing : words.there}
              </span>
            </li>
          ))}
        </ul>
      </Section>
      {level && <ReadingLevelNote c={c} level={level} />}
      <Section title={words.next}>
        <p class="links">
          {complete && (
            <>
              <Link href={`${path}/preview/parent`}>{words.asParent}</Link>
              <Link href={`${path}/preview/school`}>{words.asSchool}</Link>
            </>
          )}
          {(draft.changedAt || versions.length > 0) && <Link href={`${path}/leaflet.json`}>{words.export}</Link>}
          {writes && <Link href={`${path}/import`}>{words.import}</Link>}
        </p>
        {!complete && <P>{words.previewLater}</P>}
        {writes && draft.changedAt && complete && (
          <ButtonLink href={`${path}/publish`} primary>
            {words.toPublish}
          </ButtonLink>
        )}
        {writes && draft.changedAt && (
          <details class="more">
            <summary>{words.discardTitle}</summary>
            <div class="more__body">
              <P>{words.discardIntro}</P>
              <OnceForm action={`${path}/discard`}>
                <input type="hidden" name="seen" value={draft.hash} />
                <Button primary={false}>{words.discard}</Button>
              </OnceForm>
            </div>
          </details>
        )}
      </Section>
      {versions.length > 0 && (
        <Section title={words.versions}>
          <ul class="rows">
            {versions.map(({ version, publishedAt }) => (
              <li>
                <Link href={`${path}/versions/${version}`}>{words.version(String(version), dayIn(language, publishedAt))}</Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Page>
  )
}
