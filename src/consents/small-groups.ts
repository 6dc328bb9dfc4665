/** Fewer people than this are no group: what is said of them is said of each (D04, D05). */
export const FEWEST_SHOWN = 5

/** How many of a school answered, and how many of those said yes. How many answered is no secret: it is progress (D10). */
export interface Counted {
  answered: number
  yes: number
}

/** The answers of a group as they may be shown: null where they would tell too much. */
export type Split = { yes: number; no: number } | null

/** What was done with a count at an earlier look. */
export interface DoneBefore {
  wasShown: boolean
  /** While the whole was shown it was hidden, as one of so many; null: it was not. */
  hiddenWith: number | null
}

export interface SafeSplits<K> {
  whole: Split
  schools: Map<K, Split>
}

/**
 * What of the answers may be shown, for the schools and for all of them together, so that nobody can compute that between
 * one and four people somewhere said yes, or said no: not from the school's own figures, not from the whole minus the others,
 * and not by somebody who knows one school's figures from elsewhere, as those who work there do.
 *
 * A school with such a few is hidden. As long as the hidden ones could be computed, the smallest of the others is hidden with
 * them; when that does not help, the whole is hidden and not the others.
 *
 * @param before what was done with a count that is the same as at an earlier look (`succeeds`). What was hidden beside the whole stays
 *   hidden, for it would give away what it was hidden with; and until all of those have changed, the whole is shown only beside the very
 *   same. What was shown hides nobody.
 */
export function safeSplits<K>(counted: ReadonlyMap<K, Counted>, before: ReadonlyMap<K, DoneBefore> = new Map()): SafeSplits<K> {
  const withOf = (key: K) => before.get(key)?.hiddenWith ?? null
  const unseenAnyway = new Set([...counted].filter(([key, one]) => tellsOfFew(one) || withOf(key) !== null).map(([key]) => key))
  const whole = sum([...counted.values()])
  const hidden = new Set(unseenAnyway)
  const listOf = (keys: ReadonlySet<K>) => [...keys].map((key) => counted.get(key)!)
  const isNew = [...hidden].every((key) => withOf(key) === null)
  if (isNew) {
    const bySize = [...counted]
      .filter(([key, { answered }]) => !hidden.has(key) && answered > 0 && !before.get(key)?.wasShown)
      .toSorted(([, a], [, b]) => a.answered - b.answered)
    while (!keepsTheSecret(listOf(hidden)) && bySize.length > 0) hidden.add(bySize.shift()![0])
  }
  const isSame = [...hidden].every((key) => withOf(key) === hidden.size)
  const showsWhole = !tellsOfFew(whole) && (isNew ? keepsTheSecret(listOf(hidden)) : isSame)
  const unseen = showsWhole ? hidden : unseenAnyway
  return {
    whole: showsWhole ? splitOf(whole) : null,
    schools: new Map(Array.from(counted, ([key, one]) => [key, unseen.has(key) ? null : splitOf(one)])),
  }
}

/**
 * Whether a count may be shown after another: never the difference of fewer than five people's answers, so that who looks before
 * and after one parent answers, stops or leaves learns nothing of them. Somebody who goes from yes to no is one in both.
 */
export function succeeds(before: Counted, after: Counted): boolean {
  const [yes, no] = [after.yes - before.yes, after.answered - after.yes - (before.answered - before.yes)]
  return Math.max(Math.abs(yes), Math.abs(no)) >= FEWEST_SHOWN
}

const splitOf = ({ answered, yes }: Counted) => ({ yes, no: answered - yes })

function sum(list: readonly Counted[]): Counted {
  return {
    answered: list.reduce((all, one) => all + one.answered, 0),
    yes: list.reduce((all, one) => all + one.yes, 0),
  }
}

const isFew = (count: number) => count > 0 && count < FEWEST_SHOWN
const tellsOfFew = ({ answered, yes }: Counted) => isFew(yes) || isFew(answered - yes)

/** Whether knowing what the hidden schools come to together gives none of them away, also to who knows one of them. */
function keepsTheSecret(hidden: readonly Counted[]): boolean {
  return isVague(hidden) && hidden.every((_, known) => isVague(hidden.filter((_, nr) => nr !== known)))
}

/** Of numbers with a known sum, none can be narrowed down to a few: each lies between what the others leave it and what they take. */
function isVague(hidden: readonly Counted[]): boolean {
  const all = sum(hidden)
  const narrow = (answered: number, together: number) => {
    const [least, most] = [Math.max(0, answered + together - all.answered), Math.min(answered, together)]
    return least > 0 && most < FEWEST_SHOWN
  }
  return hidden.every(({ answered }) => !narrow(answered, all.yes) && !narrow(answered, all.answered - all.yes))
}
