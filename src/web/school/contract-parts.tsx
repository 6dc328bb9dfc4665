import type { Context } from 'hono'
import { Button, TextArea } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'

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
