import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SupplierAgreement, type Tick } from '../../src/agreements/agreements-of-supplier.ts'
import { checkAgreement } from '../../src/agreements/check-agreement.ts'
import { endAgreementAsSupplier } from '../../src/agreements/end-agreement.ts'
import { signAgreement } from '../../src/agreements/sign-agreement.ts'
import { signAgreementAsSupplier } from '../../src/agreements/sign-as-supplier.ts'
import { supplierCalendar } from '../../src/agreements/supplier-calendar.ts'
import { tickCalendar } from '../../src/agreements/tick-calendar.ts'
import { createApp } from '../../src/app.ts'
import { setSupplierParty } from '../../src/catalog/supplier-party.ts'
import { addDays, amsterdamDay, amsterdamMoment, startOfAmsterdamDay } from '../../src/clock.ts'
import type { Env } from '../../src/http.ts'
import type { AgreementId } from '../../src/ids.ts'
import { REPORTS } from '../../src/messages/contracts.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { liveToken } from '../support/live-token.ts'
import { signIn } from '../support/signed-in.ts'
import { colleagueOf, type Tutor, tutorOf } from '../support/tutor.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld, supplierParty } from '../support/world.ts'

let broker: TestBroker
let app: Hono<Env>
let world: SmallWorld
let roos: Tutor
let visitor: Visitor
let mirjam: Visitor
let here: string
beforeAll(async () => {
  broker = await freshBroker()
  app = createApp(() => broker.deps)
  world = await smallWorld(broker)
  await broker.owner`insert into handles (kind, owner, handle, board_id, ref)
    values ('agreement', ${world.supplierId}, ${world.agreementId}, ${world.boardId}, ${world.agreementId}) on conflict do nothing`
  await broker.owner`insert into supplier_boards (supplier_id, board_id, linked_at) values (${world.supplierId}, ${world.boardId}, now()) on conflict do nothing`
  roos = await tutorOf(broker, world.supplierId)
  visitor = await signIn(broker, app, roos.email)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  here = `/supplier/${world.supplierId}/agreements`
})
afterAll(() => broker.close())

const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)

const fresh = () => ({ ...roos.actor, signedInAt: broker.clock.now() })

const proposal = () => ({
  board: world.boardId as string,
  other: '',
  kind: 'processor',
  supplier_basis: '',
  board_basis: '',
  product: 'Offerte 2026-12',
  address: 'Bedrijfsweg 2, 1234 AB Ons Dorp',
  registration: 'KvK 12345678',
  representative: 'Jo Smit, directeur',
  retention: 'tot 3 maanden na het einde',
  starts: '2026-12-01',
  ends: '2027-07-31',
  service: world.serviceId as string,
  reports: '2',
  authorised: 'Alleen begeleiders.',
  protection: '',
  weaknesses: '',
  policy: '',
  'article-0': '7.2',
  'text-0': 'Wij sturen eerder bericht.',
  'motivation-0': 'Dat past bij onze dienst.',
})

async function propose(change: Record<string, string> = {}) {
  const page = await visitor.get(`${here}/new`)
  return await visitor.post(`${here}/new`, { ...page.fields(`${here}/new`), ...proposal(), ...change })
}

const draftId = async () =>
  (
    await broker.owner`select agreement_id from supplier_agreements where product_agreement = 'Offerte 2026-12' order by agreement_id desc limit 1`
  )[0]!.agreement_id as AgreementId

describe('A supplier proposes an agreement (C04, P17, M25)', () => {
  test('what is wrong is told where it is typed, with all that was typed, and nothing is kept', async () => {
    for (const [change, field] of [
      [{ product: '' }, 'product'],
      [{ starts: '' }, 'starts'],
      [{ ends: '2026-11-30' }, 'ends'],
      [{ kind: 'controller' }, 'supplier_basis'],
      [{ 'motivation-0': '' }, 'motivation-0'],
      [{ retention: 'zolang wij reclame maken' }, 'retention'],
      [{ board: '', other: '12345678901234567890' }, 'other'],
      [{ board: '' }, 'board'],
    ] as const) {
      const wrong = await propose(change as Record<string, string>)
      expect([change, wrong.status, wrong.html]).toEqual([change, 400, expect.stringContaining(`href="#${field}"`)])
      expect(wrong.html).toContain('Wij sturen eerder bericht.')
    }
    expect(await broker.owner`select 1 from supplier_agreements where product_agreement = 'Offerte 2026-12'`).toHaveLength(0)
  })

  test('D02: of two controllers each weighs its own interest, told at its own field', async () => {
    const both = { kind: 'controller', supplier_basis: 'legitimate_interest', board_basis: 'legitimate_interest' }
    const wrong = await propose(both)
    expect([wrong.status, wrong.html]).toEqual([400, expect.stringContaining('href="#supplier_why"')])
    expect(wrong.html).toContain('id="board_why-error"')
  })

  test('what is missing is told all at once, each by its own name', async () => {
    const path = `${here}/new`
    const empty = await visitor.get(path)
    const wrong = await visitor.post(path, { ...empty.fields(path), kind: 'processor', reports: '0' })
    const told = [...wrong.html.matchAll(/<a [^>]*href="#([\w-]+)"[^>]*>([^<]+)<\/a>/g)].map(
      ([, field, sentence]) => `${field}: ${sentence}`,
    )
    expect(told.filter((line) => !line.startsWith('content:'))).toEqual([
      'board: Kies een bestuur, of vul een nummer in dat klopt.',
      'service: Kruis aan over welke dienst het contract gaat.',
      'address: Vul het adres van uw bedrijf in.',
      'registration: Vul het nummer bij de Kamer van Koophandel in.',
      'representative: Vul in wie uw bedrijf vertegenwoordigt.',
      'product: Vul in bij welke opdracht dit hoort.',
      'retention: Vul in hoe lang u de gegevens bewaart.',
      'starts: Kies de eerste dag.',
      'ends: Kies de laatste dag.',
    ])
  })

  test('M25: a deviation that was begun is refused where it misses something, in its own row, and no row is lost', async () => {
    const empty = { 'article-0': '', 'text-0': '', 'motivation-0': '' }
    const third = { ...empty, 'article-2': '7.2', 'text-2': 'Wij sturen eerder bericht.', 'motivation-2': 'Dat past bij ons.' }
    for (const [change, fields] of [
      [{ ...empty, 'motivation-2': 'Dat past bij ons.' }, ['article-2', 'text-2']],
      [{ ...third, 'text-2': ' ' }, ['text-2']],
      [{ ...third, 'motivation-2': '' }, ['motivation-2']],
      [{ ...third, 'motivation-2': 'Zo maken wij reclame.' }, ['motivation-2']],
      [{ ...third, 'article-2': '', product: '' }, ['product', 'article-2']],
    ] as const) {
      const wrong = await propose(change as Record<string, string>)
      const told = [...wrong.html.matchAll(/id="([\w-]+)-error"/g)].map(([, field]) => field)
      expect([wrong.status, told]).toEqual([400, fields])
    }

    const six = Array.from({ length: 6 }, (_, nr) => ({ article: `7.${nr}`, text: `Zo doen wij het ${nr}.`, motivation: `Reden ${nr}.` }))
    const typed = six.flatMap((row, nr) => Object.entries(row).map(([part, text]) => [`${part}-${nr}`, text]))
    expect((await propose({ ...Object.fromEntries(typed), product: 'Offerte met zes' })).words).toContain('Voorgesteld.')
    const [kept] = await broker.owner`
      select agreement_id, deviations from supplier_agreements where product_agreement = 'Offerte met zes'`
    expect(kept!.deviations).toEqual(six)
    const text = (await visitor.get(`${here}/${kept!.agreement_id}`)).words
    expect(text, 'M01').toContain(
      'Gevestigd: Bedrijfsweg 2, 1234 AB Ons Dorp Ingeschreven onder: KvK 12345678 Vertegenwoordigd door: Jo Smit, directeur',
    )
    expect(text).toContain('Scholen: De Regenboog (BRIN 99ZA)')
    const again = await visitor.get(`${here}/new?from=${kept!.agreement_id}`)
    expect(again.html).toContain('value="KvK 12345678"')
    for (const { motivation } of six) expect(again.html).toContain(motivation)
  })

  test('M10 secrecy, M15 who reports a leak, C28 the standard, A06 the DPIA for all boards: said once, in the text that is signed; M24 it prevails', async () => {
    const said = {
      product: 'Offerte met afspraken',
      secrecy: '1',
      leaks: 'together',
      norm: 'Certificeringsschema ROSA 3.1',
      dpia: 'https://rekenplus.example/dpia',
      policy: 'Jaarlijks herzien.',
      weaknesses: 'Elk jaar een test.',
      protection: 'Versleuteld.',
      reports: '2',
    }
    expect((await propose(said)).words).toContain('Voorgesteld.')
    const [kept] = await broker.owner`select agreement_id from supplier_agreements where product_agreement = ${said.product}`
    const { words } = await mirjam.get(`/school/contracts/${kept!.agreement_id}/document`)
    for (const line of [
      'Geheimhouding: De leverancier verklaart dat iedereen die bij de gegevens kan, ook bij een subverwerker, geheimhouding heeft beloofd.',
      'Melden van een datalek: Het schoolbestuur meldt; de leverancier helpt bij het melden.',
      'Norm voor beveiliging: Certificeringsschema ROSA 3.1',
      'Onderzoek naar de risico’s (DPIA): https://rekenplus.example/dpia',
      'Deze overeenkomst gaat vóór de opdracht waar zij bij hoort (modelovereenkomst artikel 13.1).',
    ]) {
      expect(words).toContain(line)
    }
    const inOrder =
      /BIJLAGE 1.*BIJLAGE 2.*Wie mag erbij: .*Bescherming: .*Norm voor .*Zwakke plekken .*Beleid: .*Rapportages .*datalek: .*Geheimhouding: .*DPIA.*BIJLAGE 3/
    expect(words, 'M11: the annexes, and what is in the second, in the model’s order').toMatch(inOrder)
    const again = await visitor.get(`${here}/new?from=${kept!.agreement_id}`)
    expect(again.html).toMatch(/id="secrecy"[^>]*checked|checked[^>]*id="secrecy"/)
    expect(again.html).toContain('<option value="together" selected')
    expect(again.html).toContain('value="Certificeringsschema ROSA 3.1"')
  })

  test('the school asks, the supplier answers, and takes its proposal back for another', async () => {
    expect((await propose()).words).toContain('Voorgesteld.')
    const agreementId = await draftId()
    const [entry] = await broker.owner`select actor from ledger where event = 'agreement_drafted' and ref = ${agreementId}`
    expect(entry!.actor).toBe(`member:${roos.actor.memberId}`)
    const contract = `/school/contracts/${agreementId}`
    const seen = await mirjam.get(contract)
    expect((await mirjam.post(`${contract}/say`, { ...seen.fields(`${contract}/say`), words: '' })).status).toBe(400)
    await mirjam.post(`${contract}/say`, { ...seen.fields(`${contract}/say`), words: 'Kan artikel 7 blijven zoals het is?' })
    const page = await visitor.get(`${here}/${agreementId}`)
    expect(page.words).toContain('Kan artikel 7 blijven zoals het is?')
    const home = async () => (await visitor.get(`/supplier/${world.supplierId}`)).words
    expect(await home()).toContain('Stichting De Waterlelie Onderwijs schreef u iets over het contract')
    expect((await visitor.post(`${here}/${agreementId}/say`, { ...page.fields(`${here}/${agreementId}/say`), words: '' })).status).toBe(400)
    const answered = await visitor.post(`${here}/${agreementId}/say`, {
      ...page.fields(`${here}/${agreementId}/say`),
      words: 'Ja, wij doen een nieuw voorstel.',
    })
    expect(answered.words).toContain('Verstuurd.')
    expect(await home()).not.toContain('schreef u iets over het contract')
    expect((await mirjam.get(contract)).words).toContain('Ja, wij doen een nieuw voorstel.')
    const events = await broker.owner`select event from events where event = 'agreement_told' and receiver_id = ${world.supplierId}`
    expect(events).toHaveLength(1)

    const again = await visitor.get(`${here}/new?from=${agreementId}`)
    for (const kept of [
      'Offerte 2026-12',
      'tot 3 maanden na het einde',
      'Alleen begeleiders.',
      'Dat past bij onze dienst.',
      '2027-07-31',
    ]) {
      expect(again.html).toContain(kept)
    }
    expect(again.words).toContain('Dit komt in de plaats van uw voorstel van 16 november 2026.')
    const replaced = await visitor.post(`${here}/new`, {
      ...again.fields(`${here}/new`),
      ...proposal(),
      product: 'Offerte 2026-13',
    })
    expect(replaced.words).toContain('Voorgesteld.')
    expect((await mirjam.get(contract)).words).toContain('Hiervoor in de plaats kwam een nieuw voorstel')
    const [next] = await broker.owner`select agreement_id from supplier_agreements where product_agreement = 'Offerte 2026-13'`
    const nextPage = await visitor.get(`${here}/${next!.agreement_id}`)
    const takenBack = await visitor.post(
      `${here}/${next!.agreement_id}/withdraw`,
      nextPage.fields(`${here}/${next!.agreement_id}/withdraw`),
    )
    expect(takenBack.words).toContain('U hebt het voorstel ingetrokken.')
  })

  test('the school checks, the signatory signs, then the supplier, and both dates are there', async () => {
    expect((await propose()).words).toContain('Voorgesteld.')
    const agreementId = await draftId()
    const contract = `/school/contracts/${agreementId}`
    await checkAgreement(broker.deps, world.people.mirjam.actor, { agreementId })
    const textHash = /teken voor teken: ([0-9a-f]{64})/.exec((await visitor.get(`${here}/${agreementId}`)).words)![1]!
    await signAgreement(broker.deps, world.people.ruud.actor, { agreementId, textHash })
    const signed = await visitor.get(`${here}/${agreementId}`)
    expect(signed.words).toContain('Getekend namens het bestuur 16 november 2026')
    expect(signed.words).not.toContain('Ruud')

    expect((await visitor.get(here)).words).toContain('Wacht op uw handtekening.')
    expect((await visitor.get(`/supplier/${world.supplierId}`)).html).toContain(
      `href="${here}/${agreementId}">Stichting De Waterlelie Onderwijs heeft het`,
    )
    expect((await mirjam.get(contract)).words).toContain('Getekend namens het bedrijf nog niet')
    const sign = signed.fields(`${here}/${agreementId}/sign`)
    const other = await refused(signAgreementAsSupplier(broker.deps, fresh(), { agreementId, textHash: '0'.repeat(64) }))
    expect(other, 'nothing but what the board signed').toBe('signed_text_differs')
    expect((await visitor.post(`${here}/${agreementId}/sign`, sign)).words).toContain('Getekend namens uw bedrijf 16 november 2026, door')
    const twice = await refused(signAgreementAsSupplier(broker.deps, fresh(), { agreementId, textHash }))
    expect(twice).toBe('agreement_already_signed')
    const printed = (await mirjam.get(`${contract}/document`)).words
    expect(printed).toMatch(/Getekend door Ruud Amrani namens Stichting De Waterlelie Onderwijs op 16 november 2026\./)
    expect(printed).toMatch(/Getekend door \S.* namens Reken Plus B\.V\. op 16 november 2026\./)
    const [told] = await broker.owner`select actor, body from ledger where event = 'agreement_signed_by_supplier' and ref = ${agreementId}`
    expect(told).toEqual({ actor: `member:${roos.actor.memberId}`, body: JSON.stringify({ textHash }) })
  })

  test('only somebody of that supplier who may, and who signed in a short while ago, signs for it', async () => {
    const [agreement] = await broker.owner`
      select agreement_id, encode(signed_hash, 'hex') as hash from supplier_agreements
      where supplier_id = ${world.supplierId} and signed_at is not null and supplier_signed_at is null`
    const seen = { agreementId: agreement!.agreement_id as AgreementId, textHash: agreement!.hash as string }
    const sign = (actor: typeof roos.actor) => refused(signAgreementAsSupplier(broker.deps, actor, seen))
    const long = new Date(broker.clock.now().getTime() - 3_600_000)
    expect(await sign({ ...roos.actor, signedInAt: long })).toBe('sign_in_again')
    expect(await sign({ ...fresh(), supplierId: world.publisherId })).toBe('agreement_not_found')
    const helper = await colleagueOf(broker, roos, 'fleur@rekenplus.example', ['case_worker'])
    expect(await sign({ ...helper.actor, signedInAt: broker.clock.now() })).toBe('member_role_missing')
  })

  test('M01: how contracts name the company is said once, and a colleague who was second overwrites nothing', async () => {
    const path = `/supplier/${world.supplierId}/party`
    const [first, second] = [await visitor.get(path), await visitor.get(path)]
    const said = { address: 'Nieuweweg 3, 1234 AB Ons Dorp', registration: 'KvK 99999999', representative: 'de directeur' }
    const empty = await visitor.post(path, { ...first.fields(path), ...said, address: '' })
    expect([empty.status, empty.html]).toEqual([400, expect.stringContaining('href="#address"')])
    expect((await visitor.post(path, { ...first.fields(path), ...said })).words).toContain('Bewaard.')
    const late = await visitor.post(path, { ...second.fields(path), ...supplierParty, registration: 'KvK 11111111' })
    expect(late.status).toBe(409)
    for (const value of [said.address, 'KvK 11111111', said.representative]) expect(late.html).toContain(`value="${value}"`)
    const both = { ...said, registration: 'KvK 11111111' }
    expect((await visitor.post(path, { ...late.fields(path), ...both })).words).toContain('Bewaard.')
    for (const value of Object.values(both)) expect((await visitor.get(`${here}/new`)).html).toContain(`value="${value}"`)
    expect((await visitor.get(here)).html).toContain(path)
    const guide = await colleagueOf(broker, roos, 'gast@rekenplus.example', ['case_worker'])
    const party = { supplierId: world.supplierId, party: said }
    expect(await refused(setSupplierParty(broker.deps, guide.actor, party))).toBe('member_role_missing')
  })

  test('an addendum brings in a service; the list has the calendar of reports, reviews and the end', async () => {
    const { registerService } = await import('../../src/catalog/register-service.ts')
    const { publishLeaflet } = await import('../../src/catalog/publish-leaflet.ts')
    const { leafletContent } = await import('../support/leaflet-content.ts')
    const serviceId = await registerService(broker.deps, { supplierId: world.supplierId, name: 'Huiswerkklas', kind: 'I' })
    await publishLeaflet(broker.deps, { serviceId, content: leafletContent })
    const agreementId = await draftId()
    const page = await visitor.get(`${here}/${agreementId}`)
    const done = await visitor.post(`${here}/${agreementId}/addendum`, {
      ...page.fields(`${here}/${agreementId}/addendum`),
      brings: serviceId,
    })
    expect(done.words).toContain('De school kijkt de aanvulling na.')
    expect(done.words).toContain('Huiswerkklas, versie 1. 16 november 2026 wacht op nakijken')
    expect(done.words).toContain('AANVULLING OP DE')
    // Or an optional part of a service that is there already; what is on is not offered again.
    const path = `${here}/${agreementId}/addendum`
    const formOf = (shown: typeof done) => shown.fields(`${here}/${agreementId}/say`)
    const offered = [...done.html.matchAll(/<option value="([\w-]{36}:\w+)"[^>]*>([^<]*)</g)].map(([, , text]) => text)
    expect(offered).toContain('Dyscalculiebegeleiding: Gesprek met ouders')
    const part = await visitor.post(path, { ...formOf(done), brings: `${world.serviceId}:oudergesprek` })
    expect(part.words).toContain('Dyscalculiebegeleiding: Gesprek met ouders, versie 1.')
    expect(part.words).toContain('Onderdelen: Begeleiding bij rekenen, Gesprek met ouders')
    for (const none of [`${world.serviceId}:nonsense`, 'nonsense', '']) {
      expect((await visitor.post(path, { ...formOf(part), brings: none })).status, none).toBeGreaterThanOrEqual(400)
    }
    expect(await broker.owner`select 1 from addenda where agreement_id = ${agreementId}`).toHaveLength(2)
    const list = await visitor.get(here)
    expect(list.words).toContain('uw verslag over de beveiliging')
    expect(list.words).toContain('Laatste dag van het contract met Stichting De Waterlelie Onderwijs')
    const english = await signIn(broker, app, roos.email)
    await english.post('/language', { language: 'en' })
    for (const path of [here, `${here}/new`, `${here}/${agreementId}`]) expect((await english.get(path)).html).toContain('<html lang="en"')
    await english.post('/language', { language: 'nl' })
  })

  test('the supplier ends it: its tokens end at once, and what to erase stands among its duties', async () => {
    const token = await liveToken(broker, world, await consented(broker, world))
    const path = `${here}/${world.agreementId}`
    const page = await visitor.get(path)
    const wrong = await visitor.post(`${path}/end`, { ...page.fields(`${path}/end`), because: '' })
    expect([wrong.status, wrong.html]).toEqual([400, expect.stringContaining('href="#sure"')])
    const guide = await colleagueOf(broker, roos, 'gijs@rekenplus.example', ['case_worker'])
    const input = { agreementId: world.agreementId, because: 'x' }
    expect(await refused(endAgreementAsSupplier(broker.deps, guide.actor, input))).toBe('member_role_missing')
    const stranger = await tutorOf(broker, world.publisherId, 'anna@rekenrijk.example')
    expect(await refused(endAgreementAsSupplier(broker.deps, stranger.actor, input))).toBe('agreement_not_found')
    const silent = await visitor.post(`${path}/end`, { ...wrong.fields(`${path}/end`), because: '', sure: 'yes' })
    expect([silent.status, silent.html]).toEqual([400, expect.stringContaining('href="#because"')])
    expect(silent.html, 'what was ticked is still ticked').toMatch(/id="sure"[^>]* checked/)
    const done = await visitor.post(`${path}/end`, { ...wrong.fields(`${path}/end`), because: 'Wij stoppen ermee.', sure: 'yes' })
    expect(done.words).toContain('Het contract is gestopt.')
    const [live] = await broker.owner`select ended_at is not null as ended from tokens where token_id = ${token as never}`
    expect(live?.ended ?? true).toBe(true)
    expect((await visitor.get(`/supplier/${world.supplierId}/duties`)).words).toContain('Wis de gegevens')
  })
})

describe('The calendar of a supplier (M09, M12, M28)', () => {
  const one = (security: Record<string, unknown>, ticks: Partial<Tick>[] = []): SupplierAgreement =>
    ({
      agreement: {
        state: 'in_force',
        agreementId: 'a',
        security,
        startsAt: new Date('2026-01-01T00:00:00Z'),
        endsAt: new Date('2027-01-01T00:00:00Z'),
      },
      board: 'Bestuur',
      services: [{ service: { serviceId: 's', name: 'Dienst' }, leaflet: { content: { changed: '2025-06-01' } } }],
      ticks,
    }) as never

  test.each([
    [undefined, []],
    ['1', ['2027-01-01']],
    ['2', ['2026-07-02', '2026-12-31']],
  ])('reports %s times a year', (times, days) => {
    const at = new Date('2026-01-02T00:00:00Z')
    const reports = supplierCalendar([one(times ? { [REPORTS]: times } : {})], at).filter(({ what }) => what === 'report')
    expect(reports.map(({ on }) => amsterdamDay(on))).toEqual(days)
  })

  test('a leaflet that nobody looked at for a year stays on it, late; what ends is told in time and on its day', () => {
    const days = supplierCalendar([one({})], new Date('2026-07-01T00:00:00Z'))
    expect(days.map(({ what, on, late }) => [what, amsterdamDay(on), late])).toEqual([
      ['review', '2026-06-01', true],
      ['renew', '2026-11-02', false],
      ['ends', '2027-01-01', false],
    ])
  })

  test.each([
    ['report', '2026-07-02'],
    ['review', '2026-06-01'],
    ['renew', '2026-11-02'],
  ])('a %s is there on its day, from its first minute to its last, and not late', (what, day) => {
    const lateAt = (at: Date) =>
      supplierCalendar([one({ [REPORTS]: '2' })], at)
        .filter((due) => due.what === what && amsterdamDay(due.on) === day)
        .map(({ late }) => late)
    for (const at of [startOfAmsterdamDay(day), amsterdamMoment(`${day}T09:00`), amsterdamMoment(`${day}T23:59`)]) {
      expect(lateAt(at), at.toISOString()).toEqual([false])
    }
    expect(lateAt(startOfAmsterdamDay(addDays(day, 1)))).toEqual([true])
  })

  test('what was ticked off is gone; a leaflet that was looked at comes back a year after that', () => {
    const at = startOfAmsterdamDay('2026-11-03')
    const ticks: Partial<Tick>[] = [
      { what: 'report', serviceId: null, on: '2026-07-02' },
      { what: 'review', serviceId: 's' as never, on: '2026-06-01', doneAt: startOfAmsterdamDay('2026-06-20') },
      { what: 'renew', serviceId: null, on: '2026-11-02' },
    ]
    expect(supplierCalendar([one({ [REPORTS]: '2' }, ticks)], at).map(({ what, on }) => [what, amsterdamDay(on)])).toEqual([
      ['report', '2026-12-31'],
      ['ends', '2027-01-01'],
      ['review', '2027-06-20'],
    ])
  })

  test('somebody who handles contracts ticks off, once, and puts back', async () => {
    const [agreement] = await broker.owner`
      select agreement_id, starts_at from supplier_agreements where supplier_id = ${world.publisherId}`
    const agreementId = agreement!.agreement_id as AgreementId
    const anna = await colleagueOf(broker, await tutorOf(broker, world.publisherId, 'bea@rekenrijk.example'), 'cato@rekenrijk.example', [
      'contracts',
    ])
    const theirs = `/supplier/${world.publisherId}`
    const on = amsterdamDay(
      new Date(
        (await broker.owner`select ends_at - interval '60 days' as at from supplier_agreements where agreement_id = ${agreementId}`)[0]!
          .at as Date,
      ),
    )
    const tick = { agreementId, what: 'renew', on } as const
    expect(await refused(tickCalendar(broker.deps, roos.actor, tick))).toBe('agreement_not_found')
    expect(await refused(tickCalendar(broker.deps, anna.actor, { ...tick, on: '2026-01-01' }))).toBe('changed_meanwhile')
    const clock = broker.clock.now()
    broker.clock.set(startOfAmsterdamDay(addDays(on, -13)))
    const late = await signIn(broker, app, anna.email)
    expect((await late.get(theirs)).words).toContain('Op uw kalender staat iets voor')
    const page = await late.get(`${theirs}/agreements`)
    const done = await late.post(`${theirs}/calendar/done`, page.fields(`${theirs}/calendar/done`))
    expect(done.words).toContain('Gedaan. Het staat niet meer op uw kalender.')
    expect(done.words).toContain('Wat u al deed')
    expect(await refused(tickCalendar(broker.deps, anna.actor, tick))).toBe('changed_meanwhile')
    const back = await late.post(`${theirs}/calendar/back`, done.fields(`${theirs}/calendar/back`))
    expect(back.words).toContain('Het staat weer op uw kalender.')
    await tickCalendar(broker.deps, anna.actor, tick)
    broker.clock.set(clock)
  })
})
