import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { inTransaction } from '../../src/database.ts'
import { newId } from '../../src/ids.ts'
import { invite } from '../../src/people/invitations.ts'
import { standingLinkCode } from '../../src/requests/link-codes.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { signIn } from '../support/signed-in.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let nadia: Visitor
let karim: Visitor
let sara: Visitor
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  nadia = await signIn(broker, app, world.people.nadia.email)
  karim = await signIn(broker, app, world.people.karim.email)
  sara = await signIn(broker, app, world.people.sara.email)
})
afterAll(() => broker.close())

const codeIn = ({ html }: { html: string }) => html.match(/id="link-code">([\w-]{43})</)![1]!
const standing = (code: string) => standingLinkCode(broker.db, world.supplierId, code, broker.clock.now())

describe('A link code lets one supplier ask about one person (K12)', () => {
  test('a parent makes one for her child, as text and as QR, sees it in the list and cancels it', async () => {
    const form = (await nadia.get('/link-codes')).fields('/link-codes')
    const made = await nadia.post('/link-codes', { ...form, subject: world.people.fatima.id, supplier: world.supplierId })
    expect(made.words).toContain('Geef deze code aan Reken Plus B.V. Wij laten hem maar één keer zien.')
    expect(made.html).toContain('<svg')
    const code = codeIn(made)
    expect(await standing(code)).toMatchObject({ subjectId: world.people.fatima.id, madeBy: world.people.nadia.id })

    const list = await nadia.get('/link-codes')
    expect(list.words).toContain('Reken Plus B.V., over Fatima Amrani Werkt tot en met 30 november 2026.')
    expect(list.html).not.toContain(code)
    const cancel = list.html.match(/\/link-codes\/[\w-]+\/cancel/)![0]
    expect((await nadia.post(cancel)).words).toContain('De code is ingetrokken')
    expect(await standing(code)).toBeUndefined()
    expect((await nadia.post(cancel)).words, 'a second press').toContain('De code is ingetrokken')
    const again = await nadia.post('/link-codes', { ...form, subject: world.people.fatima.id, supplier: world.supplierId })
    expect(again.words, 'its form once more').toContain('Deze code werkt niet meer')
  })

  test('pressing the button again makes no second code, and shows the first again', async () => {
    const form = (await nadia.get('/link-codes')).fields('/link-codes')
    const fields = { ...form, subject: world.people.fatima.id, supplier: world.supplierId }
    const first = await nadia.post('/link-codes', fields)
    expect(codeIn(await nadia.post('/link-codes', fields))).toBe(codeIn(first))
    expect(await standing(codeIn(first))).toMatchObject({ subjectId: world.people.fatima.id })
    expect(codeIn(await karim.post('/link-codes', fields)), 'the same form in other hands').not.toBe(codeIn(first))
    await karim.post((await karim.get('/link-codes')).html.match(/\/link-codes\/[\w-]+\/cancel(?![\s\S]*\/cancel)/)![0])
    expect((await nadia.get('/link-codes')).html.match(/\/cancel"/g)).toHaveLength(1)
  })

  test('nobody makes or cancels one for somebody they do not decide about; it looks as if there were no such thing', async () => {
    const form = (await sara.get('/link-codes')).fields('/link-codes')
    const foreign = await sara.post('/link-codes', { ...form, subject: world.people.fatima.id, supplier: world.supplierId })
    const unknown = await sara.post('/link-codes', { ...form, subject: newId(broker.clock.now()), supplier: world.supplierId })
    expect([foreign.status, foreign.words]).toEqual([unknown.status, unknown.words])
    const cancel = (await nadia.get('/link-codes')).html.match(/\/link-codes\/[\w-]+\/cancel/)![0]
    const notHers = await sara.post(cancel)
    const notThere = await sara.post(`/link-codes/${newId(broker.clock.now())}/cancel`)
    const noId = await sara.post('/link-codes/x/cancel')
    expect(notHers.status).toBe(404)
    expect([notHers.words, noId.words]).toEqual([notThere.words, notThere.words])
  })

  test('without signing in one is led to sign in first', async () => {
    expect((await new Visitor(app).get('/link-codes')).path).toBe('/sign-in?next=%2Flink-codes')
  })
})

describe('An invitation binds a person to the account of the address it went to', () => {
  test('and works once; a link with the code in it does nothing until the button is pressed', async () => {
    const { boardId, people } = world
    await broker.owner`delete from account_persons where person_id = ${people.karim.id}`
    const code = await inTransaction(broker.db, { actor: 'operator', boards: [boardId] }, (tx) =>
      invite(tx, broker.clock.now(), { boardId, personId: people.karim.id }),
    )
    expect((await karim.get('/link-codes')).words).toContain('U kunt nu voor niemand een koppelcode maken.')
    const page = await karim.get(`/invitation?code=${code}`)
    expect(page.html).toContain(`value="${code}"`)
    expect(await broker.owner`select from account_persons where person_id = ${people.karim.id}`).toHaveLength(0)

    const wrongAddress = await sara.post('/invitation', { code })
    expect(wrongAddress.status).toBe(400)
    expect(wrongAddress.words).toContain('Deze code klopt niet')
    expect((await karim.postOnly('/invitation', { code: ` ${code} ` })).headers.get('location')).toBe('/?connected=1')
    expect((await karim.get('/link-codes')).words).toContain('Fatima Amrani')
    const again = await karim.postOnly('/invitation', { code })
    expect(again.headers.get('location'), 'the second press of who used it').toBe('/?connected=1')
    expect((await nadia.post('/invitation', { code })).status, 'in other hands').toBe(400)
    expect(await broker.owner`select from account_persons where person_id = ${people.karim.id}`).toHaveLength(1)
  })

  test('an empty code is told at its field', async () => {
    const empty = await nadia.post('/invitation', { code: ' ' })
    expect(empty.status).toBe(400)
    expect(empty.words).toContain('Vul de code uit de uitnodiging in.')
  })
})
