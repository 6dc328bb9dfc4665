import { ended } from './ended.ts'
import type { Messages } from './shape.ts'

export const authorizeEn: Messages['authorize'] = {
  title: 'A question of a company',
  who: 'Who is it about?',
  whoIntro: (supplier) => `${supplier} asks whether it may see data. First choose who it is about. Then you decide.`,
  me: (name) => `${name} (yourself)`,
  nobody: 'There is nobody you can decide about here.',
  nobodyNext: 'Are you not connected to the school yet? Do that first, with the code of the school.',
  cannotAsk: 'This cannot be asked now.',
  back: (supplier) => `Back to ${supplier}, without deciding`,
  replaces: (supplier) =>
    `If you say yes, this takes the place of what you allowed ${supplier} before. If you say no, that stays as it was.`,
  goesBack: (supplier) => `After your answer you go back to ${ended(supplier)}`,
}
