import type { Context } from 'hono'
import { Refusal, type RefusalCode } from '../../refusal.ts'
import { Notice, P } from '../blocks.tsx'
import { type PageEnv, show } from '../page.tsx'
import { publicCodeOf } from '../texts/public-code.ts'

/** What is refused to who was honest but second: a colleague, or the supplier, did something to the same thing meanwhile. */
const OVERTAKEN: ReadonlySet<RefusalCode> = new Set([
  'changed_meanwhile',
  'agreement_not_draft',
  'agreement_not_checked',
  'agreement_already_signed',
  'agreement_ended',
  'signed_text_differs',
  'parties_incomplete',
  'request_closed',
  'request_already_forwarded',
  'request_already_released',
])

/** That somebody was first, and what one had filled in oneself. */
export interface Overtaken {
  because: RefusalCode
  /** What was typed or chosen, as a person reads it. */
  mine: string[]
}

/** Does something; who turns out to be second sees how it is now, with what they had filled in. */
export async function orHowItIsNow(
  c: Context<PageEnv>,
  mine: string[],
  work: () => Promise<Response>,
  page: (overtaken: Overtaken) => Promise<Parameters<typeof show>[1]>,
): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal && OVERTAKEN.has(error.code))) throw error
    return show(c, await page({ because: error.code, mine: mine.filter((one) => one.trim() !== '') }), 409)
  }
}

export function OvertakenNotice({ c, overtaken: { because, mine } }: { c: Context<PageEnv>; overtaken: Overtaken }) {
  const { t } = c.var
  const words = t.school.overtaken
  return (
    <Notice kind="warning">
      <P>
        {words.first} {t.errors.refusals[publicCodeOf(because)]} {words.now}
      </P>
      {mine.length > 0 && (
        <P>
          {words.mine}{' '}
          {mine.map((one) => (
            <span class="said">{one} </span>
          ))}
        </P>
      )}
    </Notice>
  )
}
