import { SPOILT, type Spoilt } from './status-lists.ts'
import { type Case, refused, served, soon } from './verdict.ts'

/** For the way there and back. */
const MARGIN_MS = 2_000

const spoiltList = (list: Spoilt): Case => ({
  id: `ended-list-${list}`,
  title: `hands over nothing when the status list ${SPOILT[list]}`,
  source: 'Token Status List §8.3',
  advice: 'What cannot be checked is refused: 503, or 401.',
  applies: ({ config }) => config.ended === 'status-list',
  play: async (bench) => {
    const status = bench.statusIn(list)
    return refused(bench, await bench.ask(await bench.issued({ claims: { status } })), { uncheckable: true })
  },
})

/** Tokens that were ended, and times at which that cannot be known. */
export const endedCases: Case[] = [
  {
    id: 'ended-before',
    title: 'refuses a token that was ended before it came',
    source: 'Token Status List §8.3, RFC 7662',
    advice: 'Look at the token’s place in the status list, or ask the broker, at every request.',
    play: async (bench) => {
      const idx = bench.issuer.newIndex()
      bench.issuer.lists.end(idx)
      const status = bench.statusIn('sound', idx)
      const token = await bench.issued({ claims: { status } })
      return await soon(
        async () => refused(bench, await bench.ask(token)),
        Math.min(bench.config.statusTtlSeconds, bench.config.boundSeconds) * 1000 + MARGIN_MS,
      )
    },
  },
  {
    id: 'ended-in-mid-session',
    title: 'stops in mid-session when a parent withdraws: at once with introspection, within a minute with a status list',
    source: 'published bound',
    advice: 'Keep no answer of introspection; keep a status list no longer than its ttl, and never longer than a minute.',
    play: async (bench) => {
      const idx = bench.issuer.newIndex()
      const status = bench.statusIn('sound', idx)
      const token = await bench.issued({ claims: { status } })
      const before = served(bench, await bench.ask(token))
      if (before) return before
      bench.issuer.lists.end(idx)
      const bound = bench.config.ended === 'introspection' ? 0 : bench.config.boundSeconds * 1000 + MARGIN_MS
      return await soon(async () => refused(bench, await bench.ask(token)), bound)
    },
  },
  {
    id: 'ended-no-place',
    title: 'refuses a token whose place is in no status list',
    source: 'Token Status List §8.3',
    advice: 'An index outside the list is a no.',
    applies: ({ config }) => config.ended === 'status-list',
    play: async (bench) => {
      const status = bench.statusIn('sound', bench.issuer.lists.outside)
      return refused(bench, await bench.ask(await bench.issued({ claims: { status } })), { uncheckable: true })
    },
  },
  ...(Object.keys(SPOILT) as Spoilt[]).map(spoiltList),
]
