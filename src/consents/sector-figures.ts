import { type Db, inTransaction } from '../database.ts'
import type { BoardId, ItemId } from '../ids.ts'
import { REAL_WORLD } from '../worlds.ts'
import type { ItemFigures } from './figures.ts'
import type { ImageUse } from './item.ts'
import { sharedFigures } from './share-figures.ts'

/** Of fewer boards than this a figure could be traced to one of them (D07). */
export const FEWEST_BOARDS = 5

/** How one kind of question was answered at many boards: nothing in it is of a person, a school or a board. */
export interface SectorFigure {
  schoolYear: string
  subjects: 'pupil' | 'employee'
  purpose: string
  medium: ImageUse['medium'] | null
  boards: number
  yes: number
  no: number
}

export interface SectorReport {
  figures: SectorFigure[]
  /** Kinds of questions that too few boards share figures of. */
  leftOut: number
}

/** What one board shares of one question. */
export interface OfBoard extends Omit<SectorFigure, 'boards'> {
  boardId: BoardId
}

/**
 * Adds up what boards share of their rounds, by kind of question: for the sector, and all that others can have for research
 * (D07, D13). Only what a board shares itself counts, and only kinds of questions that five boards at least share; free words, such
 * as the name of a channel, are in none of it.
 */
export async function sectorFigures(db: Db): Promise<SectorReport> {
  const boards = await db
    .selectFrom('board_directory')
    .select('board_id')
    .distinct()
    .where('world', '=', REAL_WORLD)
    .orderBy('board_id')
    .execute()
  const all: OfBoard[] = []
  for (const { board_id: boardId } of boards) all.push(...(await sharedBy(db, boardId)))
  return addUp(all)
}

/** The sums by kind of question, of which at least `FEWEST_BOARDS` share figures. */
export function addUp(all: readonly OfBoard[]): SectorReport {
  const kindOf = ({ schoolYear, subjects, purpose, medium }: OfBoard) => [schoolYear, subjects, purpose, medium].join(' ')
  const kinds = [...Map.groupBy(all, kindOf).values()]
  const figures = kinds.flatMap((same): SectorFigure[] => {
    const boards = new Set(same.map(({ boardId }) => boardId)).size
    if (boards < FEWEST_BOARDS) return []
    const { schoolYear, subjects, purpose, medium } = same[0]!
    const sum = (side: 'yes' | 'no') => same.reduce((total, one) => total + one[side], 0)
    return [{ schoolYear, subjects, purpose, medium, boards, yes: sum('yes'), no: sum('no') }]
  })
  return { figures, leftOut: kinds.length - figures.length }
}

/** What one board shares with nothing left out for the small groups in it. */
async function sharedBy(db: Db, boardId: BoardId): Promise<OfBoard[]> {
  return await inTransaction(db, { actor: 'operator', boards: [boardId] }, async (tx) => {
    const shared = await sharedFigures(tx, boardId)
    const items = await tx
      .selectFrom('items as i')
      .innerJoin('rounds as r', (join) => join.onRef('r.board_id', '=', 'i.board_id').onRef('r.round_id', '=', 'i.round_id')) // rounds_pkey
      .select(['i.item_id', 'i.purpose', 'i.image_medium as medium', 'r.school_year as schoolYear', 'r.subject_kind as subjects'])
      .where('i.board_id', '=', boardId)
      .where('i.item_id', 'in', [...itemsIn(shared), NO_ITEM]) // items_pkey
      .execute()
    return shared.flatMap(({ figures }) =>
      figures.flatMap(({ itemId, split }): OfBoard[] => {
        const item = items.find(({ item_id }) => item_id === itemId)
        if (!item || !split) return []
        const { purpose, medium, schoolYear, subjects } = item
        return [{ boardId, schoolYear, subjects, purpose, medium, ...split }]
      }),
    )
  })
}

const NO_ITEM = '00000000-0000-0000-0000-000000000000' as ItemId

const itemsIn = (shared: readonly { figures: ItemFigures[] }[]): ItemId[] =>
  shared.flatMap(({ figures }) => figures.map(({ itemId }) => itemId))
