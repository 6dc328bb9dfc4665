import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Agreement } from '../../../agreements/agreement.ts'
import { agreementOfSupplier } from '../../../agreements/agreements-of-supplier.ts'
import { draftAgreement, type NewAgreement } from '../../../agreements/draft-agreement.ts'
import { isOfSupplier } from '../../../agreements/withdraw-proposal.ts'
import { LEGAL_BASES, type LegalBasis } from '../../../catalog/legal-basis.ts'
import { latestLeaflet, type Service, servicesOf, supplierById } from '../../../catalog/store.ts'
import { amsterdamDay } from '../../../clock.ts'
import { idOf } from '../../../http.ts'
import type { AgreementId, BoardId, ServiceId } from '../../../ids.ts'
import { ARRANGED, LEAKS_TOLD_BY, MEASURES, REPORTS, SECRECY_DECLARED } from '../../../messages/contracts.ts'
import { day, endOf, startOf } from '../../../moments.ts'
import { Refusal } from '../../../refusal.ts'
import { boardAt } from '../../../requests/ask-school.ts'
import { REAL_WORLD } from '../../../worlds.ts'
import { Heading, Notice, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Choices, Field, Group, TextArea, Tick } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage, ticked } from '../../page.tsx'
import { dayIn } from '../../texts/dates.ts'
import { publicCodeOf } from '../../texts/public-code.ts'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { knownBoards } from '../duties/known-boards.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { DeviationRows, deviationField, deviationsIn, incompleteIn } from './deviation-rows.tsx'
import { PartyFields } from './party-fields.tsx'

type Measure = keyof typeof MEASURES
const MEASURE_NAMES = Object.keys(MEASURES) as Measure[]

const LEAKS = ['board', 'together', 'supplier'] as const

const words = (max: number) => z.string().trim().max(max).default('')
const proposeForm = z
  .object({
    form: formToken,
    from: z.union([z.literal(''), idOf<AgreementId>()]).default(''),
    board: z.union([z.literal(''), idOf<BoardId>()]).default(''),
    other: words(40),
    kind: z.enum(['processor', 'controller']),
    supplier_basis: z.union([z.literal(''), z.enum(LEGAL_BASES)]).default(''),
    board_basis: z.union([z.literal(''), z.enum(LEGAL_BASES)]).default(''),
    supplier_why: words(2000),
    board_why: words(2000),
    address: z.string().trim().min(1).max(300),
    registration: z.string().trim().min(1).max(100),
    representative: z.string().trim().min(1).max(200),
    product: z.string().trim().min(1).max(500),
    retention: z.string().trim().min(1).max(1000),
    starts: day,
    ends: day,
    service: ticked(idOf<ServiceId>()),
    reports: z.enum(['0', '1', '2', '4']).default('0'),
    authorised: words(1000),
    protection: words(1000),
    weaknesses: words(1000),
    policy: words(1000),
    secrecy: z.literal('1').optional(),
    leaks: z.enum(['', ...LEAKS]).default(''),
    norm: words(200),
    dpia: words(500),
  })
  .catchall(z.string().max(2000))
type Proposal = z.infer<typeof proposeForm>

/** A supplier proposes an agreement to a board (C04, P17): the model, with Annex 2 and motivated deviations in Annex 3. */
export function newAgreementRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/agreements/new', signedInPage, async (c) => {
    const desk = await deskOf(c)
    return show(c, await proposePage(c, desk, await startingFrom(c, desk)))
  })

  app.post('/supplier/:supplierId/agreements/new', signedInForm, async (c) => {
    const desk = await deskOf(c)
    const words = c.var.t.supplierAgreements.wrong
    const read = await safeReadForm<z.ZodType<Proposal>>(c, proposeForm)
    const typed = read.ok ? typedAs(read.data) : read.typed
    const services = read.ok ? read.data.service : read.ticked('service')
    const again = async (wrong: Map<string, string>) => show(c, await proposePage(c, desk, { typed, services, wrong }), 400)
    const boardId = await boardIn(c, typed)
    const named: Record<string, string> = { ...words.fields, board: words.board, other: words.board }
    const wrong = new Map([
      ...(boardId ? [] : [[typed.other ? 'other' : 'board', words.board] as const]),
      // Who only holds data has a contract about that alone.
      ...(services.length > 0 || desk.isHolder ? [] : [['service', words.service] as const]),
      ...(read.ok ? [] : [...read.wrong].map((field) => [field, named[field] ?? words.missing] as const)),
      ...incompleteIn(c, typed),
    ])
    if (!read.ok || !boardId || wrong.size > 0) return await again(wrong)
    const fields = read.data
    const old = await openProposal(c, desk, fields.from)
    const replaces = old?.boardId === boardId && { replaces: old.agreementId }
    try {
      return await actOnceAt(c, desk, { form: fields.form, back: `${desk.path}/agreements`, done: 'proposed' }, () =>
        draftAgreement(c.var.deps, desk.actor, { ...agreementFrom(desk, boardId, fields), ...replaces }),
      )
    } catch (error) {
      const refused = error instanceof Refusal ? wrongIn(c, error, fields) : new Map<string, string>()
      if (refused.size === 0) throw error
      return await again(refused)
    }
  })
  return app
}

async function deskOf(c: Context<PageEnv>): Promise<SupplierDesk> {
  return await supplierDesk(c, 'contracts')
}

async function boardIn(c: Context<PageEnv>, { board, other = '' }: Record<string, string>): Promise<BoardId | undefined> {
  const value = other.replaceAll(/\s/g, '').toUpperCase()
  if (!value) return idOf<BoardId>().safeParse(board).data
  return (await boardAt(c.var.deps.db, { scheme: /^\d{20}$/.test(value) ? 'OIN' : 'BRIN', value }, REAL_WORLD))?.boardId
}

function agreementFrom(desk: SupplierDesk, boardId: BoardId, fields: Proposal): NewAgreement {
  const measures = MEASURE_NAMES.flatMap((name) => (fields[name] ? [[MEASURES[name], fields[name]]] : []))
  const arranged = [
    ...(fields.reports === '0' ? [] : [[REPORTS, fields.reports]]),
    ...(fields.secrecy ? [[ARRANGED.secrecy, SECRECY_DECLARED]] : []),
    ...(fields.leaks ? [[ARRANGED.leaks, LEAKS_TOLD_BY[fields.leaks]]] : []),
    ...(['norm', 'dpia'] as const).flatMap((name) => (fields[name] ? [[ARRANGED[name], fields[name]]] : [])),
  ]
  const security = Object.fromEntries([...measures, ...arranged]) as Record<string, string>
  return {
    boardId,
    supplierId: desk.actor.supplierId,
    kind: fields.kind,
    productAgreement: fields.product,
    retention: fields.retention,
    startsAt: startOf(fields.starts),
    endsAt: endOf(fields.ends),
    services: fields.service.map((serviceId) => ({ serviceId })),
    supplierParty: { address: fields.address, registration: fields.registration, representative: fields.representative },
    security,
    deviations: deviationsIn(fields).map(({ deviation }) => deviation),
    ...(fields.supplier_basis && { supplierBasis: fields.supplier_basis as LegalBasis }),
    ...(fields.board_basis && { boardBasis: fields.board_basis as LegalBasis }),
    supplierArgument: fields.supplier_why,
    boardArgument: fields.board_why,
  }
}

/** The fields that a refusal is about, with what to do. */
function wrongIn(c: Context<PageEnv>, { code, details }: Refusal, fields: Proposal): Map<string, string> {
  const { t } = c.var
  const field = {
    agreement_term_invalid: 'ends',
    bases_missing: 'supplier_basis',
    leaflet_not_found: 'service',
    service_not_found: 'service',
  }[code as string]
  if (field) return new Map([[field, t.errors.refusals[publicCodeOf(code)]]])
  const named: Record<string, string> = {
    productAgreement: 'product',
    security: 'authorised',
    supplierArgument: 'supplier_why',
    boardArgument: 'board_why',
  }
  if (code === 'basis_unmotivated') {
    return new Map((details.fields as string[]).map((place) => [named[place] ?? place, t.supplierAgreements.wrong.why]))
  }
  if (code !== 'purpose_forbidden') return new Map()
  return new Map((details.fields as string[]).map((place) => [named[place] ?? deviationField(fields, place), t.services.wrong.forbidden]))
}

interface Typed {
  typed: Record<string, string>
  services: string[]
  wrong: Map<string, string>
}

const typedAs = (fields: Proposal): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))

/** The supplier's own proposal that a new one takes the place of, while the school did not decide on it. */
async function openProposal(c: Context<PageEnv>, desk: SupplierDesk, from: string | undefined): Promise<Agreement | undefined> {
  const id = idOf<AgreementId>().safeParse(from)
  if (!id.success) return undefined
  const { agreement } = await agreementOfSupplier(c.var.deps.db, desk.member.supplierId, id.data, c.var.deps.now())
  const isOpen = agreement.state === 'draft' || agreement.state === 'checked'
  return isOpen && isOfSupplier(agreement.draftedBy) ? agreement : undefined
}

/** As an earlier proposal was (`?from=`), to be made better; else empty but for how the company is named. */
async function startingFrom(c: Context<PageEnv>, desk: SupplierDesk): Promise<Typed> {
  const party = (await supplierById(c.var.deps.db, desk.member.supplierId))?.party
  const id = idOf<AgreementId>().safeParse(c.req.query('from'))
  if (!id.success) return { typed: { ...party }, services: [], wrong: new Map() }
  const { agreement, services } = await agreementOfSupplier(c.var.deps.db, desk.member.supplierId, id.data, c.var.deps.now())
  const { deviations } = agreement
  const security = agreement.security as Record<string, string | number | undefined>
  const typed: Record<string, string> = {
    from: agreement.agreementId,
    board: agreement.boardId,
    kind: agreement.kind,
    supplier_basis: agreement.supplierBasis ?? '',
    board_basis: agreement.boardBasis ?? '',
    supplier_why: agreement.supplierArgument ?? '',
    board_why: agreement.boardArgument ?? '',
    product: agreement.productAgreement,
    ...(agreement.supplierParty ?? party),
    retention: agreement.retention,
    starts: amsterdamDay(agreement.startsAt),
    ends: amsterdamDay(new Date(agreement.endsAt.getTime() - 1)),
    reports: String(security[REPORTS] ?? '0'),
    ...Object.fromEntries(MEASURE_NAMES.map((name) => [name, String(security[MEASURES[name]] ?? '')])),
    secrecy: security[ARRANGED.secrecy] ? '1' : '',
    leaks: LEAKS.find((by) => LEAKS_TOLD_BY[by] === security[ARRANGED.leaks]) ?? '',
    norm: String(security[ARRANGED.norm] ?? ''),
    dpia: String(security[ARRANGED.dpia] ?? ''),
    ...Object.fromEntries(
      deviations.flatMap(({ article, text, motivation }, nr) => [
        [`article-${nr}`, article],
        [`text-${nr}`, text],
        [`motivation-${nr}`, motivation],
      ]),
    ),
  }
  return { typed, services: services.map(({ serviceId }) => serviceId), wrong: new Map() }
}

async function proposePage(c: Context<PageEnv>, desk: SupplierDesk, { typed, services, wrong }: Typed) {
  const { t, deps } = c.var
  const words = t.supplierAgreements
  const form = words.form
  const old = await openProposal(c, desk, typed.from)
  const boards = await knownBoards(deps.db, desk.member.supplierId)
  const published: Service[] = []
  for (const service of await servicesOf(deps.db, desk.member.supplierId)) {
    if (await latestLeaflet(deps.db, service.serviceId)) published.push(service)
  }
  const error = (field: string) => wrong.get(field) ?? false
  const bases = [{ value: '', text: form.noBasis }, ...LEGAL_BASES.map((basis) => ({ value: basis, text: t.school.bases[basis] }))]
  const text = (name: string) => ({ value: typed[name], maxlength: 500, autocomplete: 'off' })
  return (
    <Page c={c} title={words.propose} errors={[...wrong].map(([field, sentence]) => ({ field, sentence }))}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{words.propose}</Heading>
      <P lead>{form.intro}</P>
      {old && <Notice kind="info">{words.replaces(dayIn(c.var.language, old.draftedAt))}</Notice>}
      <OnceForm action={`${desk.path}/agreements/new`}>
        <input type="hidden" name="from" value={typed.from ?? ''} />
        <Choices
          name="board"
          label={form.board}
          error={error('board')}
          chosen={typed.board ?? ''}
          options={[{ value: '', text: t.asking.choose }, ...boards.map(({ boardId, name }) => ({ value: boardId, text: name }))]}
        />
        <Field
          name="other"
          label={t.asking.other}
          hint={t.asking.otherHint}
          error={error('other')}
          input={{ ...text('other'), maxlength: 25 }}
        />
        <Choices
          name="kind"
          label={form.kind}
          chosen={typed.kind ?? 'processor'}
          options={(['processor', 'controller'] as const).map((kind) => ({ value: kind, text: words.kinds[kind] }))}
        />
        <Choices
          name="supplier_basis"
          label={form.supplierBasis}
          hint={form.basisHint}
          error={error('supplier_basis')}
          chosen={typed.supplier_basis ?? ''}
          options={bases}
        />
        <TextArea
          name="supplier_why"
          label={form.supplierWhy}
          hint={form.whyHint}
          error={error('supplier_why')}
          value={typed.supplier_why}
          maxlength={2000}
        />
        <Choices name="board_basis" label={form.boardBasis} chosen={typed.board_basis ?? ''} options={bases} />
        <TextArea
          name="board_why"
          label={form.boardWhy}
          hint={form.whyHint}
          error={error('board_why')}
          value={typed.board_why}
          maxlength={2000}
        />
        <div id="service" tabindex={-1}>
          <Group legend={form.services}>
            {wrong.has('service') && <div class="utrecht-form-field-error-message">{wrong.get('service')}</div>}
            {published.length === 0 && <P>{t.asking.nothingToAsk}</P>}
            {published.map(({ serviceId, name }) => (
              <Tick name="service" value={serviceId} id={`service-${serviceId}`} text={name} ticked={services.includes(serviceId)} />
            ))}
          </Group>
        </div>
        <Group legend={form.party}>
          <PartyFields c={c} typed={typed} error={error} />
        </Group>
        <Field name="product" label={form.product} hint={form.productHint} error={error('product')} input={text('product')} />
        <Field name="retention" label={form.retention} hint={form.retentionHint} error={error('retention')} input={text('retention')} />
        <Field name="starts" label={form.starts} error={error('starts')} input={{ type: 'date', value: typed.starts }} />
        <Field name="ends" label={form.ends} error={error('ends')} input={{ type: 'date', value: typed.ends }} />
        <Group legend={form.security}>
          {MEASURE_NAMES.map((name) => (
            <TextArea name={name} label={form.measures[name]} error={error(name)} value={typed[name]} maxlength={1000} />
          ))}
          <Choices
            name="reports"
            label={form.reports}
            chosen={typed.reports ?? '0'}
            options={(['0', '1', '2', '4'] as const).map((times) => ({ value: times, text: form.times[times] }))}
          />
          <Choices
            name="leaks"
            label={form.leaks}
            chosen={typed.leaks ?? ''}
            options={[{ value: '', text: form.times['0'] }, ...LEAKS.map((by) => ({ value: by, text: form.leaksBy[by] }))]}
          />
          <Field name="norm" label={form.norm} hint={form.normHint} error={error('norm')} input={{ ...text('norm'), maxlength: 200 }} />
          <Field name="dpia" label={form.dpia} hint={form.dpiaHint} error={error('dpia')} input={text('dpia')} />
          <Tick name="secrecy" value="1" id="secrecy" text={form.secrecy} ticked={typed.secrecy === '1'} />
        </Group>
        <DeviationRows c={c} typed={typed} wrong={wrong} />
        <Button>{form.send}</Button>
      </OnceForm>
    </Page>
  )
}
