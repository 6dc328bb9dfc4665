import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Counted, type DoneBefore, FEWEST_SHOWN, type SafeSplits, safeSplits, succeeds } from '../../src/consents/small-groups.ts'

const counted = fc
  .tuple(fc.nat({ max: 14 }), fc.nat({ max: 14 }))
  .map(([a, b]): Counted => ({ answered: Math.max(a, b), yes: Math.min(a, b) }))
const board = fc.array(counted, { minLength: 1, maxLength: 6 }).map((schools) => new Map(schools.entries()))

/**
 * Everything a school's number of yeses can be, for who knows how many answered everywhere, what is shown, and perhaps one
 * hidden school from elsewhere: found by trying, with none of the formulas of the code.
 */
function possible(truth: ReadonlyMap<number, Counted>, shown: SafeSplits<number>, known?: number): Map<number, Set<number>> {
  const hidden = [...truth.keys()].filter((key) => key !== known && shown.schools.get(key) === null)
  const range = (most: number) => Array.from({ length: most + 1 }, (_, nr) => nr)
  if (!shown.whole) return new Map(hidden.map((key) => [key, new Set(range(truth.get(key)!.answered))]))
  const others = [...truth].filter(([key]) => !hidden.includes(key)).reduce((sum, [, { yes }]) => sum + yes, 0)
  const left = shown.whole.yes - others
  const sums = (keys: number[]) =>
    keys.reduce((all, key) => new Set([...all].flatMap((sum) => range(truth.get(key)!.answered).map((yes) => sum + yes))), new Set([0]))
  return new Map(
    hidden.map((key) => {
      const rest = sums(hidden.filter((other) => other !== key))
      return [key, new Set(range(truth.get(key)!.answered).filter((yes) => rest.has(left - yes)))]
    }),
  )
}

const few = (count: number) => count > 0 && count < FEWEST_SHOWN

/** Whether anybody can tell, of any school, that a few said yes or that a few said no. */
function tellsOfFew(truth: ReadonlyMap<number, Counted>, shown: SafeSplits<number>): boolean {
  const told = [...shown.schools.values(), shown.whole].some((split) => split && (few(split.yes) || few(split.no)))
  const insiders = [undefined, ...[...truth.keys()].filter((key) => shown.schools.get(key) === null)]
  return (
    told ||
    insiders.some((insider) =>
      [...possible(truth, shown, insider)].some(([key, values]) => {
        const { answered } = truth.get(key)!
        return [...values].every(few) || [...values].every((yes) => few(answered - yes))
      }),
    )
  )
}

const secret = (publish: typeof safeSplits<number>) =>
  fc.property(board, (truth) => {
    expect(tellsOfFew(truth, publish(truth))).toBe(false)
  })

/** Hides small schools and no more: the whole minus the others gives them away. */
function hidesOnlyTheSmall(truth: ReadonlyMap<number, Counted>): SafeSplits<number> {
  const all = [...truth.values()].reduce((sum, one) => ({ answered: sum.answered + one.answered, yes: sum.yes + one.yes }))
  const splitOf = ({ answered, yes }: Counted) => (few(yes) || few(answered - yes) ? null : { yes, no: answered - yes })
  return { whole: splitOf(all), schools: new Map(Array.from(truth, ([key, one]) => [key, splitOf(one)])) }
}

describe('D04, D05 Groups below five', () => {
  test('cannot be computed, from what is shown and one school known besides', () => {
    fc.assert(secret(safeSplits), { numRuns: 3000 })
  })

  test('the trial catches who hides the small schools and forgets the subtraction', () => {
    expect(fc.check(secret(hidesOnlyTheSmall), { numRuns: 3000 }).failed).toBe(true)
  })

  test('of large schools everything is shown, and nothing else is hidden with them', () => {
    const large = new Map([
      ['a', { answered: 200, yes: 150 }],
      ['b', { answered: 90, yes: 80 }],
    ])
    expect(safeSplits(large)).toEqual({
      whole: { yes: 230, no: 60 },
      schools: new Map([
        ['a', { yes: 150, no: 50 }],
        ['b', { yes: 80, no: 10 }],
      ]),
    })
  })

  test('a small school takes the smallest others with it, so that the whole can be shown', () => {
    const one = { answered: 40, yes: 20 }
    const shown = safeSplits(new Map([['small', { answered: 6, yes: 4 }], ...['b', 'c', 'd', 'e'].map((key) => [key, one] as const)]))
    expect(shown.whole).toEqual({ yes: 84, no: 82 })
    expect([...shown.schools].filter(([, split]) => split === null).map(([key]) => key)).toEqual(['small', 'b', 'c'])
  })

  test('where a few said no in all, that is not shown of the whole either', () => {
    const shown = safeSplits(new Map([['a', { answered: 40, yes: 38 }]]))
    expect(shown).toEqual({ whole: null, schools: new Map([['a', null]]) })
  })
})

describe('D05 What was hidden at one look is not given away by a later one', () => {
  const looks = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), counted), { minLength: 2, maxLength: 5 })

  /** Every number of yeses that can be computed from all looks together: each count that was shown, each whole that was the sum of some. */
  function computable(equations: readonly { of: string[]; is: number }[]): Map<string, number> {
    const names = [...new Set(equations.flatMap(({ of }) => of))]
    const rows = equations.map(({ of, is }) => [...names.map((name) => (of.includes(name) ? 1 : 0)), is])
    let done = 0
    for (let column = 0; column < names.length; column += 1) {
      const pivot = rows.findIndex((row, nr) => nr >= done && Math.abs(row[column]!) > 1e-9)
      if (pivot < 0) continue
      ;[rows[done], rows[pivot]] = [rows[pivot]!, rows[done]!]
      const first = rows[done]!.map((value) => value / rows[done]![column]!)
      rows[done] = first
      for (const [nr, row] of rows.entries()) {
        if (nr !== done) rows[nr] = row.map((value, at) => value - row[column]! * first[at]!)
      }
      done += 1
    }
    const found = rows.flatMap((row) => {
      const unknown = names.flatMap((name, nr) => (Math.abs(row[nr]!) > 1e-9 ? [name] : []))
      return unknown.length === 1 ? [[unknown[0]!, Math.round(row.at(-1)!)] as const] : []
    })
    return new Map(found)
  }

  /** Looks one after the other: schools come, and their counts change by five or stay as they were shown. */
  const overTime = (publish: typeof safeSplits<string>) =>
    fc.property(looks, (changes) => {
      const now = new Map<string, Counted & DoneBefore & { version: number }>()
      const truth = new Map<string, Counted>()
      const equations: { of: string[]; is: number }[] = []
      for (const [nr, change] of changes.entries()) {
        for (const [school, next] of Object.entries(change)) {
          const last = now.get(school)
          if (!last || succeeds(last, next)) now.set(school, { ...next, version: nr, wasShown: false, hiddenWith: null })
        }
        const name = (school: string) => `${school}${now.get(school)!.version}`
        for (const [school, { answered, yes }] of now) truth.set(name(school), { answered, yes })
        const shown = publish(now, now)
        const hidden = [...shown.schools.values()].filter((split) => split === null).length
        for (const [school, split] of shown.schools) {
          if (split) equations.push({ of: [name(school)], is: split.yes })
          const one = now.get(school)!
          const hiddenWith = !split && shown.whole ? hidden : one.hiddenWith
          now.set(school, { ...one, wasShown: one.wasShown || split !== null, hiddenWith })
        }
        if (shown.whole) equations.push({ of: [...now.keys()].map(name), is: shown.whole.yes })
      }
      for (const [name, yes] of computable(equations)) {
        expect([few(yes), few(truth.get(name)!.answered - yes)], name).toEqual([false, false])
      }
    })

  test('whatever came between them', () => {
    fc.assert(overTime(safeSplits), { numRuns: 3000 })
  })

  test('the trial catches who looks at one moment only', () => {
    expect(
      fc.check(
        overTime((counted) => safeSplits(counted)),
        { numRuns: 3000 },
      ).failed,
    ).toBe(true)
  })
})
