import { afterEach, expect } from 'vitest'
import { beforeClosing, openBrokers } from './broker.ts'
import { expectNothingBroken } from './fsck.ts'

// After every story the whole database is read and every ledger recomputed, whether the story's broker goes on or closes.
if (/\/tests\/stories\//.test(expect.getState().testPath ?? '')) {
  beforeClosing(expectNothingBroken)
  afterEach(async () => {
    for (const broker of openBrokers) await expectNothingBroken(broker)
  })
}
