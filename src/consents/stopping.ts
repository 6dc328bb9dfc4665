import { mayBeObjectedTo } from '../catalog/legal-basis.ts'
import type { Words } from '../languages.ts'
import { STOPPING } from '../messages/questions.ts'
import type { Item } from './item.ts'

/** How what this item shares is stopped later. */
export function stoppingOf({ legalBasis, image }: Pick<Item, 'legalBasis' | 'image'>): Words {
  if (legalBasis === 'consent') return image ? STOPPING.picture : STOPPING.data
  return mayBeObjectedTo(legalBasis) ? STOPPING.objection : STOPPING.never
}
