/** A page as it came over HTTP to one person. */
export interface CrawledPage {
  who: string
  /** Where it was asked for, and where that led. */
  path: string
  /** The path without ids and values, so that pages of one kind are together. */
  pattern: string
  status: number
  /** Empty for a file. */
  html: string
}

export type Opens = (path: string) => Promise<{ path: string; status: number; html: string }>

/**
 * Everything that somebody reaches from these addresses by links, and by forms that only ask for a page. What leads away
 * from the site, and what is no page, is fetched and led no further.
 *
 * @param mostOfAKind as many pages of one kind as anybody needs to see: a list of two hundred questions is not two hundred kinds
 */
export async function crawl(who: string, open: Opens, starts: readonly string[], mostOfAKind = 20): Promise<CrawledPage[]> {
  const found: CrawledPage[] = []
  const asked = new Set<string>()
  const perPattern = new Map<string, number>()
  const waiting = [...starts]
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const pattern = patternOf(path)
    const count = perPattern.get(pattern) ?? 0
    if (asked.has(path) || count >= mostOfAKind) continue
    asked.add(path)
    perPattern.set(pattern, count + 1)
    const page = await open(path)
    asked.add(page.path)
    found.push({ who, path: page.path, pattern: patternOf(page.path), status: page.status, html: page.html })
    waiting.push(...leadsOf(page.html, page.path))
  }
  return found
}

export function patternOf(path: string): string {
  const { pathname, searchParams } = new URL(path, 'http://here')
  const kind = pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id').replace(/\/[\w-]{32,}/g, '/:secret')
  const keys = [...new Set(searchParams.keys())].sort()
  return keys.length > 0 ? `${kind}?${keys.join('&')}` : kind
}

/** Where links lead, and the first button of forms that get. */
function leadsOf(html: string, from: string): string[] {
  const base = new URL(from, 'http://here')
  const links = Array.from(html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g), ([, href]) => decoded(href!))
  const forms = Array.from(html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs), ([, tag, inner]) => {
    if (!/method="get"/.test(tag!)) return ''
    const action = decoded(/action="([^"]*)"/.exec(tag!)?.[1] ?? from)
    const fields = Array.from(inner!.matchAll(/<input\b[^>]*>/g), ([input]) => [attribute(input, 'name'), attribute(input, 'value') ?? ''])
    return `${action}?${new URLSearchParams(fields.filter((field): field is [string, string] => field[0] !== undefined))}`
  })
  return [...links, ...forms]
    .filter((href) => href !== '' && !href.startsWith('#'))
    .map((href) => new URL(href, base))
    .filter(({ origin }) => origin === base.origin)
    .map(({ pathname, search }) => pathname + search)
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? undefined : decoded(value)
}

const decoded = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

/** What a page is built from: tags with their classes, as far as they say something about its look. */
function partsOf({ html }: Pick<CrawledPage, 'html'>): Set<string> {
  const main = /<main\b.*<\/main>/s.exec(html)?.[0] ?? html
  return new Set(
    Array.from(main.matchAll(/<([a-z][a-z0-9]*)\b([^>]*)>/g), ([, tag, rest]) => {
      const type = tag === 'input' ? ` ${/\stype="([^"]*)"/.exec(rest!)?.[1] ?? 'text'}` : ''
      return `${tag}${type} ${/\sclass="([^"]*)"/.exec(rest!)?.[1] ?? ''}`
    }),
  )
}

/** The fewest pages that together show every part of every kind of page, greedily. */
export function representatives(pages: readonly CrawledPage[]): CrawledPage[] {
  return [...Map.groupBy(pages, ({ pattern, status }) => `${pattern} ${status}`).values()].flatMap((group) => {
    const parts = new Map(group.map((page) => [page, partsOf(page)]))
    const missing = new Set([...parts.values()].flatMap((set) => [...set]))
    const chosen: CrawledPage[] = []
    while (missing.size > 0) {
      const gain = (page: CrawledPage) => [...parts.get(page)!].filter((part) => missing.has(part)).length
      const best = group.reduce((most, page) => (gain(page) > gain(most) ? page : most))
      chosen.push(best)
      for (const part of parts.get(best)!) missing.delete(part)
    }
    return chosen.length > 0 ? chosen : group.slice(0, 1)
  })
}
