import { type Context, Hono } from 'hono'
import { leafletLines } from '../../../agreements/text.ts'
import { type LeafletContent, missingSections, partsOn } from '../../../catalog/leaflet.ts'
import { supplierById } from '../../../catalog/store.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { LeafletDifference } from '../../leaflet-difference.tsx'
import { type PageEnv, show, signedInPage } from '../../page.tsx'
import { askedIn, askerOf } from '../../parent/question.tsx'
import { QuestionFacts } from '../../parent/question-facts.tsx'
import { ReadingLevelNote } from '../../reading-level-note.tsx'
import { SupplierNav } from '../supplier-nav.tsx'
import { type AtService, atService } from './at-service.ts'
import { exampleQuestion } from './example-question.ts'
import { leafletLevel } from './leaflet-level.ts'

/** A leaflet that is being written, as a parent and as a school will see it. */
export function leafletPreviewRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/services/:serviceId/preview/parent', signedInPage, async (c) => {
    const at = await atService(c)
    return show(c, await asParent(c, at, wholeDraft(at)))
  })

  app.get('/supplier/:supplierId/services/:serviceId/preview/school', signedInPage, async (c) => {
    const at = await atService(c)
    return show(c, asSchool(c, at, wholeDraft(at)))
  })
  return app
}

/** What is being written, once every section is there. @throws Refusal `leaflet_incomplete` */
export function wholeDraft({ draft }: AtService): LeafletContent {
  if (missingSections(draft.content).length > 0) throw new Refusal('leaflet_incomplete')
  return draft.content as LeafletContent
}

async function asParent(c: Context<PageEnv>, { desk, service, versions, path }: AtService, content: LeafletContent) {
  const { t, language, deps } = c.var
  const words = t.services
  const supplier = await supplierById(deps.db, service.supplierId)
  if (!supplier) throw new Refusal('supplier_not_found')
  const version = (versions[0]?.version ?? 0) + 1
  const question = exampleQuestion({ supplier, service, content, version }, words.example, language, deps.now())
  const subject = { name: t.rounds.preview.child, isMe: false }
  return (
    <Page c={c} title={words.asParent}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={service.name}>{words.asParent}</Heading>
      <P>{words.asParentIntro}</P>
      <ReadingLevelNote c={c} level={leafletLevel(content)!} />
      <section class="preview">
        <p class="over-title">{askerOf(question)}</p>
        <h2 class="utrecht-heading-2">{askedIn({ t, question, subject })}</h2>
        <QuestionFacts t={t} question={question} subject={{ ...subject, name: t.rounds.preview.childName }} direct={false} />
      </section>
      <p class="links">
        <Link href={path}>{words.toService}</Link>
        <Link href={`${path}/preview/school`}>{words.asSchool}</Link>
      </p>
    </Page>
  )
}

function asSchool(c: Context<PageEnv>, { desk, service, versions, path }: AtService, content: LeafletContent) {
  const words = c.var.t.services
  const optional = content.parts.filter((part) => part.optional)
  return (
    <Page c={c} title={words.asSchool}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={service.name}>{words.asSchool}</Heading>
      <P>{words.asSchoolIntro}</P>
      {versions[0] && (
        <Section title={words.difference(String(versions[0].version))}>
          <LeafletDifference c={c} old={versions[0].content} next={content} />
        </Section>
      )}
      <Section title={words.annex}>
        <pre class="card contract" lang="nl" tabindex={0}>
          {leafletLines(content, partsOn(content, [])).join('\n')}
        </pre>
      </Section>
      <Section title={words.schoolChooses}>
        {optional.length === 0 && <P>{words.nothingToChoose}</P>}
        <ul class="utrecht-unordered-list">
          {optional.map(({ name, explanation }) => (
            <li class="utrecht-unordered-list__item">
              <strong>{name}</strong>: {explanation}
            </li>
          ))}
        </ul>
      </Section>
      <p class="links">
        <Link href={path}>{words.toService}</Link>
        <Link href={`${path}/preview/parent`}>{words.asParent}</Link>
      </p>
    </Page>
  )
}
