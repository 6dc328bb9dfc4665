import type { Context } from 'hono'
import { type ContractWork, contractWorkOf } from '../../agreements/attention.ts'
import { suppliers } from '../../catalog/store.ts'
import { Link, Section } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { lastDayIn } from '../texts/dates.ts'
import { atDesk, desksOf } from './desk.ts'

export interface NamedWork extends ContractWork {
  supplier: string
}

/** What contracts ask of whoever handles them, at all boards of this account. */
export async function contractWork(c: Context<PageEnv>): Promise<NamedWork[]> {
  const found: NamedWork[] = []
  for (const desk of desksOf(c).filter(({ handlesContracts }) => handlesContracts)) {
    await atDesk(c, desk, async (tx) => {
      const work = await contractWorkOf(tx, desk.around.actor.boardId, c.var.deps.now())
      const known = await suppliers(tx, [...new Set(work.map(({ supplierId }) => supplierId))])
      const nameOf = (one: ContractWork) => known.find(({ supplierId }) => supplierId === one.supplierId)?.legalName ?? ''
      found.push(...work.map((one) => ({ ...one, supplier: nameOf(one) })))
    })
  }
  return found
}

export function ContractWorkList({ c, work }: { c: Context<PageEnv>; work: readonly NamedWork[] }) {
  const { t, language } = c.var
  const words = t.contracts.work
  if (work.length === 0) return null
  return (
    <Section title={words.title}>
      <ul class="utrecht-unordered-list">
        {work.map(({ supplier, what, at, agreementId, serviceId }) => (
          <li class="utrecht-unordered-list__item">
            <Link
              href={what === 'new_leaflet' ? `/school/contracts/${agreementId}/leaflets/${serviceId}` : `/school/contracts/${agreementId}`}
            >
              {words.one(supplier, words.what[what])}
            </Link>
            {what === 'ends' && at && <div class="soft">{words.until(lastDayIn(language, at))}</div>}
          </li>
        ))}
      </ul>
    </Section>
  )
}
