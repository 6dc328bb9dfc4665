import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Counted, FEWEST_SHOWN, type SafeSplits, safeSplits } from '../../src/consents/small-groups.ts'

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
