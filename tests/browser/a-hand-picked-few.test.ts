import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { askSchool } from '../../src/requests/ask-school.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { contextOf, LOOKS, look } from '../support/looking.ts'
import { addFamilies } from '../support/more-families.ts'
import { arithmeticAsk } from '../support/requesting.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

let broker: TestBroker
let world: SmallWorld
let served: ServedBroker
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await addFamilies(broker, world, [
    { given: 'Sem', group: 'Groep 6', guardians: [{ given: 'Kees', email: 'kees@gezin.example' }] },
    { given: 'Daan', group: 'Groep 6', guardians: [{ given: 'Tom', email: 'tom@gezin.example' }] },
    { given: 'Yara', group: 'Groep 8', guardians: [{ given: 'Samira', email: 'samira@gezin.example' }] },
  ])
  served = await serveWithBrowser(broker)
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})

/** What a hand costs, in seconds, by the keystroke-level model of Card, Moran and Newell (1980): it hangs on no machine. */
const [POINT_AND_PRESS, KEY, THINK] = [1.3, 0.28, 1.35]

/** Somebody at work, whose presses and keys are counted. */
function counted(page: Page) {
  const spent = { presses: 0, keys: 0, fields: 0 }
  return {
    spent,
    seconds: () => spent.presses * (POINT_AND_PRESS + THINK) + spent.fields * (POINT_AND_PRESS + THINK) + spent.keys * KEY,
    press: async (selector: string) => {
      spent.presses += 1
      await page.locator(selector).click()
    },
    type: async (selector: string, text: string) => {
      spent.fields += 1
      spent.keys += text.length
      await page.fill(selector, text)
    },
  }
}

describe.each(LOOKS)('K17, K20 A supplier wants something of a few pupils that nobody foresaw: $name', (way) => {
  test('the school chooses them, makes it two weeks and asks: under a minute of hand work', async () => {
    // The supplier of the last one is done with it: asking is rationed.
    await broker.owner`update access_requests set withdrawn_at = ${broker.clock.now()}`
    await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
    broker.clock.pass({ minutes: 20 })
    const supplier = { clientId: world.clients.organisation, supplierId: world.supplierId }
    const { requestId } = await askSchool(broker.deps, supplier, arithmeticAsk(world, { subjects: 'school_picks' }))
    const path = `/school/requests/${requestId}`
    const context = await contextOf(served, way)
    const page = await signInWith(context, served, broker, world.people.mirjam.email)
    const { press, type, spent, seconds } = counted(page)

    await page.goto(`${served.origin}/school`)
    await look(page, `few-inbox-${way.name}`)
    await press(`a[href="${path}"]`)
    await page.waitForURL(`**${path}`)
    await look(page, `few-request-${way.name}`)
    await type('#find', 'groep 6')
    await press(`form[method=get][action="${path}"] button`)
    await page.waitForURL(`**${path}?find=**`)
    await look(page, `few-found-${way.name}`)
    const found = page.locator('input[name=person]')
    expect(await found.count()).toBe(3)
    for (const nr of [0, 1]) await press(`input[name=person] >> nth=${nr}`)
    await press(`form[action="${path}/pick"] button[type=submit]`)
    await page.waitForURL(`**${path}?done=matched`)
    await press('#narrow summary')
    await type('#until', '2026-11-30')
    await press(`form[action="${path}/narrow"] button[type=submit]`)
    await page.waitForURL(`**${path}?done=narrowed`)
    await look(page, `few-chosen-${way.name}`)
    if ((await page.inputValue('#alternative')) === '') await type('#alternative', 'De juf helpt zonder deze gegevens.')
    await press(`form[action="${path}/forward"] button[type=submit]`)
    await page.waitForURL(`**${path}?done=forwarded`)
    await look(page, `few-asked-${way.name}`)

    expect(spent.presses).toBeLessThanOrEqual(8)
    expect(spent.fields).toBeLessThanOrEqual(3)
    expect(seconds()).toBeLessThan(60)
    const asked = await broker.owner`
      select c.consent_id from consents c join items i using (board_id, item_id)
      where i.request_id = ${requestId} and i.ends_at = '2026-11-30T23:00:00Z'`
    expect(asked).toHaveLength(2)
    await context.close()
  })
})
