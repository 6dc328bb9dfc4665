import type { Context } from 'hono'
import { amsterdamDay } from '../../clock.ts'
import { ageOn } from '../../people/age.ts'
import { P } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import type { Mine } from './my-consents.ts'

/** Whether this pupil answered alone and has parents who still look: then there is something to share with them, or not. */
export function mayShare({ consent, subject }: Mine, at: Date): boolean {
  const { kind, birthDate } = consent.question.subject
  const isMinor = birthDate !== null && ageOn(birthDate, amsterdamDay(at)) < 18
  return subject.isMe && kind === 'pupil' && isMinor && consent.mine?.authority === 'self'
}

/** What a pupil answers alone, parents do not see, unless the pupil lets them: one press, and one to take it back. */
export function Sharing({ c, mine: { consent } }: { c: Context<PageEnv>; mine: Mine }) {
  const { t } = c.var
  const shared = consent.sharedWithParents
  return (
    <form method="post" action={`/consents/${consent.consentId}/share`}>
      <P>{shared ? t.consents.sharedNow : t.consents.notShared}</P>
      <button class="utrecht-button utrecht-button--secondary-action" type="submit" name="shared" value={shared ? 'no' : 'yes'}>
        {shared ? t.consents.unshare : t.consents.share}
      </button>
    </form>
  )
}
