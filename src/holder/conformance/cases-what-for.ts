import type { Bench } from './bench.ts'
import type { Claims } from './signing.ts'
import { pseudonymOf } from './test-issuer.ts'
import { type Case, refused, served, withheld } from './verdict.ts'

/** A token whose one entry is made otherwise: nothing of what it does not allow may come. */
function notAllowed(id: string, title: string, advice: string, entry: (bench: Bench) => Claims): Case {
  return {
    id,
    title,
    source: 'RFC 9396 §7',
    advice,
    play: async (bench) => withheld(bench, await bench.ask(await bench.issued({ claims: { authorization_details: [entry(bench)] } })), 0),
  }
}

/** Suppliers with a good token that ask for more than it allows. */
export const whatForCases: Case[] = [
  notAllowed(
    'what-other-data',
    'hands over nothing that the token does not name',
    'Ask entryFor(access, subject, datatype) for each kind of data.',
    (bench) => bench.entry(0, { datatypes: [bench.config.otherDatatype] }),
  ),
  notAllowed('what-other-period', 'hands over nothing of days outside the token’s period', 'Keep to entry.period.', (bench) =>
    bench.entry(0, { period: { from: '1990-01-01', until: '1990-12-31' } }),
  ),
  notAllowed(
    'what-other-place',
    'hands over nothing on an entry that is about another holder',
    'Read only entries with your own resource in locations.',
    (bench) => bench.entry(0, { locations: ['https://api.another-holder.example/'] }),
  ),
  notAllowed('what-other-type', 'hands over nothing on an entry of a type it does not know', 'The type is pupil-data.', (bench) =>
    bench.entry(0, { type: 'something-else' }),
  ),
  notAllowed('what-other-action', 'hands over nothing on an entry that does not allow reading', 'actions is ["read"].', (bench) =>
    bench.entry(0, { actions: ['write'] }),
  ),
  notAllowed(
    'what-not-understood',
    'hands over nothing on an entry with a member it does not know: it may be what limits it',
    'Refuse an entry with members you do not understand.',
    (bench) => bench.entry(0, { only_with: 'something that limits' }),
  ),
  {
    id: 'what-nothing',
    title: 'refuses a token that allows nothing',
    source: 'RFC 9396 §7',
    advice: 'Without authorization_details there is nothing to hand over.',
    play: async (bench) => refused(bench, await bench.ask(await bench.issued({ claims: { authorization_details: undefined } }))),
  },
  {
    id: 'what-wrong-pupil',
    title: 'hands over nothing of a pupil the token is not about',
    source: 'RFC 9396 §7',
    advice: 'Take the pupil from the token; what a request asks for must be one of access.subjects.',
    play: async (bench) => {
      const seen = await bench.ask(await bench.issued(), {}, 1)
      if (bench.target(1).href === bench.target(0).href) return served(bench, seen)
      return withheld(bench, seen, 1)
    },
  },
  {
    id: 'what-other-sub',
    title: 'refuses a token whose entry is about somebody else than its sub',
    source: 'RFC 9396 §7',
    advice: 'sub and identifier are the same pupil.',
    play: async (bench) =>
      refused(bench, await bench.ask(await bench.issued({ claims: { sub: pseudonymOf(1), authorization_details: [bench.entry(0)] } }))),
  },
]
