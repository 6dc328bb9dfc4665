import { expect } from 'vitest'
import { fsck, reportOf } from '../../src/fsck/fsck.ts'
import type { TestBroker } from './broker.ts'

/**
 * Reads the whole database and every ledger and expects no broken invariant. Only for worlds made by commands: what was put
 * there row by row stands in no ledger.
 */
export async function expectNothingBroken(broker: Pick<TestBroker, 'db'>): Promise<void> {
  const checked = await fsck(broker.db)
  expect(Object.values(checked.findings).flat(), reportOf(checked)).toEqual([])
}
