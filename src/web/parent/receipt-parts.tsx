import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import { ButtonLink, Fact, Link, P } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'

/** What ends every receipt: how it is known who it was, the fingerprint of what was shown, and its number. */
export function ProofFacts({ c, shownHash, id }: { c: Context<PageEnv>; shownHash: string; id: string }) {
  const words = c.var.t.receipt
  return (
    <>
      <Fact name={words.authority}>{words.authorityIs}</Fact>
      <Fact name={words.text}>
        {words.textWhy}
        <div class="receipt__hash">{shownHash}</div>
      </Fact>
      <Fact name={words.id}>
        <span class="receipt__hash">{id}</span>
      </Fact>
    </>
  )
}

/** How to keep a receipt, and where it came from: not on paper. */
export function KeepReceipt({ c, path, from }: { c: Context<PageEnv>; path: string; from: { href: string; text: Child } }) {
  const words = c.var.t.receipt
  return (
    <div class="no-print">
      <P>{words.print}</P>
      <div class="utrecht-button-group">
        <ButtonLink href={`${path}/json`}>{words.json}</ButtonLink>
        <ButtonLink href={from.href}>{from.text}</ButtonLink>
      </div>
      <P>
        <Link href="/receipts">{words.toList}</Link>
      </P>
    </div>
  )
}
