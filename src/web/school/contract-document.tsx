import { type Context, Hono } from 'hono'
import { sha256 } from '../../canonical.ts'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { AddendumFacts } from './addendum-facts.tsx'
import { contractAtDesk } from './contract-view.ts'

/** A contract on paper: the very text that is signed with its annexes in the model's order, and that text as a file. */
export function contractDocumentRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/contracts/:agreementId/document', signedInPage, async (c) => show(c, await documentPage(c)))
  app.get('/school/contracts/:agreementId/text', signedInPage, async (c) => {
    const { view } = await contractAtDesk(c)
    return c.body(view.text, 200, {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${view.agreement.agreementId}.txt"`,
    })
  })
  return app
}

async function documentPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const words = t.contracts.document
  const { desk, view } = await contractAtDesk(c)
  const { agreement, supplier, signedBy } = view
  const [title, ...lines] = view.text.trimEnd().split('\n')
  return (
    <Page c={c} title={supplier}>
      <p class="links no-print">
        <Link href={`/school/contracts/${agreement.agreementId}`}>{words.back}</Link>
      </p>
      <p class="utrecht-paragraph no-print">{words.print}</p>
      <article class="document">
        <div lang="nl">
          <Heading over={supplier}>{title}</Heading>
          {partsOf(lines).map(({ heading, body }) => (
            <section>
              {heading && <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{heading}</h2>}
              {body.map((line) => (
                <p class="utrecht-paragraph document__line">{line}</p>
              ))}
            </section>
          ))}
        </div>
        <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.signatures}</h2>
        <P>{words.supplier(supplier, dayIn(language, agreement.draftedAt))}</P>
        <P>
          {'signedAt' in agreement && signedBy
            ? words.signed(signedBy, desk.around.boardName, dayIn(language, agreement.signedAt))
            : words.unsigned}
        </P>
        {'bySupplier' in agreement && (
          <P>
            {agreement.bySupplier
              ? words.signed(agreement.bySupplier.name, supplier, dayIn(language, agreement.bySupplier.at))
              : words.unsignedBySupplier(supplier)}
          </P>
        )}
        <p class="soft contract__hash">{words.hash(view.hash)}</p>
        {view.addenda.map(({ addendum, signedBy: signer }) => (
          <section>
            <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.addendum(dayIn(language, addendum.draftedAt))}</h2>
            <AddendumFacts c={c} addendum={addendum} supplier={supplier} board={desk.around.boardName} signedBy={signer} />
            <p class="soft contract__hash">{words.hash(sha256(addendum.text).toString('hex'))}</p>
          </section>
        ))}
      </article>
    </Page>
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
