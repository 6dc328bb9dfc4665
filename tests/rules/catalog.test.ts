import { describe, expect, test } from 'vitest'
import { CATEGORIES, type CategoryId } from '../../src/catalog/categories.ts'
import { type LeafletContent, readLeaflet } from '../../src/catalog/leaflet.ts'
import { leafletChanges, saidOfPurposes } from '../../src/catalog/leaflet-changes.ts'
import { PURPOSES, purposeFor } from '../../src/catalog/purposes.ts'
import { mustNotAdvertise, tellsSpecialCategory, wantsForbiddenPurpose } from '../../src/catalog/screening.ts'
import type { RefusalCode } from '../../src/refusal.ts'
import { messages } from '../../src/web/texts/messages.ts'
import { leafletContent, research } from '../support/leaflet-content.ts'

const refusal = (code: RefusalCode, details?: Record<string, unknown>) =>
  expect.objectContaining(details ? { code, details: expect.objectContaining(details) } : { code })
const attempt = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('Purposes are a closed list by kind of service (C08, C09, C10)', () => {
  test('learning material has 5.1.a-i, systems 5.2.a-i, the school its ten (P06), images one', () => {
    const ids = (kind: string) => PURPOSES.filter(({ kinds }) => (kinds as readonly string[]).includes(kind)).map(({ id }) => id)
    expect(ids('I')).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((letter) => `5.1.${letter}`))
    expect(ids('II')).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((letter) => `5.2.${letter}`))
    expect(ids('school')).toHaveLength(10)
    expect(ids('image')).toEqual(['image'])
  })

  test('5.x.b to 5.x.i are the same for both; a differs', () => {
    expect(purposeFor('I', '5.x.d').id).toBe('5.1.d')
    expect(purposeFor('II', '5.x.d').id).toBe('5.2.d')
    expect(attempt(() => purposeFor('I', '5.x.a'))).toEqual(refusal('purpose_unknown'))
  })

  test.each([
    ['I', '5.2.a'],
    ['II', '5.1.a'],
    ['I', 'pp.a'],
    ['school', '5.1.a'],
    ['I', 'image'],
    ['I', 'reclame'],
    ['I', '5.1.j'],
    ['I', '5.1.A'],
    ['I', ''],
    ['I', '__proto__'],
  ] as const)('kind %s does not know %s', (kind, id) => {
    expect(attempt(() => purposeFor(kind, id))).toEqual(refusal('purpose_unknown'))
  })

  test('no purpose and no category of the lists speaks of advertising', () => {
    for (const { nl, en, including = [] } of [...PURPOSES, ...Object.values(CATEGORIES)] as {
      nl: string
      en: string
      including?: { nl: string; en: string }[]
    }[]) {
      for (const words of [nl, en, ...including.flatMap((bullet) => [bullet.nl, bullet.en])])
        expect(wantsForbiddenPurpose(words), words).toBe(false)
    }
  })
})

describe('Advertising and product improvement are never a purpose, in no words (C11, C14)', () => {
  test.each([
    'Wij sturen ouders reclame over onze boeken.',
    'Voor reclamedoeleinden.',
    'RECLAME',
    'r e c l a m e',
    'Voor r.e.c.l.a.m.e. aan ouders',
    're\u200bclame',
    'ｒｅｃｌａｍｅ',
    'rесlаmе', // with Cyrillic letters
    'Advertenties die bij uw kind passen',
    'gerichte aanbiedingen doen',
    'ongevraagde aanbieding',
    'e-mailmarketing',
    'Voor commerciële doeleinden',
    'productverbetering',
    'product-verbetering',
    'Om ons product te verbeteren.',
    'het verbeteren van onze dienst',
    'om de app verder te ontwikkelen en de software te optimaliseren',
    'Trainen van ons model',
    'targeted advertising',
    'to improve our product',
    'for improving the service',
    'training our AI',
    'niet alleen voor reclame',
    'geen onderzoek. Reclame wel.',
    'Geen reclame, maar productverbetering',
    'not only for marketing',
  ])('%s', (words) => {
    expect(wantsForbiddenPurpose(words)).toBe(true)
  })

  test.each([
    'Uw kind helpen met rekenen, omdat het moeite heeft met rekenen.',
    'Wij gebruiken de gegevens nooit voor reclame.',
    'Geen reclame of marketing, geen productverbetering.',
    'Not for advertising.',
    'U kunt reclameren bij de school.',
    'Een promotieonderzoek van de universiteit naar leesonderwijs',
    'Zo wordt uw kind beter met het programma.',
    'De school verbetert het onderwijs met de uitkomsten.',
    'fouten herstellen en back-ups maken',
    'inadvertently recorded',
    'Fatima trainen met de app',
    'benchmarkanalyse van de administratie',
  ])('and this is fine: %s', (words) => {
    expect(wantsForbiddenPurpose(words)).toBe(false)
  })

  test('the refusal names the fields and repeats no words', () => {
    const error = attempt(() => mustNotAdvertise({ reason: 'reclame', occasion: 'rekentoets', nothing: null }))
    expect(error).toEqual(refusal('purpose_forbidden', { fields: ['reason'] }))
    expect(JSON.stringify(error)).not.toContain('reclame')
  })

  test('C12 what parents subscribe to, or the school itself asks for, is not refused as such: it is told that it does not go by here', () => {
    expect(messages.nl.errors.refusals.purpose_forbidden).toContain('nieuwsbrief waar ouders zelf om vragen')
    expect(messages.en.errors.refusals.purpose_forbidden).toContain('newsletter that parents subscribe to themselves')
  })

  test('P05 the six sets of data that a school keeps can all be named', () => {
    const sets: Record<string, CategoryId[]> = {
      'pupil administration': ['name', 'contact', 'birth-date', 'group', 'guardian-data'],
      'marks and tests': ['learning-results'],
      'notes on pupils': ['learning-behaviour'],
      'medical and other reports': ['medical', 'support-needs'],
      'registration for software': ['eck-id', 'usage-data'],
      transfer: ['name', 'learning-results', 'support-needs'],
    }
    for (const [set, categories] of Object.entries(sets)) expect(Object.keys(CATEGORIES), set).toEqual(expect.arrayContaining(categories))
  })

  test('C18 what else helps to judge results is data of its own: use, sex and age are named or not taken', () => {
    const categories = ['learning-results', 'usage-data', 'sex', 'birth-date'].map((id) => CATEGORIES[id as CategoryId].nl)
    expect(new Set(categories).size).toBe(4)
    const named = readLeaflet('I', leafletContent).data.categories.map(({ category }) => category)
    expect(named, 'a leaflet that names results has not named the rest with it').not.toEqual(expect.arrayContaining(['sex']))
  })

  test('an occasion that tells something of a special category is seen (C25)', () => {
    expect(tellsSpecialCategory('Fatima heeft dyscalculie')).toBe(true)
    expect(tellsSpecialCategory('Begeleiding bij rekenen')).toBe(false)
  })
})

describe('A leaflet is complete from A to H or is not published (C05, C26, M03, M06, M18, M19)', () => {
  test('a complete one is read', () => {
    expect(readLeaflet('I', leafletContent)).toEqual(leafletContent)
  })

  test.each(Object.keys(leafletContent))('without %s it is refused, and the refusal names it', (section) => {
    const { [section as keyof typeof leafletContent]: _, ...rest } = leafletContent
    expect(attempt(() => readLeaflet('I', rest))).toEqual(refusal('leaflet_incomplete', { fields: [section] }))
  })

  const changed = (change: (content: typeof leafletContent) => void) => {
    const content = structuredClone(leafletContent)
    change(content)
    return attempt(() => readLeaflet('I', content))
  }

  test('no parts, no categories, no storage country, an unknown field; P13 data without why they are needed: incomplete', () => {
    expect(changed((c) => (c.parts = []))).toEqual(refusal('leaflet_incomplete'))
    expect(changed((c) => (c.data.categories = []))).toEqual(refusal('leaflet_incomplete'))
    expect(changed((c) => (c.security.storageCountries = []))).toEqual(refusal('leaflet_incomplete'))
    expect(changed((c) => (c.data.categories[0]!.why = ' '))).toEqual(refusal('leaflet_incomplete'))
    expect(changed((c) => Object.assign(c, { extra: 1 }))).toEqual(refusal('leaflet_incomplete'))
  })

  test('an unknown category, a category twice, a part twice, another kind than the service: refused', () => {
    expect(changed((c) => c.data.categories.push({ category: 'shoe-size', why: 'x' }))).toEqual(
      refusal('leaflet_incomplete', { fields: ['data'] }),
    )
    expect(changed((c) => c.data.optional.push(c.data.categories[0]!))).toEqual(refusal('leaflet_incomplete', { fields: ['data'] }))
    expect(changed((c) => c.parts.push(c.parts[0]!))).toEqual(refusal('leaflet_incomplete', { fields: ['parts'] }))
    expect(changed((c) => (c.purposes.kind = 'II'))).toEqual(refusal('leaflet_incomplete', { fields: ['purposes.kind'] }))
  })

  test('C15 research is named by what is examined, by whom and under which rules, or is not published; nor is it named without', () => {
    expect(changed((c) => c.purposes.purposes.push('5.x.f'))).toEqual(refusal('leaflet_incomplete', { fields: ['purposes.research'] }))
    expect(changed((c) => (c.purposes.research = research))).toEqual(refusal('leaflet_incomplete', { fields: ['purposes.research'] }))
    const whole = structuredClone(leafletContent)
    whole.purposes = { ...whole.purposes, purposes: ['5.1.a', '5.1.f'], research }
    expect(readLeaflet('I', whole)).toEqual(whole)
    whole.purposes.research = { ...research, rules: ' ' }
    expect(attempt(() => readLeaflet('I', whole))).toEqual(refusal('leaflet_incomplete', { fields: ['purposes.research.rules'] }))
  })

  test('C16 anonymous data are named by how they are made so', () => {
    expect(changed((c) => c.purposes.purposes.push('5.1.g'))).toEqual(refusal('leaflet_incomplete', { fields: ['purposes.anonymisation'] }))
    const whole = structuredClone(leafletContent)
    whole.purposes = { ...whole.purposes, purposes: ['5.1.a', '5.1.g'], anonymisation: 'Alleen totalen van vijftig leerlingen of meer.' }
    expect(readLeaflet('I', whole)).toEqual(whole)
  })

  test('C10 a purpose of the other kind is refused', () => {
    expect(changed((c) => c.purposes.purposes.push('5.2.a'))).toEqual(refusal('purpose_unknown'))
  })

  test('C11 advertising in any of its words is refused, and the refusal names the place', () => {
    expect(changed((c) => (c.subprocessors[0]!.task = 'advertenties tonen'))).toEqual(
      refusal('purpose_forbidden', { fields: ['subprocessors.0.task'] }),
    )
    expect(changed((c) => c.purposes.purposes.push('reclame'))).toEqual(refusal('purpose_forbidden'))
  })

  test('text that hides or turns what is read is refused', () => {
    expect(changed((c) => (c.general.explanation = 'gratis\u202e'))).toEqual(
      refusal('leaflet_incomplete', { fields: ['general.explanation'] }),
    )
  })
})

describe('What a new leaflet version changes (M26)', () => {
  const changed = (change: (content: LeafletContent) => void) => {
    const next = structuredClone(leafletContent)
    change(next)
    return leafletChanges(leafletContent, next).map(({ section, what, kind, asksAgain }) => [`${section} ${what}`, kind, asksAgain])
  }

  test('another researcher asks again (C15)', () => {
    const before = { ...leafletContent, purposes: { ...leafletContent.purposes, research } }
    const after = { ...before, purposes: { ...before.purposes, research: { ...research, researcher: 'dr. Vos' } } }
    expect(leafletChanges(before, after)).toEqual([{ section: 'purposes', what: 'research', kind: 'changed', asksAgain: true }])
    expect(saidOfPurposes(after, 'research')).toContain('dr. Vos')
    expect([saidOfPurposes(leafletContent, 'research'), saidOfPurposes(leafletContent, '5.1.a')]).toEqual(['', undefined])
  })

  test('nothing, when only its date differs', () => {
    expect(changed((c) => (c.changed = '2026-12-01'))).toEqual([])
  })

  test('what adds to or rewords what people said yes to asks again; so does a computer that judges from now on (A08)', () => {
    expect(changed((c) => c.purposes.purposes.push('5.1.f'))).toEqual([['purposes 5.1.f', 'added', true]])
    expect(changed((c) => c.data.categories.push({ category: 'name', why: 'aanspreken' }))).toEqual([['data name', 'added', true]])
    expect(changed((c) => c.data.optional.push({ category: 'group', why: 'niveau' }))).toEqual([['data optional group', 'added', true]])
    expect(changed((c) => c.data.incidental.push('locatie'))).toEqual([['data incidental locatie', 'added', true]])
    expect(changed((c) => (c.data.profile = true))).toEqual([['data profile', 'changed', true]])
    expect(changed((c) => c.security.storageCountries.push('US'))).toEqual([['security US', 'added', true]])
    expect(changed((c) => c.subprocessors.push({ name: 'Cloud Inc.', task: 'opslag', country: 'US' }))).toEqual([
      ['subprocessors Cloud Inc.', 'added', true],
    ])
    expect(changed((c) => (c.subprocessors[0]!.country = 'US'))).toEqual([['subprocessors Opslag Ierland Ltd.', 'changed', true]])
    expect(changed((c) => (c.parts[0]!.explanation = 'Iets anders.'))).toEqual([['parts begeleiding', 'changed', true]])
    expect(changed((c) => (c.purposes.plain = 'Uw kind volgen.'))).toEqual([['purposes plain', 'changed', true]])
    expect(changed((c) => (c.data.categories[0]!.why = 'Anders.'))).toEqual([['data learning-results', 'changed', true]])
  })

  test('what only takes away, or is a formality, is shown and asks nothing', () => {
    expect(changed((c) => c.subprocessors.pop())).toEqual([['subprocessors Opslag Ierland Ltd.', 'removed', false]])
    expect(changed((c) => c.data.optional.pop())).toEqual([['data optional usage-data', 'removed', false]])
    expect(changed((c) => c.parts.pop())).toEqual([['parts oudergesprek', 'removed', false]])
    expect(changed((c) => (c.contact.name = 'Iemand anders'))).toEqual([['contact name', 'changed', false]])
    expect(changed((c) => c.security.certificates.push('NEN 7510'))).toEqual([['security certificates', 'changed', false]])
  })
})
