import type { Context } from 'hono'
import { Heading, Link, P } from '../../blocks.tsx'
import { Page } from '../../layout.tsx'
import { type PageEnv, show } from '../../page.tsx'
import type { SupplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import type { Usable } from './use-form.ts'

/** First: for which service, and whose data. Each choice is a link to the form itself. */
export function chooseUse(
  c: Context<PageEnv>,
  desk: SupplierDesk,
  list: readonly Usable[],
  { title, path }: { title: string; path: string },
) {
  const words = c.var.t.asking
  return show(
    c,
    <Page c={c} title={title}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{title}</Heading>
      {list.length === 0 ? (
        <>
          <P lead>{words.nothingToAsk}</P>
          <p class="links">
            <Link href={`${desk.path}/services`}>{c.var.t.services.title}</Link>
          </p>
        </>
      ) : (
        <>
          <P lead>{words.chooseUse}</P>
          <ul class="rows">
            {list.map(({ service, holder }) => (
              <li>
                <Link href={`${path}?service=${service.serviceId}&holder=${holder.holderId}`}>{words.use(service.name, holder.name)}</Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Page>,
  )
}
