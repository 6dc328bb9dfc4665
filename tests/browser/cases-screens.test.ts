import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { askRight } from '../../src/cases/ask-right.ts'
import { makeChecklistPoint } from '../../src/cases/checklist-points.ts'
import { extendCase } from '../../src/cases/handle-right.ts'
import { recordEmergency } from '../../src/cases/record-emergency.ts'
import { inspectTransfer, offerTransfer } from '../../src/cases/transfer-acts.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import type { CaseId, DisclosureId, InspectionId, TransferId } from '../../src/ids.ts'
import { setBoard } from '../../src/people/set-board.ts'
import { asked } from '../support/asked.ts'
import { asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { consented } from '../support/consented.ts'
import { liveToken } from '../support/live-token.ts'
import { contextOf, LOOKS, look } from '../support/looking.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

vi.setConfig({ testTimeout: 240_000 })
let broker: TestBroker
let world: SmallWorld
let served: ServedBroker
let caseId: CaseId
let transferId: TransferId
let inspectionId: InspectionId
let disclosureId: DisclosureId
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  served = await serveWithBrowser(broker)
  const given = await consented(broker, world)
  await liveToken(broker, world, given)
  await asking(broker, world).round([imageItem('website')])
  const picture = await asked(broker, world, { image: { channel: 'nieuwsbrief', medium: 'photo' } })
  await asking(broker, world).answer(world.people.nadia, picture, 'yes')
  await withdrawConsent(broker.deps, world.people.nadia.actor, picture)
  const words = 'De toets van mei is niet van Fatima.'
  ;({ caseId } = await askRight(broker.deps, world.people.nadia.actor, { subjectId: world.people.fatima.id, kind: 'rectification', words }))
  await extendCase(broker.deps, world.people.mirjam.actor, { caseId, revision: 0, because: 'Wij zoeken uit van wie de toets was.' })
  await setBoard(broker.deps, 'operator', world.boardId, { transferAsksConsent: true })
  transferId = await offerTransfer(broker.deps, world.people.mirjam.actor, {
    subjectId: world.people.fatima.id,
    receiver: { scheme: 'BRIN', value: '12AB', name: 'Lyceum De Horizon' },
    contents: 'Naam en adres.\nResultaten van groep 6 tot en met 8.\nHet verslag van de begeleiding bij rekenen.',
  })
  const remarks = 'Het verslag van mei klopt niet.\nDe juf weet ervan.'
  inspectionId = await inspectTransfer(broker.deps, world.people.nadia.actor, { transferId, remarks, agrees: true })
  await makeChecklistPoint(broker.deps, world.people.mirjam.actor, {
    schoolId: world.schoolId,
    statement: 'paper_away',
    words: 'Lijsten met cijfers liggen open in de teamkamer.',
    ownerId: world.people.mirjam.id,
    dueAt: new Date(broker.clock.now().getTime() + 30 * 86_400_000),
  })
  disclosureId = await recordEmergency(broker.deps, world.people.mirjam.actor, {
    subjectId: world.people.fatima.id,
    receiver: 'Huisarts De Linde in Zutphen',
    data: 'Een allergie voor noten.\nHet nummer van de verzekering.',
    reason: 'Fatima kreeg geen lucht meer na het trakteren.',
    tried: 'Moeder en vader gebeld, allebei twee keer.',
    givenAt: broker.clock.now(),
  })
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})

describe.each(LOOKS)('Rights, cases, duties, register and overview are fit for everybody: $name', (way) => {
  const visit = async (who: 'nadia' | 'mirjam' | 'els', paths: (string | [screen: string, path: string])[]) => {
    broker.clock.pass({ minutes: 20 })
    const context = await contextOf(served, way)
    const page = await signInWith(context, served, broker, world.people[who].email)
    for (const one of paths) {
      const [screen, path] = typeof one === 'string' ? [one.slice(1).replaceAll('/', '-'), one] : one
      const answer = await page.goto(served.origin + path)
      expect(answer?.status(), path).toBe(200)
      await look(page, `${screen}-${way.name}`)
    }
    await context.close()
  }

  test('a mother’s rights', async () => {
    const held = `/rights/held/${world.people.fatima.id}`
    const transfer: [string, string][] = [
      ['transfer', `/rights/transfers/${transferId}`],
      ['transfer-receipt', `/receipts/transfers/${inspectionId}`],
    ]
    await visit('nadia', [
      '/rights',
      '/rights/ask/erasure',
      ['rights-case', `/rights/cases/${caseId}`],
      ['held', held],
      ...transfer,
      ['emergency', `/rights/emergencies/${disclosureId}`],
    ])
  })

  test('what the school owes', async () => {
    const one = `/school/cases/${caseId}`
    await visit('mirjam', [
      '/school/cases',
      ['case', one],
      ['letter', `${one}/letters/extension`],
      '/school/cases/record?q=fatima',
      '/school/duties',
      '/school/checklist',
      '/school/checklist/outcome',
      '/school/emergencies',
      ['emergency-form', `/school/emergencies/new?person=${world.people.fatima.id}`],
      '/school/contacts?q=fatima',
      '/school/register',
      '/schools/99ZA',
    ])
  })

  test('who watches', async () => await visit('els', ['/school/privacy', '/school/ledger', '/school/mandates']))
})
