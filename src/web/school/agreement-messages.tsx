import type { Context } from 'hono'
import type { AgreementMessage } from '../../agreements/agreement-messages.ts'
import { P } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { momentIn } from '../texts/dates.ts'
import { Section } from './request-form.tsx'

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
