import type { Db } from './database.ts'

interface Waiting<T, R> {
  item: T
  resolve: (result: R) => void
  reject: (reason: unknown) => void
}

/** Who takes longer than this waits for somebody else, as for a held row, and costs nothing meanwhile. */
const HELD_UP_MS = 100
/** With those that are held up, this many times as many lanes run at the most. */
const WITH_HELD_UP = 4

/**
 * Does for many at once what comes while it is busy: whoever comes alone is served at once, and under load those who wait
 * for the same go together. So a statement or a transaction, whose cost hardly depends on how many rows it carries, is paid
 * once for all of them, and how many run at the same time stays bounded.
 */
export class Gather<T, R> {
  readonly #together: (items: T[]) => Promise<PromiseSettledResult<R>[]>
  readonly #lanes: number
  readonly #most: number
  /** Lane, then group: what waits, oldest first. */
  readonly #waiting = new Map<string, Map<string, Waiting<T, R>[]>>()
  readonly #busy = new Set<string>()
  /** Those of the busy ones that are held up. */
  readonly #heldUp = new Set<string>()

  /**
   * @param together one result per item, in their order; where it rejects, all of them failed
   * @param lanes so many run at once, each in a lane of its own; beside them those that are held up
   * @param most so many items at most go together
   */
  constructor(together: (items: T[]) => Promise<PromiseSettledResult<R>[]>, { lanes, most }: { lanes: number; most: number }) {
    this.#together = together
    this.#lanes = lanes
    this.#most = most
  }

  /**
   * @param lane items of one lane are done one group after the other, so that they cannot be in each other's way
   * @param group items of one group may go together
   */
  do(item: T, lane: string, group: string): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>()
    const groups = this.#waiting.get(lane) ?? new Map<string, Waiting<T, R>[]>()
    const queue = groups.get(group) ?? []
    queue.push({ item, resolve, reject })
    groups.set(group, queue)
    this.#waiting.set(lane, groups)
    this.#begin()
    return promise
  }

  #begin() {
    for (const [lane, groups] of this.#waiting) {
      if (this.#busy.size - this.#heldUp.size >= this.#lanes || this.#busy.size >= WITH_HELD_UP * this.#lanes) return
      if (!this.#busy.has(lane)) void this.#run(lane, this.#next(lane, groups))
    }
  }

  /** Lanes and groups that have more to do go to the back of the line. */
  #next(lane: string, groups: Map<string, Waiting<T, R>[]>): Waiting<T, R>[] {
    const [[group, queue]] = groups as unknown as [[string, Waiting<T, R>[]]]
    const taken = queue.splice(0, this.#most)
    groups.delete(group)
    if (queue.length > 0) groups.set(group, queue)
    this.#waiting.delete(lane)
    if (groups.size > 0) this.#waiting.set(lane, groups)
    return taken
  }

  async #run(lane: string, taken: Waiting<T, R>[]) {
    this.#busy.add(lane)
    const overdue = setTimeout(() => {
      this.#heldUp.add(lane)
      this.#begin()
    }, HELD_UP_MS)
    try {
      const results = await this.#together(taken.map(({ item }) => item))
      for (const [n, { resolve, reject }] of taken.entries()) {
        const result = results[n]!
        if (result.status === 'fulfilled') resolve(result.value)
        else reject(result.reason)
      }
    } catch (error) {
      for (const { reject } of taken) reject(error)
    } finally {
      clearTimeout(overdue)
      this.#heldUp.delete(lane)
      this.#busy.delete(lane)
      this.#begin()
    }
  }
}

/**
 * One of these for each database that work goes to. On Workers, where each request has a connection of its own that no other
 * may use, each then goes alone.
 */
export function perDatabase<T extends object>(make: () => T): (db: Db) => T {
  const made = new WeakMap<Db, T>()
  return (db) => {
    let one = made.get(db)
    if (!one) {
      one = make()
      made.set(db, one)
    }
    return one
  }
}
