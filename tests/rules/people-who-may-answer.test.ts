import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GuardianshipId, PersonId } from '../../src/ids.ts'
import {
  type Authority,
  type Guardianship,
  type GuardianshipKind,
  type SubjectFacts,
  whoMayAnswer,
} from '../../src/people/who-may-answer.ts'

const pupil = 'pupil' as PersonId
const mother = 'mother' as PersonId
const father = 'father' as PersonId
const NOW = new Date('2026-11-16T10:00:00+01:00')

let count = 0
function guardianship(kind: GuardianshipKind, authority: Authority, more: Partial<Guardianship> = {}): Guardianship {
  count += 1
  return {
    guardianshipId: `g${count}` as GuardianshipId,
    guardianId: mother,
    kind,
    authority,
    startsAt: new Date('2020-01-01T00:00:00Z'),
    endsAt: null,
    ...more,
  }
}

const facts = (birthDate: string | null, guardianships: Guardianship[] = [], kind: SubjectFacts['kind'] = 'pupil'): SubjectFacts => ({
  personId: pupil,
  kind,
  birthDate,
  guardianships,
})

/** What each may do at NOW: give (and then also stop), only stop, or nothing. */
function powers(subject: SubjectFacts, at = NOW) {
  const answer = whoMayAnswer(subject, at)
  const power = (person: PersonId) => {
    if (!answer.known) return 'nothing'
    if (answer.deciders.some(({ personId }) => personId === person)) return 'give'
    return answer.mayStopOnly.includes(person) ? 'stop' : 'nothing'
  }
  return { pupil: power(pupil), mother: power(mother), father: power(father), why: answer.known ? undefined : answer.why }
}

const CHILD = '2017-03-14'
const SIXTEEN = '2010-11-16'
const ADULT = '2008-11-16'

describe('Who may answer for a pupil (P01, INV-08)', () => {
  const kinds: Record<GuardianshipKind, { under16: 'give'; from16: { guardian: 'give' | 'nothing'; pupil: 'give' | 'stop' } }> = {
    parent: { under16: 'give', from16: { guardian: 'nothing', pupil: 'give' } },
    guardian: { under16: 'give', from16: { guardian: 'nothing', pupil: 'give' } },
    foster: { under16: 'give', from16: { guardian: 'nothing', pupil: 'give' } },
    institution: { under16: 'give', from16: { guardian: 'nothing', pupil: 'give' } },
    curator: { under16: 'give', from16: { guardian: 'give', pupil: 'stop' } },
    mentor: { under16: 'give', from16: { guardian: 'give', pupil: 'stop' } },
  }

  describe.each(Object.entries(kinds) as [GuardianshipKind, (typeof kinds)[GuardianshipKind]][])('a %s', (kind, expected) => {
    test('with authority gives for a pupil under sixteen, who may stop and never give', () => {
      expect(powers(facts(CHILD, [guardianship(kind, 'yes')]))).toEqual({
        mother: expected.under16,
        pupil: 'stop',
        father: 'nothing',
        why: undefined,
      })
    })

    test.each([SIXTEEN, ADULT])('and for a pupil born %s', (birthDate) => {
      expect(powers(facts(birthDate, [guardianship(kind, 'yes')]))).toEqual({
        mother: expected.from16.guardian,
        pupil: expected.from16.pupil,
        father: 'nothing',
        why: undefined,
      })
    })

    test.each(['no', 'unknown'] as const)('with authority "%s" gives for nobody', (authority) => {
      expect(powers(facts(CHILD, [guardianship(kind, authority)]))).toMatchObject({ mother: 'nothing', pupil: 'nothing', why: 'nobody' })
      expect(powers(facts(SIXTEEN, [guardianship(kind, authority)]))).toMatchObject({ mother: 'nothing', pupil: 'give' })
    })
  })

  test('nobody recorded, or no birth date: not known, which counts as a no', () => {
    expect(powers(facts(CHILD))).toMatchObject({ why: 'nobody' })
    expect(powers(facts(null, [guardianship('parent', 'yes')]))).toMatchObject({
      why: 'no_birth_date',
      mother: 'nothing',
      pupil: 'nothing',
    })
  })

  test('the hand-over is at midnight in the Netherlands on the sixteenth birthday', () => {
    const subject = facts('2010-11-17', [guardianship('parent', 'yes')])
    expect(powers(subject, new Date('2026-11-16T23:59:59.999+01:00'))).toMatchObject({ mother: 'give', pupil: 'stop' })
    expect(powers(subject, new Date('2026-11-17T00:00:00+01:00'))).toMatchObject({ mother: 'nothing', pupil: 'give' })
  })

  test('born on 29 February, across 2100: sixteen on 1 March', () => {
    const subject = facts('2084-02-29', [guardianship('parent', 'yes', { startsAt: new Date('2090-01-01T00:00:00Z') })])
    expect(powers(subject, new Date('2100-02-28T12:00:00+01:00'))).toMatchObject({ mother: 'give', pupil: 'stop' })
    expect(powers(subject, new Date('2100-03-01T00:00:00+01:00'))).toMatchObject({ mother: 'nothing', pupil: 'give' })
  })

  test('a guardianship counts from its first moment to just before its last', () => {
    const subject = facts(CHILD, [guardianship('parent', 'yes', { startsAt: NOW, endsAt: new Date(NOW.getTime() + 1000) })])
    expect(powers(subject, new Date(NOW.getTime() - 1))).toMatchObject({ why: 'nobody' })
    expect(powers(subject, NOW)).toMatchObject({ mother: 'give' })
    expect(powers(subject, new Date(NOW.getTime() + 1000))).toMatchObject({ why: 'nobody' })
  })

  test('a no that is in force weighs more than any yes of the same guardian, and leaves the other guardian alone', () => {
    const both = [guardianship('parent', 'yes'), guardianship('foster', 'no'), guardianship('parent', 'yes', { guardianId: father })]
    expect(powers(facts(CHILD, both))).toMatchObject({ mother: 'nothing', father: 'give', pupil: 'stop' })
  })

  test('a parent who is also the mentor keeps deciding as mentor from sixteen', () => {
    const both = [guardianship('mentor', 'yes'), guardianship('parent', 'yes', { startsAt: new Date('2021-01-01T00:00:00Z') })]
    expect(powers(facts(SIXTEEN, both))).toMatchObject({ mother: 'give', pupil: 'stop' })
    const answer = whoMayAnswer(facts(SIXTEEN, both), NOW)
    expect(answer).toMatchObject({ deciders: [{ guardianshipId: both[0]!.guardianshipId }] })
  })

  test('each answer names the interval that justifies it', () => {
    const older = guardianship('parent', 'yes')
    const newer = guardianship('parent', 'yes', { startsAt: new Date('2024-01-01T00:00:00Z') })
    expect(whoMayAnswer(facts(CHILD, [newer, older]), NOW)).toEqual({
      known: true,
      deciders: [{ personId: mother, authority: 'guardianship', guardianshipId: newer.guardianshipId }],
      mayStopOnly: [pupil],
    })
    expect(whoMayAnswer(facts(SIXTEEN, [newer]), NOW)).toEqual({
      known: true,
      deciders: [{ personId: pupil, authority: 'self', guardianshipId: null }],
      mayStopOnly: [],
    })
  })
})

describe('Who may answer for staff', () => {
  test('they themselves, with or without a birth date, and nobody else', () => {
    for (const birthDate of [null, ADULT]) {
      expect(powers(facts(birthDate, [guardianship('parent', 'yes')], 'employee'))).toMatchObject({ pupil: 'give', mother: 'nothing' })
    }
  })

  test('but somebody under sixteen with a job is still under sixteen', () => {
    expect(powers(facts(CHILD, [guardianship('parent', 'yes')], 'employee'))).toMatchObject({ pupil: 'stop', mother: 'give' })
  })
})

describe('Whatever is recorded', () => {
  const anyGuardianship: fc.Arbitrary<Guardianship> = fc.record({
    guardianshipId: fc.uuid().map((id) => id as GuardianshipId),
    guardianId: fc.constantFrom(mother, father),
    kind: fc.constantFrom<GuardianshipKind>('parent', 'guardian', 'foster', 'curator', 'mentor', 'institution'),
    authority: fc.constantFrom<Authority>('yes', 'no', 'unknown'),
    startsAt: fc.constantFrom(new Date('2020-01-01'), new Date('2025-01-01'), new Date('2030-01-01')),
    endsAt: fc.constantFrom(null, new Date('2026-01-01'), new Date('2031-01-01')),
  })
  const anySubject = fc.record({
    personId: fc.constant(pupil),
    kind: fc.constantFrom('pupil' as const, 'employee' as const),
    birthDate: fc.constantFrom(null, CHILD, SIXTEEN, ADULT),
    guardianships: fc.uniqueArray(anyGuardianship, { maxLength: 6, selector: ({ guardianshipId }) => guardianshipId }),
  })

  test('the order of the rows does not matter', () => {
    fc.assert(
      fc.property(
        anySubject.chain((subject) =>
          fc.tuple(fc.constant(subject), fc.shuffledSubarray(subject.guardianships, { minLength: subject.guardianships.length })),
        ),
        ([subject, guardianships]) => {
          expect(whoMayAnswer({ ...subject, guardianships }, NOW)).toEqual(whoMayAnswer(subject, NOW))
        },
      ),
    )
  })

  test('recording a no or an unknown never gives anybody the say who had it not', () => {
    fc.assert(
      fc.property(anySubject, anyGuardianship, fc.constantFrom<Authority>('no', 'unknown'), (subject, more, authority) => {
        const before = whoMayAnswer(subject, NOW)
        const after = whoMayAnswer({ ...subject, guardianships: [...subject.guardianships, { ...more, authority }] }, NOW)
        const had = new Set(before.known ? before.deciders.map(({ personId }) => personId) : [])
        const given = after.known ? after.deciders.map(({ personId }) => personId) : []
        // The pupil of sixteen gets the say back when the curator loses it.
        expect(given.filter((person) => !had.has(person) && person !== pupil)).toEqual([])
      }),
    )
  })

  test('a decider is never also one who may only stop, and no one is named twice', () => {
    fc.assert(
      fc.property(anySubject, (subject) => {
        const answer = whoMayAnswer(subject, NOW)
        if (!answer.known) return
        const named = [...answer.deciders.map(({ personId }) => personId), ...answer.mayStopOnly]
        expect(new Set(named).size).toBe(named.length)
        expect(answer.deciders.length).toBeGreaterThan(0)
      }),
    )
  })
})
