import type { Bench, PupilNumber, Seen } from './bench.ts'

/** Undefined when all is as it should be; else what was seen instead. */
export type Verdict = string | undefined

/** One thing that a holder does well or not. */
export interface Case {
  id: string
  title: string
  source: string
  /** What to do when it was not so. */
  advice: string
  /** `should`: said in the report, but no reason to fail. */
  level?: 'should'
  /** Left out when it cannot arise in the way this holder takes its tokens. */
  applies?: (bench: Bench) => boolean
  play: (bench: Bench) => Promise<Verdict>
}

const REFUSALS = [400, 401, 403]

/** Data of a pupil stand in the answer when the pupil's mark does. */
const shows = (bench: Bench, { body }: Seen, pupil: PupilNumber) => body.includes(bench.config.pupils[pupil].mark)

/** A clear no: no data, and a status that tells the client so. 503 is one only where something cannot be checked. */
export function refused(bench: Bench, seen: Seen, { uncheckable = false } = {}): Verdict {
  if (shows(bench, seen, 0) || shows(bench, seen, 1)) return `it handed over data (${seen.status})`
  if (REFUSALS.includes(seen.status) || (uncheckable && seen.status === 503)) return undefined
  if (seen.status >= 500) return `it fell over with ${seen.status} instead of saying no`
  return `it answered ${seen.status} instead of 401`
}

/** The data of these pupils and of nobody else. */
export function served(bench: Bench, seen: Seen, pupils: PupilNumber[] = [0]): Verdict {
  if (seen.status !== 200) return `it answered ${seen.status} to a good request: ${seen.body.slice(0, 200)}`
  for (const pupil of [0, 1] as const) {
    const shown = shows(bench, seen, pupil)
    if (shown && !pupils.includes(pupil)) return `it handed over data of pupil ${pupil + 1} as well`
    if (!shown && pupils.includes(pupil)) return `the mark of pupil ${pupil + 1} is not in its answer`
  }
  return undefined
}

/** No data of this pupil, whether by a no or by an answer without them. */
export function withheld(bench: Bench, seen: Seen, pupil: PupilNumber): Verdict {
  if (shows(bench, seen, pupil)) return `it handed over data of pupil ${pupil + 1} (${seen.status})`
  return seen.status >= 500 ? `it fell over with ${seen.status} instead of saying no` : undefined
}

/** Looks again until it is so, or `withinMs` is over. */
export async function soon(look: () => Promise<Verdict>, withinMs: number): Promise<Verdict> {
  const until = Date.now() + withinMs
  for (;;) {
    const verdict = await look()
    if (verdict === undefined || Date.now() >= until) return verdict
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
