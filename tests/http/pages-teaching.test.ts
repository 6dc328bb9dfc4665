import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import type { ConsentId } from '../../src/ids.ts'
import { giveMandate } from '../../src/people/give-mandate.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { addFamilies } from '../support/more-families.ts'
import { signIn } from '../support/signed-in.ts'
import type { Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let school: Asking
let site: ConsentId
let app: ReturnType<typeof createApp>
const as = (who: 'pim' | 'mirjam' | 'joost' | 'els' | 'ruud' | 'nadia' | 'sara') => signIn(broker, app, world.people[who].email)
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  school = asking(broker, world)
  await broker.owner`update mandates set group_name = 'Groep 6' where person_id = ${world.people.pim.id}`
  await addFamilies(broker, world, [
    { given: 'Sem', family: 'Jansen' },
    { given: 'Ali', family: 'Yildiz', group: 'Groep 8' },
  ])
  const { consentIds } = await school.round([
    imageItem('de website'),
    imageItem('de Facebookgroep'),
    { ...imageItem('de krant'), image: { channel: 'de krant', medium: 'video' } },
    arithmeticItem(world),
  ])
  site = consentIds[0]!
  await school.answer(world.people.nadia, site, 'yes')
  await school.answer(world.people.nadia, consentIds[1]!, 'no')
})
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})
beforeEach(() => broker.clock.pass({ minutes: 1 }))

/** The names under a heading of one use: what stands between it and the next card. */
const cardOf = ({ words }: Seen, use: string) =>
  words
    .split(use)
    .at(-1)!
    .split(/Foto’s: |Film: |Staat een kanaal/)[0]!
const group6 = () => `/school/who-may?group=${world.schoolId}%3AGroep+6`

describe('P25, P30 The teacher sees for the group and a channel who may', () => {
  test('the only group at once, by channel, with the names of who may and who may not, and never a reason', async () => {
    const pim = await as('pim')
    const page = await pim.get('/school/who-may')
    expect(page.words).toContain('Groep 6, De Regenboog')
    expect(cardOf(page, 'Foto’s: de website')).toMatch(/Mag niet \(1\) Sem Jansen Mag wel \(1\) Fatima Amrani/)
    expect(cardOf(page, 'Foto’s: de Facebookgroep')).toMatch(/Mag niet \(2\) Fatima Amrani Sem Jansen Niemand mag\./)
    expect(page.words).not.toContain('Ali')
    expect(page.words).not.toMatch(/geweigerd|nee gezegd|ingetrokken|Nadia|niet geantwoord|Kees/)
    const chosen = await pim.get(`${group6()}&use=${encodeURIComponent('image:de website:photo')}`)
    expect(chosen.words).toContain('Mag wel (1)')
    expect(chosen.html.match(/class="card"/g)).toHaveLength(1)
  })

  test('P34: whoever does not work with the group sees how many may, and no names of them either', async () => {
    for (const who of ['els', 'ruud'] as const) {
      const page = await (await as(who)).get(group6())
      expect(cardOf(page, 'Foto’s: de website'), who).toContain('Aantal leerlingen dat wel mag: 1.')
      expect(page.words, who).not.toMatch(/Sem Jansen|Fatima/)
    }
  })

  test('P28: whoever stopped is not in the picture from that moment', async () => {
    const pim = await as('pim')
    await withdrawConsent(broker.deps, world.people.nadia.actor, site)
    expect(cardOf(await pim.get(group6()), 'Foto’s: de website')).toMatch(/Mag niet \(2\) Fatima Amrani Sem Jansen/)
  })

  test('names of who may not are for who works with the group: not for the DPO or the signatory, who see how many', async () => {
    for (const who of ['els', 'ruud'] as const) {
      const page = await (await as(who)).get(group6())
      expect(page.words).toContain('Aantal leerlingen dat niet mag: 2.')
      expect(page.words, who).not.toMatch(/Sem Jansen|Fatima/)
    }
    for (const who of ['mirjam', 'joost'] as const) expect((await (await as(who)).get(group6())).words, who).toContain('Sem Jansen')
  })

  test('P34: a teacher sees no other group; a concierge, a mother and staff without a task see none', async () => {
    const pim = await as('pim')
    const other = await pim.get(`/school/who-may?group=${world.schoolId}%3AGroep+8`)
    expect(other.words).not.toContain('Ali Yildiz')
    await giveMandate(broker.deps, world.people.mirjam.actor, {
      personId: world.people.sara.id,
      role: 'concierge',
      schoolId: world.schoolId,
    })
    for (const who of ['nadia', 'sara'] as const) {
      const page = await (await as(who)).get(group6())
      expect(page.words, who).toContain('U heeft geen groep.')
      expect(page.words, who).not.toMatch(/Sem Jansen|Fatima Amrani Sem/)
    }
  })
})

describe('P34 A concierge sees how to reach a family, and nothing else', () => {
  const find = (words: string) => `/school/contacts?q=${encodeURIComponent(words)}`

  test('whom to call about a pupil of the school: no answers, nobody without a say, and nobody before one is looked for', async () => {
    const { nadia, karim, fatima } = world.people
    await broker.owner`update persons set phone = '06 12345678' where person_id = ${nadia.id}`
    await broker.owner`update persons set phone = '06 87654321' where person_id = ${karim.id}`
    // Sara is the concierge since the test before.
    const concierge = await as('sara')
    expect((await concierge.get('/school')).words).toContain('Wie kunt u bellen?')
    expect((await concierge.get('/school/contacts')).words).not.toMatch(/Fatima|Sem|Ali/)
    const page = await concierge.get(find('fatima'))
    expect(page.words).toContain(
      `Fatima Amrani Groep 6 Karim Amrani: 06 87654321 , ${karim.email} Nadia Amrani: 06 12345678 , ${nadia.email}`,
    )
    expect(page.html, 'one press calls').toContain('href="tel:0687654321"')
    expect(page.words).not.toMatch(/Sem|Rekenresultaten|Mag/)
    expect((await concierge.get(find('groep 8'))).words).toContain('Ali Yildiz')
    expect((await concierge.get(find('zo heet niemand'))).words).toContain('Er is niemand gevonden.')
    for (const path of ['/school/who-may', '/school/people', '/school/rounds', `/school/people/${fatima.id}`])
      expect((await concierge.get(path)).words, path).not.toContain('Nadia')
    await broker.owner`update guardianships set authority = 'no' where guardian_id = ${karim.id}`
    expect((await concierge.get(find('fatima'))).words).not.toContain('Karim')
    await broker.owner`update guardianships set authority = 'yes' where guardian_id = ${karim.id}`
  })

  test('who has no such task finds nobody: a teacher, a signatory, the DPO, a mother', async () => {
    for (const who of ['pim', 'ruud', 'els', 'nadia'] as const) {
      expect((await (await as(who)).get(find('ali'))).words, who).not.toContain('Ali Yildiz')
    }
    expect((await (await as('joost')).get(find('ali'))).words).toContain('Ali Yildiz')
  })
})

describe('A04, C01, P31 A teacher proposes a service, and cannot activate it', () => {
  const propose = async (visitor: Visitor, fields: Record<string, string> = {}) => {
    const page = await visitor.get('/school/services')
    const place = { school: `${world.boardId}:${world.schoolId}` }
    return await visitor.post('/school/services/propose', {
      ...page.fields('/school/services/propose'),
      ...place,
      name: 'Rekentuin',
      link: '',
      why: 'Om thuis te oefenen.',
      ...fields,
    })
  }

  test('it waits for the leader, is answered once with words, and the second colleague sees the first one’s answer', async () => {
    const [pim, mirjam, joost] = [await as('pim'), await as('mirjam'), await as('joost')]
    expect((await pim.get('/school/services')).words).toContain('Dyscalculiebegeleiding')
    expect((await propose(pim, { name: '', why: '' })).words.split('Vul de naam van de dienst in.').length).toBe(3)
    expect((await propose(pim, { link: 'javascript:alert(1)' })).words).toContain('Vul een adres in dat begint met https://')
    expect((await propose(pim)).words).toContain('Uw voorstel is verstuurd.')
    expect((await propose(pim, { name: 'rekentuin' })).words).toContain('Dit is al voorgesteld.')
    expect((await pim.get('/school/services')).html).not.toMatch(/action="\/school\/services\/[0-9a-f]/)
    expect((await mirjam.get('/school')).words).toContain('Voorstellen voor een dienst: 1')
    const seen = await mirjam.get('/school/services')
    const action = seen.html.match(/\/school\/services\/[0-9a-f-]{36}/)![0]
    const stale = (await joost.get('/school/services')).fields(action)
    expect((await mirjam.post(action, { ...seen.fields(action), outcome: 'declined', answer: '' })).status).toBe(400)
    const refused = await pim.post(action, {
      ...(await mirjam.get('/school/services')).fields(action),
      outcome: 'taken_up',
      answer: 'Ja hoor.',
    })
    expect(refused.words).toContain('de taak')
    const done = await mirjam.post(action, { ...seen.fields(action), outcome: 'declined', answer: 'Er is al zoiets.' })
    expect(done.words).toContain('Er is al zoiets.')
    const second = await joost.post(action, { ...stale, outcome: 'taken_up', answer: 'Doen we.' })
    expect([second.status, second.words.includes('Een collega heeft dit al beantwoord.')]).toEqual([409, true])
    expect(second.words).toContain('Er is al zoiets.')
    expect((await pim.get('/school/services')).words).toContain('Er is al zoiets.')
    expect(JSON.stringify(await told(broker, 'service_proposed', 'service_proposal_settled'))).not.toMatch(/Rekentuin|oefenen|zoiets/)
    const services = await broker.owner`select 1 from agreement_services`
    expect(services).toHaveLength(1)
  })
})
