import { type Context, Hono } from 'hono'
import { writtenIn } from '../../languages.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, page, show } from '../page.tsx'
import { type DocPage, EXAMPLE_BROKER } from './block.ts'
import { DocBlock, Inline } from './doc-parts.tsx'
import { HOLDER_KIT } from './holder-code.ts'
import { API_SHORT, DOC_PAGES, OVERVIEW } from './overview.ts'

/**
 * The documentation for engineers, for everybody, in Dutch and English. It is part of the app, so it tells of the very version that
 * runs.
 */
export function docsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  for (const { path } of [OVERVIEW.en, ...DOC_PAGES.en]) {
    app.get(path, page, (c) => {
      const language = writtenIn(c.var.language)
      const doc = [OVERVIEW[language], ...DOC_PAGES[language]].find((one) => one.path === path)!
      return show(c, <Doc c={c} doc={doc} />)
    })
  }
  // A code example as a file, for `curl -O`.
  app.get('/docs/code/:file', page, (c) => {
    const found = DOC_PAGES.en.flatMap(({ blocks }) => blocks).find((block) => block.kind === 'code' && block.file === c.req.param('file'))
    if (found?.kind !== 'code') throw new Refusal('not_found')
    return c.text(found.text.replaceAll(EXAMPLE_BROKER, c.var.deps.issuer))
  })
  app.get(HOLDER_KIT, page, async (c) => {
    const { holderKit } = c.var.deps
    if (!holderKit) throw new Refusal('not_found')
    return c.body(Uint8Array.from(await holderKit()), 200, { 'content-type': 'application/gzip' })
  })
  return app
}

/** The way through the documentation, on top of each of its pages. */
export function DocNav({ c }: { c: Context<PageEnv> }) {
  const here = c.req.path
  const language = writtenIn(c.var.language)
  const overview = OVERVIEW[language]
  const links = [overview, ...DOC_PAGES[language], { path: '/docs/api', short: API_SHORT }]
  return (
    <nav class="header__nav" aria-label={overview.title}>
      <ul>
        {links.map(({ path, short }) => (
          <li>
            <a class="utrecht-link utrecht-link--html-a" href={path} aria-current={path === here ? 'page' : undefined}>
              {short}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Doc({ c, doc }: { c: Context<PageEnv>; doc: DocPage }) {
  return (
    <Page c={c} title={doc.title}>
      <DocNav c={c} />
      <Heading>{doc.title}</Heading>
      <P lead>
        <Inline words={doc.lead} />
      </P>
      {doc.blocks.map((block) => (
        <DocBlock c={c} block={block} />
      ))}
    </Page>
  )
}
