import type { Context } from 'hono'
import { Button, TextArea } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'

export function Rejecting({ c, action, withoutReason }: { c: Context<PageEnv>; action: string; withoutReason: boolean }) {
  const words = c.var.t.school.contracts
  return (
    <details class="more" open={withoutReason}>
      <summary>{words.rejectTitle}</summary>
      <div class="more__body">
        <OnceForm action={action}>
          <TextArea name="because" label={words.because} hint={words.becauseHint} error={withoutReason && words.becauseWrong} />
          <Button primary={false}>{words.reject}</Button>
        </OnceForm>
      </div>
    </details>
  )
}
