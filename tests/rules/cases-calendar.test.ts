import { describe, expect, test } from 'vitest'
import {
  addMonths,
  easterSunday,
  isWorkingDay,
  monthsFrom,
  publicHolidays,
  workingDaysAfter,
  workingDaysFrom,
} from '../../src/cases/calendar.ts'
import { dueAt, extendedDueAt, mayUseRightsOf } from '../../src/cases/right.ts'
import { amsterdamDay } from '../../src/clock.ts'
import { type GuardianshipId, newId, type PersonId } from '../../src/ids.ts'
import type { SubjectFacts } from '../../src/people/who-may-answer.ts'

/** The last day that is still in time. */
const lastDay = (end: Date) => amsterdamDay(new Date(end.getTime() - 1))

describe('Dutch public holidays are computed', () => {
  test.each([
    [1818, '1818-03-22'],
    [1943, '1943-04-25'],
    [2000, '2000-04-23'],
    [2008, '2008-03-23'],
    [2019, '2019-04-21'],
    [2026, '2026-04-05'],
    [2027, '2027-03-28'],
    [2038, '2038-04-25'],
    [2100, '2100-03-28'],
  ])('Easter of %i is on %s', (year, day) => expect(easterSunday(year)).toBe(day))

  test('the holidays of 2026; the King’s birthday moves when it falls on a Sunday', () => {
    expect(publicHolidays(2026)).toEqual([
      '2026-01-01',
      '2026-04-03',
      '2026-04-06',
      '2026-04-27',
      '2026-05-05',
      '2026-05-14',
      '2026-05-25',
      '2026-12-25',
      '2026-12-26',
    ])
    expect(publicHolidays(2025)).toContain('2025-04-26')
    expect(publicHolidays(2025)).not.toContain('2025-04-27')
  })

  test('two working days after the Thursday before Easter end on the Wednesday after it', () => {
    expect(isWorkingDay('2026-04-02')).toBe(true)
    expect(workingDaysAfter('2026-04-02', 2)).toBe('2026-04-08')
    expect(workingDaysAfter('2026-12-24', 2)).toBe('2026-12-29')
    expect(workingDaysFrom(new Date('2026-04-02T22:30:00Z'), 1)).toEqual(new Date('2026-04-07T22:00:00Z'))
  })
})

describe('Legal terms (GDPR art. 12(3), Regulation 1182/71, P21)', () => {
  test('a month later is the same day, or the last one there is', () => {
    expect([addMonths('2026-01-31', 1), addMonths('2028-01-31', 1), addMonths('2026-12-15', 3), addMonths('2026-03-31', 1)]).toEqual([
      '2026-02-28',
      '2028-02-29',
      '2027-03-15',
      '2026-04-30',
    ])
  })

  test.each([
    ['2026-11-16T10:00:00+01:00', '2026-12-16', 'a Wednesday'],
    ['2026-11-26T10:00:00+01:00', '2026-12-28', 'Boxing Day and a weekend move it to Monday'],
    ['2026-03-03T10:00:00+01:00', '2026-04-07', 'Good Friday, Easter and Easter Monday move it to Tuesday'],
    ['2027-01-31T23:30:00+01:00', '2027-03-01', 'the last of February is a Sunday'],
    ['2026-11-16T23:30:00Z', '2026-12-17', 'the day is that of the Netherlands'],
  ])('what came in at %s is due on %s: %s', (received, day) => expect(lastDay(monthsFrom(new Date(received), 1))).toBe(day))

  test('an objection has four weeks and no extension; the others a month and two more', () => {
    const received = new Date('2026-11-16T09:00:00Z')
    expect(lastDay(dueAt('objection', received))).toBe('2026-12-14')
    expect(extendedDueAt('objection', received)).toBeUndefined()
    expect(lastDay(dueAt('access', received))).toBe('2026-12-16')
    expect(lastDay(extendedDueAt('erasure', received)!)).toBe('2027-02-16')
  })
})

describe('P01, P20 Whose rights somebody may use', () => {
  const at = new Date('2026-11-16T09:00:00Z')
  const [me, mother, other] = [newId<PersonId>(at), newId<PersonId>(at), newId<PersonId>(at)]
  const subject = (
    birthDate: string | null,
    kind: SubjectFacts['kind'] = 'pupil',
    more: Partial<SubjectFacts['guardianships'][0]> = {},
  ) => ({
    personId: me,
    kind,
    birthDate,
    guardianships: [
      {
        guardianshipId: newId<GuardianshipId>(at),
        guardianId: mother,
        kind: 'parent' as const,
        authority: 'yes' as const,
        startsAt: new Date('2020-01-01T00:00:00Z'),
        endsAt: null,
        ...more,
      },
    ],
  })
  const may = (facts: SubjectFacts, isPupil = true) => [me, mother, other].map((who) => mayUseRightsOf(facts, who, isPupil, at))

  test.each([
    ['a pupil of nine: the mother', subject('2017-03-14'), true, [false, true, false]],
    [
      'a pupil of nine whose mother has no authority: nobody',
      subject('2017-03-14', 'pupil', { authority: 'no' }),
      true,
      [false, false, false],
    ],
    ['a pupil of sixteen: the pupil', subject('2010-11-16'), true, [true, false, false]],
    ['the day before: the mother', subject('2010-11-17'), true, [false, true, false]],
    ['an adult under curatorship: the curator', subject('2000-01-01', 'pupil', { kind: 'curator' }), true, [false, true, false]],
    ['a pupil whose birth date nobody knows: nobody', subject(null), true, [false, false, false]],
    ['a member of staff', { ...subject(null, 'employee'), guardianships: [] }, false, [true, false, false]],
    ['a parent of whom no birth date is known', { ...subject(null), guardianships: [] }, false, [true, false, false]],
  ])('%s', (_who, facts, isPupil, expected) => expect(may(facts, isPupil)).toEqual(expected))
})
