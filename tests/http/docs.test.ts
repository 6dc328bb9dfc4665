import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { AccessError, type AccessErrorCode } from '../../src/holder/access-error.ts'
import type { WrittenLanguage } from '../../src/languages.ts'
import { oauthErrorStatuses } from '../../src/oauth/oauth-error.ts'
import { TTL_SECONDS } from '../../src/oauth/signed-status.ts'
import { refusals } from '../../src/refusal.ts'
import { holderCode } from '../../src/web/docs/holder-code.ts'
import { apiInEnglishNl } from '../../src/web/docs/nl/api.ts'
import { holderStatuses } from '../../src/web/docs/oauth-advice.ts'
import { DOC_PAGES } from '../../src/web/docs/overview.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { htmlFaults } from '../support/sound-html.ts'

let broker: TestBroker
let get: (path: string, language?: WrittenLanguage) => Promise<{ status: number; body: string }>
beforeAll(async () => {
  broker = await freshBroker()
  const app = createApp(() => broker.deps)
  get = async (path, language = 'en') => {
    const answer = await app.request(broker.deps.issuer + path, { headers: { accept: 'text/html', 'accept-language': language } })
    return { status: answer.status, body: await answer.text() }
  }
})
afterAll(() => broker.close())

const hrefs = (html: string) =>
  Array.from(html.matchAll(/href="(\/(?:docs|v1)[^"#]*)(?:#([^"]*))?"/g), ([, path, part]) => ({ path: path!, part }))

describe('The documentation', () => {
  test.each(['nl', 'en'] as const)('is for everybody, in %s, in sound HTML, and no link in it leads nowhere', async (language) => {
    const seen = new Map<string, string>()
    const waiting = ['/docs']
    const wanted: { path: string; part: string | undefined }[] = []
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue
      const { status, body } = await get(path, language)
      expect([path, status]).toEqual([path, 200])
      seen.set(path, body)
      if (!body.startsWith('<!doctype')) continue
      expect(await htmlFaults(body), path).toEqual([])
      const isReference = path.startsWith('/docs/api')
      expect(body, path).toContain(`<html lang="${isReference ? 'en' : language}"`)
      expect(body.includes(`<span lang="nl">${apiInEnglishNl}`), `${path} says why it is in English`).toBe(isReference && language === 'nl')
      wanted.push(...hrefs(body))
      waiting.push(...hrefs(body).map((link) => link.path))
    }
    expect(seen.size).toBeGreaterThan(15)
    for (const { path, part } of wanted) if (part) expect(seen.get(path)).toContain(`id="${part}"`)
  })

  test.each(['nl', 'en'] as const)(
    'explains every error that there is in %s, under the code and status it goes out with',
    async (language) => {
      const { body } = await get('/docs/errors', language)
      const rows = new Map(
        Array.from(
          body.matchAll(/<summary><code[^>]*>(\w+)<\/code><\/summary><dl[^>]* id="([ohp])-\1">([\s\S]*?)<\/dl><\/details>/g),
          ([, code, kind, facts]) => [`${kind} ${code}`, facts!] as const,
        ),
      )
      const known: Record<string, { status: number; as?: string }> = refusals
      const own = Object.entries(known).filter(([, { as }]) => as === undefined)
      const holders = Object.keys(holderStatuses) as AccessErrorCode[]
      const all = [
        ...Object.entries(oauthErrorStatuses).map(([code, status]) => [`o ${code}`, status] as const),
        ...holders.map((code) => [`h ${code}`, new AccessError(code, '').status] as const),
        ...own.map(([code, { status }]) => [`p ${code}`, status] as const),
      ]
      expect([...rows.keys()].sort()).toEqual(all.map(([row]) => row).sort())
      for (const [row, status] of all) {
        expect(rows.get(row), row).toContain(`>${status}<`)
        const told = Array.from(rows.get(row)!.matchAll(/<dd[^>]*>([\s\S]*?)<\/dd>/g), ([, cell]) => cell!)
        expect(told.at(-1)!.length, row).toBeGreaterThan(10)
      }
      const source = await readFile('src/holder/access-error.ts', 'utf8')
      expect(holders.sort()).toEqual(Array.from(source.matchAll(/^ {2}\| '(\w+)'/gm), ([, code]) => code!).sort())
    },
  )

  test('has every operation of the contract in its reference', async () => {
    const contract = JSON.parse(await readFile('openapi/openapi.json', 'utf8')) as {
      paths: Record<string, Record<string, { operationId?: string }>>
    }
    const ids = Object.values(contract.paths).flatMap((item) => Object.values(item).flatMap(({ operationId }) => operationId ?? []))
    const { body } = await get('/docs/api')
    const groups = [...new Set(hrefs(body).flatMap(({ path }) => (path.startsWith('/docs/api/') ? path : [])))]
    const shown = (await Promise.all(groups.map((path) => get(path)))).flatMap((group) =>
      Array.from(group.body.matchAll(/<article class="card" id="(\w+)"/g), ([, id]) => id!),
    )
    expect(shown.sort()).toEqual(ids.sort())
    expect(ids.length).toBeGreaterThan(30)
  })

  test('tells the bound of a withdrawal as the code keeps it', async () => {
    const { body } = await get('/docs/withdrawal')
    expect(body).toContain(`may be used for ${TTL_SECONDS} seconds`)
    expect(body).toContain('10 minutes')
    const dutch = (await get('/docs/withdrawal', 'nl')).body
    expect(dutch).toContain(`mag ${TTL_SECONDS} seconden worden gebruikt`)
    expect(dutch).toContain('10 minuten')
  })

  test('says the same in both languages: the same parts, code, rows and words of the interface', async () => {
    const parts = (html: string) =>
      Array.from(
        html.matchAll(/ id="[^"]+"|<code[^>]*>[\s\S]*?<\/code>|href="\/docs[^"]*"|<li class="utrecht-unordered|<td|<dd/g),
        ([part]) => part,
      ).sort()
    for (const { path } of DOC_PAGES.en) {
      const [dutch, english] = [parts((await get(path, 'nl')).body), parts((await get(path, 'en')).body)]
      expect(dutch.length, path).toBeGreaterThan(5)
      expect(dutch, path).toEqual(english)
    }
  })

  test('has the first example of the kit’s own README', async () => {
    expect(await readFile('src/holder/README.md', 'utf8')).toContain(`\`\`\`ts\n${holderCode}\`\`\``)
  })

  test('serves the kit as a package, and says that there is none where nothing was built', async () => {
    const kit = (deps = broker.deps) => createApp(() => deps).request(`${broker.deps.issuer}/docs/holder-kit.tgz`)
    expect((await kit()).status).toBe(404)
    const served = await kit({ ...broker.deps, holderKit: async () => Uint8Array.of(31, 139, 8) })
    expect([served.status, served.headers.get('content-type')]).toEqual([200, 'application/gzip'])
    expect([...new Uint8Array(await served.arrayBuffer())]).toEqual([31, 139, 8])
  })

  test('is named in the server metadata (RFC 8414 §2)', async () => {
    const metadata = JSON.parse((await get('/.well-known/oauth-authorization-server')).body) as Record<string, unknown>
    expect(metadata.service_documentation).toBe(`${broker.deps.issuer}/docs`)
  })
})
