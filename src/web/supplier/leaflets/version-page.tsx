import { type Context, Hono } from 'hono'
import { leafletLines } from '../../../agreements/text.ts'
import type { LeafletContent, LeafletDraft } from '../../../catalog/leaflet.ts'
import { partsOn } from '../../../catalog/leaflet.ts'
import type { Leaflet } from '../../../catalog/store.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { LeafletDifference } from '../../leaflet-difference.tsx'
import { type PageEnv, show, signedInPage } from '../../page.tsx'
import { dayIn } from '../../texts/dates.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { type AtService, atService } from './at-service.ts'

/** A published version, what it changed, and a leaflet as JSON to keep or to take elsewhere. */
export function leafletVersionRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/services/:serviceId/versions/:version', signedInPage, async (c) => {
    const at = await atService(c)
    return show(c, versionPage(c, at, versionIn(c, at)))
  })

  app.get('/supplier/:supplierId/services/:serviceId/versions/:version/leaflet.json', signedInPage, async (c) => {
    const { content, version } = versionIn(c, await atService(c))
    return jsonFile(c, content, `leaflet-v${version}.json`)
  })

  app.get('/supplier/:supplierId/services/:serviceId/leaflet.json', signedInPage, async (c) => {
    return jsonFile(c, (await atService(c)).draft.content, 'leaflet.json')
  })
  return app
}

function jsonFile(c: Context<PageEnv>, content: LeafletDraft, name: string) {
  c.header('content-disposition', `attachment; filename="${name}"`)
  return c.body(`${JSON.stringify(content, null, 2)}\n`, 200, { 'content-type': 'application/json; charset=utf-8' })
}

function versionIn(c: Context<PageEnv>, { versions }: AtService): Leaflet {
  const found = versions.find(({ version }) => String(version) === c.req.param('version'))
  if (!found) throw new Refusal('leaflet_not_found')
  return found
}

function versionPage(
  c: Context<PageEnv>,
  { desk, service, versions, path }: AtService,
  { version, content, publishedAt, contentHash }: Leaflet,
) {
  const { t, language } = c.var
  const words = t.services
  const before = versions.find((other) => other.version === version - 1)
  const annex = (one: LeafletContent) => leafletLines(one, partsOn(one, [])).join('\n')
  return (
    <Page c={c} title={words.version(String(version), dayIn(language, publishedAt))}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={service.name}>{words.version(String(version), dayIn(language, publishedAt))}</Heading>
      {before && (
        <Section title={words.difference(String(before.version))}>
          <LeafletDifference c={c} old={before.content} next={content} />
        </Section>
      )}
      <Section title={words.annex}>
        <pre class="card contract" lang="nl" tabindex={0}>
          {annex(content)}
        </pre>
        <P>
          <span class="soft breakable">{t.school.contracts.bytes(Buffer.from(contentHash).toString('hex'))}</span>
        </P>
      </Section>
      <p class="links">
        <Link href={path}>{words.toService}</Link>
        <Link href={`${path}/versions/${version}/leaflet.json`}>{words.export}</Link>
      </p>
    </Page>
  )
}
