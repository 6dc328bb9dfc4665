import type { Context } from 'hono'
import { Link, Notice, P } from '../blocks.tsx'
import { Button, TextArea } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import type { ContractView } from './contract-view.ts'

/** What has to be filled in of the two parties before anybody can check or sign, and who fills it in (M01). */
export function MissingOfParties({ c, view: { missing, supplier } }: { c: Context<PageEnv>; view: ContractView }) {
  const words = c.var.t.school.contracts.missing
  if (missing.length === 0) return null
  const of = (party: 'board' | 'supplier') =>
    missing
      .filter((part) => part.startsWith(party))
      .map((part) => words.parts[part])
      .join(', ')
  return (
    <Notice kind="warning">
      <P>
        <strong>{words.title}.</strong> {words.intro}
      </P>
      {of('board') && (
        <P>
          {words.board(of('board'))} <Link href="/school/settings">{words.boardWhere}</Link>
        </P>
      )}
      {of('supplier') && <P>{words.supplier(supplier, of('supplier'))}</P>}
    </Notice>
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
