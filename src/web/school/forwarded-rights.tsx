import type { Context } from 'hono'
import { type ForwardedRight, forwardedToTake } from '../../cases/forward-right.ts'
import { HANDLERS } from '../../cases/handlers.ts'
import { suppliers } from '../../catalog/store.ts'
import { Link, P, Section } from '../blocks.tsx'
import { Button } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { atDesk, type Desk, desksOf } from './desk.ts'

/** What suppliers sent on to the boards of these desks, for who handles cases. */
export async function forwardedAtDesks(c: Context<PageEnv>): Promise<{ desk: Desk; one: ForwardedRight }[]> {
  const found: { desk: Desk; one: ForwardedRight }[] = []
  for (const desk of desksOf(c).filter(({ around }) => around.mandates.some(({ role }) => HANDLERS.includes(role)))) {
    const list = await atDesk(c, desk, (tx) => forwardedToTake(tx, desk.around.actor.boardId))
    found.push(...list.map((one) => ({ desk, one })))
  }
  return found
}

/** Above the cases: what is to become one (M16). Nothing is there when nothing waits. */
export async function ForwardedRights({ c }: { c: Context<PageEnv> }) {
  const { t, language, deps } = c.var
  const words = t.supplierDuties.atSchool
  const waiting = await forwardedAtDesks(c)
  if (waiting.length === 0) return null
  const companies = await suppliers(deps.db, [...new Set(waiting.map(({ one }) => one.supplierId))])
  return (
    <Section title={words.title} intro={words.intro}>
      {waiting.map(({ one: { forwardedId, supplierId, kind, reference, hint, words: said, receivedAt } }) => (
        <article class="card">
          <h3 class="utrecht-heading-3 card__title">{t.cases.rights.kinds[kind]}</h3>
          <P>
            {words.line(companies.find((one) => one.supplierId === supplierId)?.legalName ?? '', dayIn(language, receivedAt))}
            <br />
            {words.who(reference, hint ?? '')}
          </P>
          {said && (
            <P>
              <span class="said">{said}</span>
            </P>
          )}
          <p class="links">
            <Link href={`/school/cases/record?${new URLSearchParams({ forwarded: forwardedId, q: hint?.split(',')[0] ?? '' })}`}>
              {words.record}
            </Link>
          </p>
          <OnceForm action={`/school/cases/forwarded/${forwardedId}/aside`}>
            <Button primary={false}>{words.aside}</Button>
          </OnceForm>
        </article>
      ))}
    </Section>
  )
}
