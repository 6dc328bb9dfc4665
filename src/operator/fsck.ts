import { check } from '../fsck/check.ts'
import { CheckFailed, type Command } from './command.ts'

export const fsckCommands: Record<string, Command> = {
  fsck: {
    about: 'Reads the database and its ledger and tells which invariant is broken, and where; changes nothing',
    options: {
      checkpoints: {
        takes: 'FILE',
        about: 'Where the last entry of every chain is kept, outside the database: what was cut off since last time is found',
        optional: true,
      },
    },
    run: async ({ db }, given) => {
      const { report, whole } = await check(db, given.maybe('checkpoints'))
      if (!whole) throw new CheckFailed(report)
      return report
    },
  },
}
