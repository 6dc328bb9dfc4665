import type { Context } from 'hono'
import { type Addendum, agreedBySupplier } from '../../agreements/addendum.ts'
import { broughtIn } from '../../agreements/addendum-text.ts'
import { Fact, Link } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'

interface AddendumProps {
  c: Context<PageEnv>
  addendum: Addendum
  supplier: string
  board: string
  /** Who signed for the board, by name. */
  signedBy: string
}

/** What an addendum brings in, and by which act each of the two parties agreed to it. */
export async function AddendumFacts({ c, addendum, supplier, board, signedBy }: AddendumProps) {
  const { t, language } = c.var
  const words = t.school.contracts
  const { service, leaflet, parts } = await broughtIn(c.var.deps.db, addendum.content)
  const drafted = dayIn(language, addendum.draftedAt)
  const act = agreedBySupplier(addendum)
  return (
    <dl class="facts card">
      <Fact name={t.school.labels.service}>{service.name}</Fact>
      <Fact name={t.question.labels.leaflet}>{words.version(String(leaflet.version))}</Fact>
      <Fact name={t.question.labels.part}>{parts.join(', ')}</Fact>
      <Fact name={words.agreedBySupplier}>
        {act === 'request' && <Link href={`/school/requests/${addendum.requestId}`}>{words.agreed.request(supplier)}</Link>}
        {act === 'proposal' && words.agreed.proposal(supplier, drafted)}
        {act === null && words.agreed.not(supplier)}
      </Fact>
      <Fact name={words.signedForBoard}>
        {addendum.state === 'signed'
          ? t.contracts.document.signed(signedBy, board, dayIn(language, addendum.signedAt))
          : words.addendumStates[addendum.state]}
      </Fact>
    </dl>
  )
}
