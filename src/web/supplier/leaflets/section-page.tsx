import { type Context, Hono } from 'hono'
import { STAFF_RESEARCH } from '../../../catalog/categories.ts'
import { type LeafletDraft, type LeafletSectionName, SECTION_NAMES, SECTIONS } from '../../../catalog/leaflet.ts'
import { writeDraft } from '../../../catalog/leaflet-draft.ts'
import { isResearch } from '../../../catalog/purposes.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, Notice, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { actOnceAt } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { type AtService, atService, sectionIn } from './at-service.ts'
import { sectionFrom, type TypedSection, typedFrom, typedIn } from './section-form.ts'
import { sectionFormBody } from './section-form-schema.ts'
import { SectionInputs } from './section-inputs.tsx'

/** One section of a leaflet that is being written: saved whole, or told what is wrong where it was typed. */
export function leafletSectionRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/services/:serviceId/sections/:section', signedInPage, async (c) => {
    const [at, section] = [await atService(c), sectionIn(c)]
    return show(c, sectionPage(c, at, section, readySet(c, section, typedFrom(at.draft.content, section, c.var.language))))
  })

  app.post('/supplier/:supplierId/services/:serviceId/sections/:section', signedInForm, async (c) => {
    const [at, section] = [await atService(c), sectionIn(c)]
    const { desk, service, path } = at
    const { form, seen, go, ...sent } = await readForm(c, sectionFormBody)
    const typed = typedIn(section, sent)
    const { value, fieldAt } = sectionFrom(section, service.kind, typed)
    if (value === undefined) return show(c, sectionPage(c, at, section, typed, ['rows']), 400)
    const following = SECTION_NAMES[SECTION_NAMES.indexOf(section) + 1]
    const back = go === 'more' ? `${path}/sections/${section}` : go === 'next' && following ? `${path}/sections/${following}` : path
    try {
      return await actOnceAt(c, desk, { form, back, done: 'saved' }, () =>
        writeDraft(c.var.deps, desk.actor, { serviceId: service.serviceId, seen, sections: { [section]: value } }),
      )
    } catch (error) {
      if (!(error instanceof Refusal && (error.code === 'leaflet_incomplete' || error.code === 'purpose_forbidden'))) throw error
      const fields = [...new Set((error.details.fields as string[]).map(fieldAt))]
      return show(c, sectionPage(c, at, section, typed, fields, error.code === 'purpose_forbidden'), 400)
    }
  })
  return app
}

/** Where somebody chose it: the data that research among staff usually asks, to fill in why and to save (D16). Nothing is kept yet. */
function readySet(c: Context<PageEnv>, section: LeafletSectionName, typed: TypedSection): TypedSection {
  if (section !== 'data' || c.req.query('ready') !== 'staff-research') return typed
  const there = typed.rows.filter(({ category }) => category)
  const missing = STAFF_RESEARCH.filter((category) => !there.some((row) => row.category === category))
  return { ...typed, rows: [...there, ...missing.map((category) => ({ category, use: 'needed', why: '' }))] }
}

function sectionPage(
  c: Context<PageEnv>,
  at: AtService,
  section: LeafletSectionName,
  typed: TypedSection,
  wrong: string[] = [],
  forbidden = false,
) {
  const words = c.var.t.services
  const { desk, service, draft, path } = at
  const { title, intro } = words.section[section]
  const sentenceOf = (field: string) => {
    if (forbidden) return words.wrong.forbidden
    const name = field.replace(/-\d+$/, '')
    return words.wrong[name in words.wrong ? (name as keyof typeof words.wrong) : 'missing']
  }
  const sentences = new Map(wrong.map((field) => [field, sentenceOf(field)]))
  return (
    <Page c={c} title={title} errors={wrong.map((field) => ({ field, sentence: sentences.get(field)! }))}>
      <SupplierNav c={c} desk={desk} />
      {c.req.query('done') === 'saved' && wrong.length === 0 && <Notice kind="ok">{words.done.saved}</Notice>}
      <Heading over={`${service.name}, ${words.letter(SECTIONS[section])}`}>{title}</Heading>
      <P lead>{intro}</P>
      {section === 'data' && isAboutResearch(draft.content) && (
        <P>
          <Link href={`${path}/sections/data?ready=staff-research`}>{words.readyForStaff}</Link> {words.readyForStaffHint}
        </P>
      )}
      <OnceForm action={`${path}/sections/${section}`}>
        <input type="hidden" name="seen" value={draft.hash} />
        <SectionInputs c={c} kind={service.kind} section={section} typed={typed} sentences={sentences} />
        <div class="actions">
          <Button name="go" value="next">
            {words.saveNext}
          </Button>
          <Button name="go" value={typed.rows.length > 0 ? 'more' : 'back'} primary={false}>
            {typed.rows.length > 0 ? words.saveMore : words.save}
          </Button>
        </div>
      </OnceForm>
      <p class="links">
        <Link href={path}>{words.toService}</Link>
      </p>
    </Page>
  )
}

const isAboutResearch = ({ purposes }: LeafletDraft) => purposes?.purposes.some((id) => isResearch({ id })) ?? false
