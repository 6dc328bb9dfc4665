import { CATEGORIES, isCategory } from '../../catalog/categories.ts'
import type { LegalBasis } from '../../catalog/legal-basis.ts'
import { suppliers } from '../../catalog/store.ts'
import { amsterdamDay } from '../../clock.ts'
import type { ImageUse, Item } from '../../consents/item.ts'
import type { Tx } from '../../database.ts'
import type { ItemId } from '../../ids.ts'
import type { Language } from '../../languages.ts'

/** What a line in a list says of an item. A `Question` is one too; this is for many at once. */
export interface Brief {
  language: Language
  board: string
  supplier: { legalName: string } | null
  data: { name: string; category: string }[]
  image: ImageUse | null
  basis: LegalBasis
  period: { until: string }
}

/** The lines of many items in three queries, whatever their number. */
export async function briefsOf(tx: Tx, items: readonly Item[], language: Language): Promise<Map<ItemId, Brief>> {
  if (items.length === 0) return new Map()
  const distinct = <T>(values: readonly (T | null)[]) => [...new Set(values.filter((value): value is T => value !== null))]
  const companies = await suppliers(tx, distinct(items.map(({ supplierId }) => supplierId)))
  const boards = await tx
    .selectFrom('boards')
    .select(['board_id', 'name'])
    .where('board_id', 'in', distinct(items.map(({ boardId }) => boardId))) // boards_pkey
    .execute()
  const holderIds = distinct(items.map(({ holderId }) => holderId))
  const sets =
    holderIds.length === 0
      ? []
      : await tx
          .selectFrom('data_sets')
          .select(['holder_id', 'datatype', 'name_nl', 'name_en', 'category'])
          .where('holder_id', 'in', holderIds)
          .execute() // data_sets_pkey
  const named = ({ holderId }: Item, datatype: string) => {
    const set = sets.find((one) => one.holder_id === holderId && one.datatype === datatype)
    const kind = set?.category ?? datatype
    const category = isCategory(kind) ? CATEGORIES[kind][language] : kind
    if (!set) return { name: category, category }
    return { name: language === 'en' ? set.name_en : set.name_nl, category }
  }
  return new Map(
    items.map((item) => {
      const supplier = companies.find(({ supplierId }) => supplierId === item.supplierId)
      return [
        item.itemId,
        {
          language,
          board: boards.find(({ board_id }) => board_id === item.boardId)?.name ?? '',
          supplier: supplier ? { legalName: supplier.legalName } : null,
          data: item.datatypes.map((datatype) => named(item, datatype)),
          image: item.image,
          basis: item.legalBasis,
          period: { until: amsterdamDay(new Date(item.endsAt.getTime() - 1)) },
        },
      ]
    }),
  )
}
