import { describe, expect, test, vi } from 'vitest'
import { Gather } from '../../src/gather.ts'

/** Work that waits until it is let go, and remembers what went together. */
function desk(limits = { lanes: 2, most: 3 }) {
  const groups: number[][] = []
  const running: PromiseWithResolvers<void>[] = []
  const gather = new Gather<number, string>(async (items) => {
    groups.push(items)
    const gate = Promise.withResolvers<void>()
    running.push(gate)
    await gate.promise
    return items.map((item) =>
      item < 0 ? { status: 'rejected', reason: new Error(`${item}`) } : { status: 'fulfilled', value: `${item}` },
    )
  }, limits)
  const letGo = async (n: number) => {
    running[n]!.resolve()
    await new Promise(setImmediate)
  }
  return { gather, groups, running, letGo }
}

describe('What waits goes together', () => {
  test('who comes alone is served at once; who comes meanwhile goes with those like it, at most so many', async () => {
    const { gather, groups, letGo } = desk()
    const all = [1, 2, 3, 4, 5].map((item) => gather.do(item, 'board', 'group'))
    expect(groups).toEqual([[1]])
    await letGo(0)
    expect(groups).toEqual([[1], [2, 3, 4]])
    await letGo(1)
    await letGo(2)
    expect(groups).toEqual([[1], [2, 3, 4], [5]])
    expect(await Promise.all(all)).toEqual(['1', '2', '3', '4', '5'])
  })

  test('one lane runs one group at a time, and no more lanes than allowed run at once', async () => {
    const { gather, groups, letGo } = desk()
    const all = [gather.do(1, 'a', 'x'), gather.do(2, 'a', 'y'), gather.do(3, 'b', 'x'), gather.do(4, 'c', 'x')]
    expect(groups).toEqual([[1], [3]])
    await letGo(1)
    expect(groups).toEqual([[1], [3], [4]])
    await letGo(0)
    expect(groups).toEqual([[1], [3], [4], [2]])
    await letGo(2)
    await letGo(3)
    expect(await Promise.all(all)).toEqual(['1', '2', '3', '4'])
  })

  test('a busy group does not keep others of its lane, or other lanes, waiting for ever', async () => {
    const { gather, groups, letGo } = desk({ lanes: 1, most: 1 })
    for (const item of [1, 2, 3]) void gather.do(item, 'a', 'x')
    void gather.do(10, 'a', 'y')
    void gather.do(20, 'b', 'x')
    for (const n of [0, 1, 2, 3, 4]) await letGo(n)
    expect(groups).toEqual([[1], [2], [20], [10], [3]])
  })

  test('who waits long for something else holds no other lane up, within bounds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { gather, groups, letGo } = desk({ lanes: 1, most: 1 })
      const all = ['a', 'b', 'c', 'd', 'e'].map((lane, item) => gather.do(item, lane, 'x'))
      expect(groups).toEqual([[0]])
      vi.advanceTimersByTime(100)
      expect(groups).toEqual([[0], [1]])
      vi.advanceTimersByTime(1_000)
      expect(groups).toEqual([[0], [1], [2], [3]])
      await letGo(0)
      expect(groups).toEqual([[0], [1], [2], [3], [4]])
      for (const n of [1, 2, 3, 4]) await letGo(n)
      expect(await Promise.all(all)).toEqual(['0', '1', '2', '3', '4'])
    } finally {
      vi.useRealTimers()
    }
  })

  test('each has its own result; where the whole fails, all of them do, and the next is served', async () => {
    const { gather, running, letGo } = desk()
    const first = gather.do(0, 'a', 'x')
    const [good, bad] = [gather.do(1, 'a', 'x'), gather.do(-1, 'a', 'x')]
    bad.catch(() => {})
    await letGo(0)
    await letGo(1)
    expect(await first).toBe('0')
    expect(await good).toBe('1')
    await expect(bad).rejects.toThrow('-1')
    const [one, other] = [gather.do(2, 'a', 'x'), gather.do(3, 'a', 'x')]
    running[2]!.reject(new Error('the connection broke'))
    await expect(one).rejects.toThrow('the connection broke')
    await new Promise(setImmediate)
    await letGo(3)
    expect(await other).toBe('3')
  })
})
