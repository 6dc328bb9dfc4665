import { setImmediate } from 'node:timers/promises'

/** Work on something large that stops now and then to say how far it is, from 0 to 1, so that its process can answer others. */
export type InTurns<T> = Generator<number, T, void>

/** Does it without a stop. */
export function atOnce<T>(work: InTurns<T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** Does it as a part of other such work: from how far that is before it to how far after. */
export function* within<T>(work: InTurns<T>, from: number, to: number): InTurns<T> {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    yield from + (to - from) * value
  }
}

/** Does it, and lets others go first each time it stops. @param progress told how far it is */
export async function inTurns<T>(work: InTurns<T>, progress: (part: number) => Promise<void> = async () => {}): Promise<T> {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    await progress(value)
    await setImmediate()
  }
}

/** Lets others go first: between two pieces of work that together would keep everybody waiting. */
export async function othersFirst(): Promise<void> {
  await setImmediate()
}

/** So many rows are gone through between two stops. */
export const ROWS_AT_ONCE = 2000

/** Many rows in pieces, between which others go first. */
export async function* inPieces<Row>(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    yield rows.slice(from, from + ROWS_AT_ONCE)
    await othersFirst()
  }
}
