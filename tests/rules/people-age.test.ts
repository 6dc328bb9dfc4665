import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '../../src/clock.ts'
import { ageOn, birthdayOn } from '../../src/people/age.ts'
import { schoolYearOf } from '../../src/people/school-year.ts'

describe('Age goes by the calendar (P01)', () => {
  test.each([
    ['2010-11-16', '2026-11-15', 15],
    ['2010-11-16', '2026-11-16', 16],
    ['2010-11-16', '2027-11-15', 16],
    ['2017-03-14', '2026-11-16', 9],
    // Born on 29 February: 1 March in common years, 29 February in leap years.
    ['2008-02-29', '2024-02-28', 15],
    ['2008-02-29', '2024-02-29', 16],
    ['2008-02-29', '2026-02-28', 17],
    ['2008-02-29', '2026-03-01', 18],
    // 2100 is no leap year.
    ['2084-02-29', '2100-02-28', 15],
    ['2084-02-29', '2100-03-01', 16],
  ])('born %s is on %s of age %i', (birthDate, day, age) => {
    expect(ageOn(birthDate, day)).toBe(age)
  })

  test.each([
    ['2010-11-16', 16, '2026-11-16'],
    ['2008-02-29', 16, '2024-02-29'],
    ['2008-02-29', 18, '2026-03-01'],
    ['2084-02-29', 16, '2100-03-01'],
    ['1984-02-29', 16, '2000-02-29'],
  ])('born %s turns %i on %s', (birthDate, years, day) => {
    expect(birthdayOn(birthDate, years)).toBe(day)
  })

  test('the birthday is the first day of that age, for every day of birth', () => {
    const days = fc.integer({ min: 0, max: 200 * 365 }).map((offset) => addDays('1930-01-01', offset))
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 100 }), (birthDate, years) => {
        const birthday = birthdayOn(birthDate, years)
        expect(ageOn(birthDate, birthday)).toBe(years)
        expect(ageOn(birthDate, addDays(birthday, -1))).toBe(years - 1)
      }),
    )
  })
})

describe('A school year is the board’s own', () => {
  test.each([
    ['08-01', '2026-07-31T23:59:59+02:00', '2025-2026'],
    ['08-01', '2026-08-01T00:00:00+02:00', '2026-2027'],
    ['08-01', '2027-01-01T00:00:00+01:00', '2026-2027'],
    ['01-01', '2026-12-31T23:59:59+01:00', '2026-2027'],
  ])('starting on %s, %s falls in %s', (schoolYearStarts, at, name) => {
    expect(schoolYearOf({ schoolYearStarts }, new Date(at)).name).toBe(name)
  })

  test('it runs from midnight to midnight in the Netherlands and contains its moment', () => {
    const year = schoolYearOf({ schoolYearStarts: '08-01' }, new Date('2026-11-16T10:00:00+01:00'))
    expect(year.startsAt).toEqual(new Date('2026-08-01T00:00:00+02:00'))
    expect(year.endsAt).toEqual(new Date('2027-08-01T00:00:00+02:00'))
  })
})
