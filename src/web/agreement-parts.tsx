import type { Context } from 'hono'
import type { Agreement } from '../agreements/agreement.ts'
import type { AgreementMessage } from '../agreements/agreement-messages.ts'
import { Heading, P, Section } from './blocks.tsx'
import type { PageEnv } from './page.tsx'
import { momentIn } from './texts/dates.ts'

/** How far an agreement is. */
export function AgreementBadge({ t, state }: { t: PageEnv['Variables']['t']; state: Agreement['state'] }) {
  const look = state === 'in_force' ? 'safe' : state === 'draft' || state === 'checked' ? 'warning' : 'neutral'
  return <span class={`utrecht-status-badge utrecht-status-badge--${look}`}>{t.school.contracts.states[state]}</span>
}

/** The very bytes that are signed, as they are, with their hash to compare. */
export function TextToSign({ c, text, hash }: { c: Context<PageEnv>; text: string; hash: string }) {
  const words = c.var.t.school.contracts
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.text}</h2>
      <pre class="card contract" lang="nl" tabindex={0}>
        {text}
      </pre>
      <p class="soft contract__hash">{words.bytes(hash)}</p>
    </section>
  )
}

/** A text that is signed, as it reads on paper: its title, and its annexes in the model's order each under a heading of its own. */
export function DocumentText({ text, over }: { text: string; over?: string }) {
  const [title, ...lines] = text.trimEnd().split('\n')
  return (
    <div lang="nl">
      {over ? <Heading over={over}>{title}</Heading> : <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{title}</h2>}
      {partsOf(lines).map(({ heading, body }) => (
        <section>
          {heading &&
            (over ? (
              <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{heading}</h2>
            ) : (
              <h3 class="utrecht-heading-3">{heading}</h3>
            ))}
          {body.map((line) => (
            <p class="utrecht-paragraph document__line">{line}</p>
          ))}
        </section>
      ))}
    </div>
  )
}

/** The text by its annexes: what stands before the first has no heading. */
function partsOf(lines: readonly string[]): { heading: string | null; body: string[] }[] {
  const parts: { heading: string | null; body: string[] }[] = [{ heading: null, body: [] }]
  for (const line of lines) {
    if (line.startsWith('BIJLAGE ')) parts.push({ heading: line, body: [] })
    else if (line.trim() !== '') parts.at(-1)!.body.push(line)
  }
  return parts
}

/** What school and supplier asked and answered about an agreement. @param own whose page it is */
export function AgreementMessages({ c, messages, own }: { c: Context<PageEnv>; messages: AgreementMessage[]; own: 'school' | 'supplier' }) {
  const { t, language } = c.var
  const words = t.supplierAgreements.messages
  const sideOf = ({ saidBy }: AgreementMessage) => (saidBy.startsWith('person:') ? 'school' : 'supplier')
  return (
    <Section title={words.title} intro={messages.length === 0 ? words.none : ''}>
      {messages.map((message) => (
        <article class="card">
          <P>
            <span class="soft">
              {sideOf(message) === own
                ? words.own(momentIn(language, message.saidAt))
                : words[sideOf(message)](momentIn(language, message.saidAt))}
            </span>
            <br />
            <span class="said">{message.words}</span>
          </P>
        </article>
      ))}
    </Section>
  )
}
