import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { inviteSupplier, nominateSupplier } from '../../src/catalog/invite-supplier.ts'
import { acceptNomination, declineNomination, openNominations } from '../../src/catalog/settle-nomination.ts'
import { membersOfSupplier } from '../../src/members/members.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { raceFrom, without } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())

const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)
const HERE = '/school/invite-supplier'
const roos = { name: 'Roos Plus', email: 'Roos@RekenPlus.example' }
const zorgpunt = {
  legalName: 'Stichting Zorgpunt Oost',
  kind: 'care' as const,
  domain: 'zorgpuntoost.example',
  contact: { name: 'Iris Kok', email: 'iris@post.zorgpuntoost.example' },
}

/** The code in the last mail to an address, and how they come with it. */
async function comesIn(email: string) {
  await deliverMails(broker.deps)
  const code = /^[\w-]{43}$/m.exec(broker.mails.findLast(({ to }) => to === email)!.text)![0]
  const visitor = await signIn(broker, app, email)
  const page = await visitor.get('/supplier/join')
  const fields = { ...page.fields('/supplier/join'), code }
  const came = await visitor.post('/supplier/join', fields)
  expect((await visitor.post('/supplier/join', fields)).path, 'the second press leads where the first led').toBe(came.path)
  const another = await signIn(broker, app, world.people.sara.email)
  expect((await another.post('/supplier/join', fields)).status, 'nobody else').toBe(400)
  return came
}

const listed = async () => (await openNominations(broker.db)).map(({ legalName }) => legalName)

describe('A board invites a company', () => {
  test('one that is registered, at an address of its own domain; whoever comes may do everything, and only an administrator invites', async () => {
    const { mirjam, pim } = world.people
    const { supplierId } = world
    expect(await refused(inviteSupplier(broker.deps, pim.actor, { supplierId, contact: roos }))).toBe('mandate_missing')
    for (const email of ['roos@elders.example', 'roos@nietrekenplus.example', 'roos@rekenplus.example.elders.example'])
      expect(await refused(inviteSupplier(broker.deps, mirjam.actor, { supplierId, contact: { ...roos, email } }))).toBe(
        'address_not_of_supplier',
      )
    await inviteSupplier(broker.deps, mirjam.actor, { supplierId, contact: roos })
    expect((await comesIn('roos@rekenplus.example')).words).toContain('U werkt nu hier voor Reken Plus B.V.')
    expect(await membersOfSupplier(broker.db, supplierId)).toMatchObject([
      { name: 'Roos Plus', roles: ['administrator', 'contracts', 'engineer', 'case_worker'] },
    ])
    const again = { name: 'Eva', email: 'eva@rekenplus.example' }
    expect(await refused(inviteSupplier(broker.deps, mirjam.actor, { supplierId, contact: again }))).toBe('supplier_has_people')
    const chains = await broker.owner`select chain from ledger where event = 'member_invited' order by chain`
    expect(chains.map(({ chain }) => chain)).toEqual([`${world.boardId}:organisation`, 'operator'])
  })

  const twice = { 'where what is settled is settled again': without(/ and "settled_at" is null/) }
  race('a new one comes in once the operator has verified it, once, and then nobody keeps whom to invite', twice, async () => {
    const { mirjam } = world.people
    await nominateSupplier(broker.deps, mirjam.actor, zorgpunt)
    expect(await refused(nominateSupplier(broker.deps, mirjam.actor, zorgpunt))).toBe('nominated_already')
    expect(await broker.owner`select 1 from suppliers where legal_name like 'Stichting%'`).toHaveLength(0)
    const [nomination] = await openNominations(broker.db)
    const verified = { nominationId: nomination!.nominationId, legalName: 'Stichting Zorgpunt Oost-Nederland' }
    const outcomes = await Promise.all([refused(acceptNomination(broker.deps, verified)), refused(acceptNomination(broker.deps, verified))])
    expect(outcomes.toSorted()).toEqual(['done', 'nomination_not_found'])
    expect((await comesIn(zorgpunt.contact.email)).words).toContain('U werkt nu hier voor Stichting Zorgpunt Oost-Nederland.')
    expect(await broker.owner`select legal_name, domain from suppliers where legal_name like 'Stichting%'`).toMatchObject([
      { legal_name: verified.legalName, domain: zorgpunt.domain },
    ])
    expect(await broker.owner`select contact_name, contact_email from supplier_nominations`).toMatchObject([
      { contact_name: null, contact_email: null },
    ])
    expect(await broker.owner`select 1 from ledger where body like '%Iris%' or body like '%iris@%'`).toHaveLength(0)
  })

  test('what the operator does not take in is told with why; what is wrong stands at its field, with what was typed', async () => {
    const visitor = await signIn(broker, app, world.people.mirjam.email)
    const page = await visitor.get(HERE)
    const fields = {
      ...page.fields(HERE),
      legalName: 'Bijles B.V.',
      domain: 'bijles.example',
      kind: 'tutoring',
      name: 'Jo',
      email: 'jo@bijles.example',
    }
    for (const [change, field] of [
      [{ legalName: '' }, 'legalName'],
      [{ domain: 'https://bijles.example/' }, 'domain'],
      [{ email: 'jo' }, 'email'],
      [{ email: 'jo@elders.example' }, 'email'],
      [{ name: '' }, 'name'],
    ] as const) {
      const fresh = (await visitor.get(HERE)).fields(HERE)
      const told = await visitor.post(HERE, { ...fields, form: fresh.form!, ...change })
      expect([change, told.status, told.html]).toEqual([change, 400, expect.stringContaining(`href="#${field}"`)])
      expect(told.html).toContain('legalName' in change ? 'bijles.example' : 'Bijles B.V.')
    }
    expect(await listed()).toEqual([])
    expect((await visitor.post(HERE, fields)).words).toContain('De beheerder kijkt het bedrijf na.')
    expect(await listed()).toEqual(['Bijles B.V.'])
    const [nomination] = await openNominations(broker.db)
    await declineNomination(broker.deps, {
      nominationId: nomination!.nominationId,
      because: 'Dit bedrijf staat niet in het handelsregister.',
    })
    const after = await visitor.get(HERE)
    expect(after.words).toContain('Dit bedrijf staat niet in het handelsregister. niet toegelaten')
    const teacher = await signIn(broker, app, world.people.pim.email)
    expect((await teacher.get(HERE)).status).toBe(403)
  })
})

test('A board’s administrator lets a company that it deals with register a program, limited to what is ticked (RFC 7591, RFC 9396 §10)', async () => {
  const page = `${HERE}/program`
  const mirjam = await signIn(broker, app, world.people.mirjam.email)
  const shown = await mirjam.get(page)
  expect((await (await signIn(broker, app, world.people.pim.email)).get(page)).status).toBe(403)
  const send = async (fields: Record<string, string | string[]>) => await mirjam.post(page, { ...shown.fields(page), ...fields })
  const ticked = { supplier: world.supplierId, types: 'pupil-data', holders: world.resource }
  const nothing = await send(ticked)
  expect(nothing.status).toBe(400)
  expect(nothing.words).toContain('Kies hoe het programma mag werken.')
  const made = await send({ ...ticked, ways: ['organisation', 'ciba'] })
  const token = /id="initial-access-token">\s*([\w-]+)/.exec(made.html)![1]!
  const [row] = await broker.owner`select ways, detail_types, holder_resources, own_domain from client_invitations`
  expect(row).toEqual({
    ways: ['organisation', 'ciba'],
    detail_types: ['pupil-data'],
    holder_resources: [world.resource],
    own_domain: 'rekenplus.example',
  })
  const again = await send({ ...ticked, ways: ['organisation', 'ciba'] })
  expect(again.html, 'the second press makes no second one, and shows the first').toContain(token)
  expect(await broker.owner`select from client_invitations`).toHaveLength(1)
  expect(await broker.owner`select from ledger where event = 'client_invited'`).toHaveLength(1)
  expect((await send({ ...ticked, ways: 'organisation' })).html, 'another choice is another code').not.toContain(token)
  broker.clock.pass({ days: 15 })
  const late = await signIn(broker, app, world.people.mirjam.email)
  const over = await late.post(page, { ...shown.fields(page), ...ticked, ways: ['organisation', 'ciba'] })
  expect(over.words).toContain('Deze code is al gebruikt, of te oud.')
})
