import { fsck, reportOf } from '../fsck/fsck.ts'
import { CheckFailed, type Command } from './command.ts'

export const fsckCommands: Record<string, Command> = {
  fsck: {
    about: 'Reads the database and its ledger and tells which invariant is broken, and where; changes nothing',
    options: {},
    run: async ({ db }) => {
      const checked = await fsck(db)
      const report = reportOf(checked)
      if (Object.values(checked.findings).some((found) => found.length > 0)) throw new CheckFailed(report)
      return report
    },
  },
}
