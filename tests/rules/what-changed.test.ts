import { html } from 'hono/html'
import { describe, expect, test } from 'vitest'
import type { Supplier } from '../../src/catalog/store.ts'
import type { Question } from '../../src/consents/shown-text.ts'
import { LANGUAGES } from '../../src/languages.ts'
import { Differences } from '../../src/web/parent/what-changed.tsx'
import { exampleQuestion } from '../../src/web/supplier/leaflets/example-question.ts'
import { messages } from '../../src/web/texts/messages.ts'
import { leafletContent, research } from '../support/leaflet-content.ts'

const supplier = { legalName: 'Reken Plus B.V.', country: 'NL' } as Supplier
const service = { name: 'Dyscalculiebegeleiding', kind: 'I' } as Parameters<typeof exampleQuestion>[0]['service']
const words = { board: 'De Waterlelie', occasion: 'Uw kind krijgt hulp', alternative: 'Dan helpt de juf.' }
const asked: Question = {
  ...exampleQuestion({ supplier, service, content: leafletContent, version: 1 }, words, 'nl', new Date('2026-10-01T10:00:00Z')),
  holder: 'Uitgeverij Rekenrijk B.V.',
}
const [set] = asked.data

/** Each of what a question says, said otherwise. */
const OTHERWISE: Record<Exclude<keyof Question, 'language' | 'itemId' | 'ownOccasion'>, Partial<Question> | Partial<Question>[]> = {
  board: { board: 'De Lisdodde' },
  supplier: [{ supplier: { legalName: 'Reken Meer B.V.', country: 'NL' } }, { supplier: { legalName: 'Reken Plus B.V.', country: 'US' } }],
  service: { service: { ...asked.service!, name: 'Rekenhulp' } },
  leaflet: { leaflet: { ...asked.leaflet!, version: 2 } },
  data: [
    { data: [] },
    { data: [{ ...set!, name: 'toetsen' }] },
    { data: [{ ...set!, category: 'zorg' }] },
    { data: [{ ...set!, sensitivity: 'very_sensitive' }] },
    { data: [{ ...set!, special: true }] },
    { data: [{ ...set!, why: 'Daarom.' }] },
  ],
  incidental: { incidental: ['plaats'] },
  profile: { profile: true },
  automatedDecision: { automatedDecision: true },
  research: { research },
  holder: { holder: 'Een ander' },
  image: { image: { channel: 'website', medium: 'photo' } },
  socialMedia: { socialMedia: [{ name: 'Facebook', company: 'Meta', country: 'US' } as Question['socialMedia'][number]] },
  openTo: { openTo: 'internet' },
  purpose: { purpose: 'Iets anders' },
  occasion: { occasion: 'Zomaar' },
  reason: { reason: 'Een andere reden.' },
  alternative: { alternative: 'Dan gebeurt er niets.' },
  basis: { basis: 'public_task' },
  basisMotivation: { basisMotivation: 'De wet zegt het.' },
  period: [
    { period: { ...asked.period, from: '2026-11-01' } },
    { period: { ...asked.period, until: '2026-12-31' }, endsAt: new Date('2026-12-31T23:00:00Z') },
  ],
  endsAt: { period: { ...asked.period, until: '2026-12-30' }, endsAt: new Date('2026-12-30T23:00:00Z') },
  subprocessors: { subprocessors: [{ name: 'Wolk B.V.', task: 'opslag', country: 'NL' }] },
  storageCountries: { storageCountries: ['DE'] },
  outsideEea: { outsideEea: ['US'] },
  special: { special: true },
  needsAssignment: { needsAssignment: true },
  replacesEarlier: { replacesEarlier: true },
  rule: [{ rule: 'all' }, { rule: 'any' }],
  undertakings: { undertakings: 'Wij bewaren niets.' },
  stopping: { stopping: 'Bel de school.' },
}

const marked = async (t: (typeof messages)['nl'], before: Question, now: Question) =>
  (await html`${Differences({ t, before, now })}`).toString()

describe('K26: whatever a question says otherwise since it was shown is marked', () => {
  const cases = Object.entries(OTHERWISE).flatMap(([name, changes]) =>
    [changes].flat().map((change, nr) => [`${name}${nr === 0 ? '' : ` (${nr + 1})`}`, change] as const),
  )

  test.each(cases)('%s', async (_, change) => {
    expect(await marked(messages.nl, asked, { ...asked, ...change })).toMatch(/<del>|<ins>/)
  })

  test('and nothing is marked that is the same', async () => {
    expect(await marked(messages.nl, asked, { ...asked })).toBe('')
  })

  test.each(LANGUAGES)('what two parents come to, where the company is and how sensitive data are, in %s', async (language) => {
    const t = messages[language] as (typeof messages)['nl']
    const before: Question = { ...asked, language }
    const rule = await marked(t, before, { ...before, rule: 'all' })
    expect(rule).toContain(`<dt>${t.question.labels.rule}</dt>`)
    expect(rule).toContain(t.question.rules.veto)
    expect(rule).toContain(t.question.rules.all)
    expect((await marked(t, before, { ...before, supplier: { ...before.supplier!, country: 'US' } })).match(/<del>/g)).toHaveLength(1)
    expect(await marked(t, before, { ...before, data: [{ ...set!, sensitivity: 'very_sensitive' }] })).toContain(
      t.question.sensitivity.very_sensitive,
    )
  })
})
