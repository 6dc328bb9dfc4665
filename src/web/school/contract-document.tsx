import { type Context, Hono } from 'hono'
import { sha256 } from '../../canonical.ts'
import { DocumentText } from '../agreement-parts.tsx'
import { Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { AddendumFacts } from './addendum-facts.tsx'
import { contractAtDesk, textFile } from './contract-view.ts'

/** A contract on paper: the very text that is signed with its annexes in the model's order, and that text as a file. */
export function contractDocumentRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/contracts/:agreementId/document', signedInPage, async (c) => show(c, await documentPage(c)))
  app.get('/school/contracts/:agreementId/text', signedInPage, async (c) => {
    const { view } = await contractAtDesk(c)
    return textFile(c, view.agreement.agreementId, view.text)
  })
  return app
}

async function documentPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const words = t.contracts.document
  const { desk, view } = await contractAtDesk(c)
  const { agreement, supplier, signedBy } = view
  return (
    <Page c={c} title={supplier}>
      <p class="links no-print">
        <Link href={`/school/contracts/${agreement.agreementId}`}>{words.back}</Link>
      </p>
      <p class="utrecht-paragraph no-print">{words.print}</p>
      <article class="document">
        <DocumentText text={view.text} over={supplier} />
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
            <DocumentText text={addendum.text} />
            <p class="soft contract__hash">{words.hash(sha256(addendum.text).toString('hex'))}</p>
          </section>
        ))}
      </article>
    </Page>
  )
}
