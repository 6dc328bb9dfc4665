import { sectorFigures } from '../consents/sector-figures.ts'
import type { Command } from './command.ts'

export const sectorCommands: Record<string, Command> = {
  'sector-figures': {
    about:
      'Adds up the figures that boards share with everybody, by kind of question; of fewer than five boards, and of any board, school or person, nothing',
    options: {},
    run: async ({ db }) => await sectorFigures(db),
  },
}
