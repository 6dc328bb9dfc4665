import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DeciderAnswer, type DecisionRule, latestPerDecider, type Outcome, outcomeOf } from '../../src/consents/outcome.ts'
import type { PersonId } from '../../src/ids.ts'

const [nadia, karim, oma] = ['nadia', 'karim', 'oma'] as PersonId[] as [PersonId, PersonId, PersonId]
const asked = { datatypes: ['arithmetic-results', 'practice-time'], endsAt: new Date('2027-08-01') }
const RULES: DecisionRule[] = ['veto', 'all', 'any']

let revision = 0
const says = (
  deciderId: PersonId,
  answer: 'yes' | 'no',
  datatypes: string[] | null = null,
  untilAt: Date | null = null,
): DeciderAnswer => ({
  deciderId,
  answer,
  datatypes,
  untilAt,
  revision: ++revision,
})
const kind = (rule: DecisionRule, answers: DeciderAnswer[], deciders = [nadia, karim]) => outcomeOf(rule, asked, answers, deciders).kind

describe('What the answers of several deciders come to', () => {
  const table: Record<string, Record<DecisionRule, Outcome['kind']>> = {
    'nobody yet': { veto: 'unanswered', all: 'unanswered', any: 'unanswered' },
    'one yes': { veto: 'given', all: 'unanswered', any: 'given' },
    'one no': { veto: 'refused', all: 'refused', any: 'unanswered' },
    'both yes': { veto: 'given', all: 'given', any: 'given' },
    'both no': { veto: 'refused', all: 'refused', any: 'refused' },
    'a yes and a no': { veto: 'conflict', all: 'conflict', any: 'given' },
  }
  const answers: Record<keyof typeof table, DeciderAnswer[]> = {
    'nobody yet': [],
    'one yes': [says(nadia, 'yes')],
    'one no': [says(nadia, 'no')],
    'both yes': [says(nadia, 'yes'), says(karim, 'yes')],
    'both no': [says(nadia, 'no'), says(karim, 'no')],
    'a yes and a no': [says(nadia, 'yes'), says(karim, 'no')],
  }
  for (const [name, expected] of Object.entries(table)) {
    test.each(RULES)(`${name}, by the rule %s`, (rule) => expect(kind(rule, answers[name]!)).toBe(expected[rule]))
  }

  test('the latest answer of each decider counts', () => {
    expect(kind('veto', [says(nadia, 'no'), says(nadia, 'yes')])).toBe('given')
    expect(kind('veto', [says(nadia, 'yes'), says(karim, 'no'), says(karim, 'yes')])).toBe('given')
    expect(kind('veto', [says(nadia, 'yes'), says(nadia, 'no')])).toBe('refused')
  })

  test('a narrowed yes gives a part, several yeses give what they have in common, and nothing in common is a no', () => {
    const narrow = outcomeOf('veto', asked, [says(nadia, 'yes', ['practice-time']), says(karim, 'yes')], [nadia, karim])
    expect(narrow).toEqual({ kind: 'given', datatypes: ['practice-time'], until: asked.endsAt })
    expect(kind('veto', [says(nadia, 'yes', ['practice-time']), says(karim, 'yes', ['arithmetic-results'])])).toBe('refused')
    expect(kind('any', [says(nadia, 'yes', [])])).toBe('refused')
    const either = outcomeOf(
      'any',
      asked,
      [says(nadia, 'yes', ['practice-time']), says(karim, 'yes', ['arithmetic-results'])],
      [nadia, karim],
    )
    expect(either).toMatchObject({ kind: 'given', datatypes: asked.datatypes })
    const spring = new Date('2027-03-01')
    const short = outcomeOf('veto', asked, [says(nadia, 'yes', null, spring), says(karim, 'yes', null, new Date('2029-01-01'))], [nadia])
    expect(short).toMatchObject({ until: spring })
  })

  test('images have no data sets: a yes is a yes', () => {
    expect(outcomeOf('veto', { ...asked, datatypes: [] }, [says(nadia, 'yes')], [nadia])).toMatchObject({ kind: 'given', datatypes: [] })
  })

  test('who may not answer gives nothing; what they did not allow when they might still takes away', () => {
    expect(kind('veto', [says(oma, 'yes')])).toBe('unanswered')
    const withNoOf = (rule: DecisionRule) => outcomeOf(rule, asked, [says(nadia, 'yes')], [nadia], [says(oma, 'no')]).kind
    expect([withNoOf('veto'), withNoOf('all'), withNoOf('any')]).toEqual(['conflict', 'conflict', 'given'])
    const narrowed = outcomeOf('veto', asked, [says(nadia, 'yes')], [nadia], [says(oma, 'yes', ['practice-time'])])
    expect(narrowed).toMatchObject({ kind: 'given', datatypes: ['practice-time'] })
  })
})

describe('Whatever they answer, in whatever order', () => {
  const people = [nadia, karim, oma]
  const part = fc.option(fc.subarray(asked.datatypes), { nil: null })
  const until = fc.option(fc.date({ min: new Date('2026-09-01'), max: new Date('2027-12-31'), noInvalidDate: true }), { nil: null })
  const answer = fc.record({ deciderId: fc.constantFrom(...people), answer: fc.constantFrom('yes', 'no'), datatypes: part, untilAt: until })
  const history = fc
    .array(answer, { maxLength: 8 })
    .map((answers) => answers.map((given, index): DeciderAnswer => ({ ...given, revision: index + 1 }) as DeciderAnswer))
  const rule = fc.constantFrom(...RULES)
  const deciders = fc.subarray(people, { minLength: 1 })

  test('order says nothing except the latest of each decider', () => {
    fc.assert(
      fc.property(rule, history, deciders, fc.infiniteStream(fc.nat()), (by, answers, who, order) => {
        const shuffled = answers
          .map((entry) => ({ entry, key: order.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ entry }) => entry)
        expect(outcomeOf(by, asked, shuffled, who)).toEqual(outcomeOf(by, asked, answers, who))
        expect(outcomeOf(by, asked, latestPerDecider(answers), who)).toEqual(outcomeOf(by, asked, answers, who))
      }),
      { numRuns: 2000 },
    )
  })

  test('adding a no never makes a yes, nor more of one', () => {
    fc.assert(
      fc.property(rule, history, deciders, fc.constantFrom(...people), (by, answers, who, decider) => {
        const before = outcomeOf(by, asked, answers, who)
        const after = outcomeOf(by, asked, [...answers, { ...says(decider, 'no'), revision: answers.length + 1 }], who)
        if (after.kind !== 'given') return
        if (before.kind !== 'given') expect.unreachable('a no made a yes')
        else {
          expect(before.datatypes).toEqual(expect.arrayContaining(after.datatypes))
          expect(after.until.getTime()).toBeLessThanOrEqual(before.until.getTime())
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('nothing is given that was not asked, nor beyond what who must agree gave', () => {
    fc.assert(
      fc.property(rule, history, deciders, (by, answers, who) => {
        const outcome = outcomeOf(by, asked, answers, who)
        if (outcome.kind !== 'given') return
        expect(asked.datatypes).toEqual(expect.arrayContaining(outcome.datatypes))
        expect(outcome.until.getTime()).toBeLessThanOrEqual(asked.endsAt.getTime())
        const yeses = latestPerDecider(answers).filter((yes) => yes.answer === 'yes' && who.includes(yes.deciderId))
        const enough = by === 'any' ? yeses.some.bind(yeses) : yeses.every.bind(yeses)
        for (const datatype of outcome.datatypes) expect(enough((yes) => yes.datatypes?.includes(datatype) ?? true)).toBe(true)
        expect(enough((yes) => (yes.untilAt ?? asked.endsAt) >= outcome.until)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
