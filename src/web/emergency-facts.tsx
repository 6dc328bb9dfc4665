import type { Context } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import type { EmergencyDisclosure } from '../cases/emergency.ts'
import { Fact } from './blocks.tsx'
import type { PageEnv } from './page.tsx'
import { dayIn } from './texts/dates.ts'

/** What was given in an emergency, to whom and why; then what only this page says of it. */
export function EmergencyFacts({
  c,
  one: { givenAt, receiver, data, reason, tried },
  card = false,
  children,
}: PropsWithChildren<{ c: Context<PageEnv>; one: EmergencyDisclosure; card?: boolean }>) {
  const { t, language } = c.var
  const words = t.emergencies.facts
  return (
    <dl class={card ? 'facts card' : 'facts'}>
      <Fact name={words.given}>{dayIn(language, givenAt)}</Fact>
      <Fact name={words.receiver}>{receiver}</Fact>
      <Fact name={words.data}>
        <span class="said">{data}</span>
      </Fact>
      <Fact name={words.reason}>
        <span class="said">{reason}</span>
      </Fact>
      <Fact name={words.tried}>
        <span class="said">{tried}</span>
      </Fact>
      {children}
    </dl>
  )
}
