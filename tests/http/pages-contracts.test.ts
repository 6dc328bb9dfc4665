import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Agreement } from '../../src/agreements/agreement.ts'
import { checkAgreement } from '../../src/agreements/check-agreement.ts'
import { draftAgreement } from '../../src/agreements/draft-agreement.ts'
import { signAgreement } from '../../src/agreements/sign-agreement.ts'
import { agreementById } from '../../src/agreements/store.ts'
import { topicsOf } from '../../src/agreements/topics.ts'
import { createApp } from '../../src/app.ts'
import { sha256 } from '../../src/canonical.ts'
import { covenantOn, recordCovenant } from '../../src/catalog/covenant.ts'
import { inTransaction, type Tx } from '../../src/database.ts'
import { type AgreementId, newId } from '../../src/ids.ts'
import { askSchool } from '../../src/requests/ask-school.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { leafletContent } from '../support/leaflet-content.ts'
import { anybodysTask, raceFrom } from '../support/race.ts'
import { arithmeticAsk } from '../support/requesting.ts'
import { signIn } from '../support/signed-in.ts'
import { tellWorld } from '../support/told-world.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let mirjam: Visitor
let ruud: Visitor
let joost: Visitor
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  const app = createApp(() => broker.deps)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  ruud = await signIn(broker, app, world.people.ruud.email)
  joost = await signIn(broker, app, world.people.joost.email)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())
afterEach(() => expectNothingBroken(broker))

const send = async (who: Visitor, page: string, verb: string, fields: Record<string, string | string[]> = {}) =>
  await who.post(`${page}/${verb}`, { ...(await who.get(page)).fields(`${page}/${verb}`), ...fields })

async function draft(): Promise<string> {
  const agreementId = await draftAgreement(broker.deps, 'operator', {
    boardId: world.boardId,
    supplierId: world.supplierId,
    kind: 'processor',
    productAgreement: 'Productovereenkomst 2027',
    retention: 'tot einde schooljaar',
    startsAt: world.since,
    endsAt: world.until,
    services: [{ serviceId: world.serviceId }],
  })
  return `/school/contracts/${agreementId}`
}

describe('C29, C30 What a supplier is to the privacy covenant stands with its contract', () => {
  const days = { joinedOn: '2016-06-01', leftOn: '2026-01-01' }
  test.each([
    ['2016-05-31', 'never'],
    ['2016-06-01', 'party'],
    ['2025-12-31', 'party'],
    ['2026-01-01', 'left'],
  ] as const)('on %s: %s', (day, is) => {
    expect(covenantOn(days, day)).toBe(is)
    expect(covenantOn({ joinedOn: null, leftOn: null }, day)).toBe('never')
  })

  test('and where to complain of who takes part (C31)', async () => {
    const page = `/school/contracts/${world.agreementId}`
    expect((await mirjam.get(page)).words).toContain('Privacyconvenant Doet niet mee.')
    const { supplierId } = world
    await recordCovenant(broker.deps, { supplierId, joinedOn: '2016-06-01', leftOn: null })
    const party = await mirjam.get(page)
    expect(party.words).toContain('Doet mee sinds 1 juni 2016. Houdt het bedrijf zich er niet aan? Meld het dan ook bij het platform')
    await recordCovenant(broker.deps, { supplierId, ...days })
    expect((await mirjam.get(page)).words).toContain('Doet niet meer mee sinds 1 januari 2026.')
    const nobody = recordCovenant(broker.deps, { supplierId: newId(broker.clock.now()), ...days })
    await expect(nobody).rejects.toThrow('supplier_not_found')
  })
})

describe('C07 Whether a contract speaks of the covenant’s twelve topics is seen before it is signed', () => {
  const topics = async (change: Partial<Agreement>, leaflets = [leafletContent]) => {
    const { boardId, agreementId } = world
    const read = (tx: Tx) => agreementById(tx, boardId, agreementId, broker.clock.now())
    const agreement = await inTransaction(broker.db, { actor: 'staff', boards: [boardId] }, read)
    return topicsOf({ ...agreement!, ...change } as Agreement, leaflets)
  }

  test('the model speaks of eight; who it is with, what for and how safe stands in the contract itself', async () => {
    const states = Object.values(await topics({ security: { Beleid: 'ISO 27001' }, retention: 'een jaar' }))
    expect(states).toHaveLength(12)
    expect(states).not.toContain('missing')
    expect(await topics({ security: {}, retention: ' ' })).toMatchObject({ security: 'missing', retention: 'missing', roles: 'model' })
    expect(await topics({}, []), 'with who only holds data').toMatchObject({ purposes: 'missing', data: 'missing' })
  })

  test('between two controllers there is no model to lean on', async () => {
    const bases = { kind: 'controller', supplierBasis: 'legal_obligation', boardBasis: 'public_task' } as const
    const states = await topics({ ...bases, security: { Beleid: 'ISO 27001' } })
    const missing = Object.entries(states).flatMap(([topic, state]) => (state === 'missing' ? [topic] : []))
    expect(missing).toEqual(['end', 'confidentiality', 'incidents', 'rights'])
  })

  test('the page tells how many, and what is not there', async () => {
    const page = await mirjam.get(await draft())
    expect(page.words).toContain('Waar het contract over gaat: 11 van de 12 onderwerpen')
    expect(page.html).toContain('<strong>Beveiliging: staat hier niet</strong>')
  })
})

describe('A contract is checked by the school and signed by the board’s signatory, nobody else (P18, P19)', () => {
  test('drafted, checked with the parts that are wanted, signed as it was read, in force', async () => {
    const page = await draft()
    expect((await mirjam.get('/school/contracts')).words).toContain('Reken Plus B.V. wacht op nakijken')
    const draftPage = await mirjam.get(page)
    expect(draftPage.words).toContain('VERWERKERSOVEREENKOMST')
    expect(draftPage.html, 'nothing is ticked beforehand').not.toContain('checked')
    const checked = await send(mirjam, page, 'check', { part: `${world.serviceId}:oudergesprek` })
    expect(checked.words).toContain('Nagekeken. Nu moet het getekend worden.')
    expect(checked.words).toContain('[x] Gesprek met ouders (optioneel)')
    expect(checked.words).toContain('Alleen wie voor het bestuur mag tekenen')
    const fields = (await ruud.get(page)).fields(`${page}/sign`)
    expect((await mirjam.post(`${page}/sign`, { ...fields, form: newId(broker.clock.now()) })).words).toContain(
      'Alleen wie voor het bestuur mag tekenen, kan dit doen.',
    )
    const signed = await ruud.post(`${page}/sign`, fields)
    expect(signed.words).toContain('Getekend.')
    expect(signed.words).toContain('geldt nu')
    expect((await ruud.post(`${page}/sign`, fields)).path, 'a second press').toBe(signed.path)
  })

  test('a text that changed after it was read is not signed', async () => {
    const page = await draft()
    await send(mirjam, page, 'check')
    const fields = (await ruud.get(page)).fields(`${page}/sign`)
    await broker.owner`update supplier_agreements set retention = 'voor altijd' where signed_at is null`
    const refused = await ruud.post(`${page}/sign`, fields)
    expect(refused.status).toBe(409)
    expect(refused.words).toContain('De tekst van het contract is veranderd.')
  })

  test('two of the staff at one contract: the second sees what the first did, and loses nothing', async () => {
    const page = await draft()
    const [rejecting, checking] = [(await joost.get(page)).fields(`${page}/reject`), (await joost.get(page)).fields(`${page}/check`)]
    await send(mirjam, page, 'check')
    const chosen = await joost.post(`${page}/check`, { ...checking, part: `${world.serviceId}:oudergesprek` })
    expect([chosen.status, chosen.words.includes('Dit had u zelf ingevuld: Gesprek met ouders')]).toEqual([409, true])
    expect(chosen.words).toContain('Iemand was u voor. Dit contract is geen concept meer. Hieronder ziet u hoe het nu is.')
    expect(chosen.words).toMatch(/Nagekeken \d+ november 2026, door Mirjam Amrani/)
    await ruud.post(`${page}/sign`, (await ruud.get(page)).fields(`${page}/sign`))
    const late = await joost.post(`${page}/reject`, { ...rejecting, because: 'Te lang bewaren.' })
    expect([late.status, late.words.includes('Dit had u zelf ingevuld: Te lang bewaren.')]).toEqual([409, true])
    expect(late.words).toContain('geldt nu')
  })

  test('rejecting needs a reason', async () => {
    const page = await draft()
    expect((await send(mirjam, page, 'reject', { because: '' })).words).toContain('Schrijf op waarom u het afkeurt.')
    expect((await send(mirjam, page, 'reject', { because: 'Te lang bewaren.' })).words).toContain('Afgekeurd.')
  })

  race('of another board, or for who has no task, there is no such contract', anybodysTask, async () => {
    const page = await draft()
    const nadia = await signIn(
      broker,
      createApp(() => broker.deps),
      world.people.nadia.email,
    )
    const foreign = await nadia.get(page)
    const nowhere = await nadia.get(`/school/contracts/${newId(broker.clock.now())}`)
    expect([foreign.status, foreign.words]).toEqual([nowhere.status, nowhere.words])
    expect(foreign.status).toBe(404)
    expect((await mirjam.get('/school/contracts/x')).status).toBe(404)
  })
})

describe('The board says once per data set that a holder may hand it over on consent (convenant 5.4)', () => {
  test('a signatory switches it on, anybody who handles contracts switches it off', async () => {
    const page = `/school/contracts/${world.holderAgreementId}`
    const off = await send(mirjam, page, 'onward', { datatype: 'practice-time', switch: 'off' })
    expect(off.words).toContain('Bewaard.')
    const standing = () => broker.owner`select datatype from onward_clauses where ended_at is null order by 1`
    expect(await standing()).toEqual([{ datatype: 'arithmetic-results' }])
    const fields = (await ruud.get(page)).fields(`${page}/onward`)
    expect((await mirjam.post(`${page}/onward`, { ...fields, datatype: 'practice-time', switch: 'on' })).status).toBe(403)
    expect((await send(ruud, page, 'onward', { datatype: 'practice-time', switch: 'on' })).words).toContain('Bewaard.')
    expect(await standing()).toHaveLength(2)
  })
})

describe('An unforeseen use brings an addendum (K11)', () => {
  test('which is checked and signed before anything is released', async () => {
    await broker.owner`delete from agreement_services`
    const { clients, supplierId } = world
    const { requestId } = await askSchool(broker.deps, { clientId: clients.organisation, supplierId }, arithmeticAsk(world))
    const request = `/school/requests/${requestId}`
    expect((await mirjam.get(request)).words).toContain('Nog geen contract dat dit dekt.')
    await send(mirjam, request, 'match', { person: world.people.fatima.id })
    await send(mirjam, request, 'forward', { alternative: 'Niets.', alternative_en: '', basis: 'consent', motivation: '' })
    const addendum = (await mirjam.get('/school/contracts')).html.match(/\/school\/addenda\/[\w-]{36}/)![0]
    const page = await mirjam.get(addendum)
    expect(page.words).toContain('Dienst Dyscalculiebegeleiding')
    const bytes = await (await mirjam.getOnly(`${addendum}/text`)).text()
    for (const line of bytes.split('\n').filter(Boolean))
      expect(page.words, 'a person reads what is signed').toContain(line.trim().replace(/ +/g, ' '))
    expect(bytes).toMatch(/^AANVULLING OP DE VERWERKERSOVEREENKOMST[\s\S]*hij heeft de school hier zelf om gevraagd[\s\S]*BIJLAGE 1: /)
    expect(page.words).not.toContain('{')
    expect(page.words).toContain(`Controlegetal (SHA-256) van precies deze tekst, teken voor teken: ${sha256(bytes).toString('hex')}`)
    expect((await send(mirjam, addendum, 'check')).words).toContain('Nagekeken.')
    expect((await send(ruud, addendum, 'sign')).words).toContain('Getekend.')
    expect((await mirjam.get(request)).words).toContain('Er is een contract dat dit dekt.')
    for (const path of [addendum, `/school/contracts/${world.agreementId}/document`]) {
      const seen = await mirjam.get(path)
      expect(seen.words).toContain('Reken Plus B.V. vroeg dit zelf aan.')
      expect(seen.words).toContain('AANVULLING OP DE VERWERKERSOVEREENKOMST')
      expect(seen.words).toContain(sha256(bytes).toString('hex'))
      expect(seen.words).toContain('Handtekening van het bestuur Getekend door Ruud Amrani namens Stichting De Waterlelie Onderwijs')
    }
  })
})

describe('M01 A contract names both parties in full before anybody checks or signs it', () => {
  const parties = async (board: string, supplier: string) => {
    await broker.owner`update boards set address = ${board}`
    await broker.owner`update suppliers set representative = ${supplier}`
  }

  test('what is missing, and who fills it in, stands in the place of the buttons', async () => {
    const page = await draft()
    const agreementId = page.split('/').at(-1) as AgreementId
    const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)
    await parties('', '')
    const bare = await mirjam.get(page)
    expect(bare.words).toContain('Van uw bestuur ontbreekt: adres. De beheerder vult dat in')
    expect(bare.words).toContain('Van Reken Plus B.V. ontbreekt: wie het bedrijf vertegenwoordigt. Het bedrijf vult dat zelf in')
    expect(bare.html).not.toContain(`${page}/check`)
    const check = () => refused(checkAgreement(broker.deps, world.people.mirjam.actor, { agreementId }))
    expect(await check()).toBe('parties_incomplete')
    await parties('Schoolstraat 1', '')
    expect(await check()).toBe('parties_incomplete')
    await parties('Schoolstraat 1', 'mevrouw Plus, directeur')
    expect((await send(mirjam, page, 'check')).words).toContain('Nagekeken.')
    await parties('', 'mevrouw Plus, directeur')
    const between = await ruud.get(page)
    expect(between.html).not.toContain(`${page}/sign`)
    const [, textHash] = /teken voor teken: ([0-9a-f]{64})/.exec(between.words)!
    const sign = refused(signAgreement(broker.deps, world.people.ruud.actor, { agreementId, textHash: textHash! }))
    expect(await sign).toBe('parties_incomplete')
    await parties('Schoolstraat 1', 'mevrouw Plus, directeur')
    const whole = await ruud.get(page)
    expect(whole.words).toContain('Vertegenwoordigd door: mevrouw Plus, directeur')
    expect((await send(ruud, page, 'sign')).words).toContain('Getekend.')
  })
})
