import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { newFormToken } from '../../../accounts/forms.ts'
import { writeDraft } from '../../../catalog/leaflet-draft.ts'
import { Refusal } from '../../../refusal.ts'
import { parseStrictJson } from '../../../strict-json.ts'
import { Heading, Link, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Field, TextArea } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken } from '../../once-form.tsx'
import { type PageEnv, readUpload, show, signedInPage, signedInUpload } from '../../page.tsx'
import { actOnceAt } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { type AtService, atService } from './at-service.ts'

const LARGEST_BYTES = 256 * 1024

const importForm = z.strictObject({ form: formToken, seen: z.string().max(64), json: z.string() })

/** A leaflet from a file or from pasted text, taken in whole as a draft or not at all. */
export function leafletImportRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/services/:serviceId/import', signedInPage, async (c) => show(c, importPage(c, await atService(c))))

  app.post('/supplier/:supplierId/services/:serviceId/import', signedInUpload, async (c) => {
    const at = await atService(c)
    const { desk, service, path } = at
    const words = c.var.t.services
    const upload = await readUpload(c, 'file', LARGEST_BYTES + 10_000).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'body_too_large') return undefined
      throw error
    })
    if (!upload) return show(c, importPage(c, at, { field: 'file', sentences: [words.import_.tooLarge], typed: '' }), 413)
    const read = importForm.safeParse(upload.fields)
    if (!read.success) throw new Refusal('input_invalid')
    const { form, seen, json } = read.data
    const field = upload.file ? 'file' : 'json'
    const wrong = (sentences: string[]) => show(c, importPage(c, at, { field, sentences, typed: json }), 400)
    if (!upload.file && json.trim() === '') return wrong([words.import_.nothing])
    let sections: unknown
    try {
      sections = parseStrictJson(upload.file ? new TextDecoder('utf-8', { fatal: true }).decode(upload.file) : json)
    } catch {
      return wrong([words.import_.noJson])
    }
    try {
      return await actOnceAt(c, desk, { form, back: path, done: 'imported' }, () =>
        writeDraft(c.var.deps, desk.actor, { serviceId: service.serviceId, seen, sections }),
      )
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code === 'purpose_unknown') return wrong([words.import_.purpose])
      if (error.code === 'purpose_forbidden') return wrong(placesIn(error).map((place) => `${place}: ${words.wrong.forbidden}`))
      if (error.code === 'leaflet_incomplete')
        return wrong(placesIn(error).map((place) => (place ? words.import_.at(place) : words.import_.shape)))
      throw error
    }
  })
  return app
}

const placesIn = ({ details }: Refusal) => [...new Set(details.fields as string[])]

interface Wrong {
  field: 'file' | 'json'
  sentences: string[]
  typed: string
}

function importPage(c: Context<PageEnv>, { desk, service, draft, path, writes }: AtService, wrong?: Wrong) {
  const { services: words } = c.var.t
  if (!writes) throw new Refusal('not_found')
  const sentence = (field: Wrong['field']) => (wrong?.field === field ? wrong.sentences.join(' ') : false)
  return (
    <Page c={c} title={words.import} errors={(wrong?.sentences ?? []).map((one) => ({ field: wrong!.field, sentence: one }))}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={service.name}>{words.import}</Heading>
      <P lead>{words.import_.intro}</P>
      <P>{words.import_.strict}</P>
      <form method="post" action={`${path}/import`} enctype="multipart/form-data" novalidate>
        <input type="hidden" name="form" value={newFormToken()} />
        <input type="hidden" name="seen" value={draft.hash} />
        <Field name="file" label={words.import_.file} error={sentence('file')} input={{ type: 'file', accept: '.json,application/json' }} />
        <TextArea name="json" label={words.import_.text} error={sentence('json')} value={wrong?.typed ?? ''} maxlength={LARGEST_BYTES} />
        <Button>{words.import_.take}</Button>
      </form>
      <p class="links">
        <Link href={path}>{words.toService}</Link>
      </p>
    </Page>
  )
}
