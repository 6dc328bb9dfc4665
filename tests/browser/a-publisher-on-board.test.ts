import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { instructOnward } from '../../src/agreements/onward.ts'
import { inviteAdministrator } from '../../src/members/invite-member.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { look } from '../support/looking.ts'
import { conformanceSettings, publisherByHand, publisherWithKit } from '../support/test-publisher.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

vi.setConfig({ testTimeout: 300_000 })

const KIM = 'kim@rekenrijk.example'

let broker: TestBroker
let world: SmallWorld
let served: ServedBroker
let context: BrowserContext
let folder: string
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  served = await serveWithBrowser(broker)
  folder = await mkdtemp(join(tmpdir(), 'publisher-'))
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
  await rm(folder, { recursive: true, force: true })
})
afterEach(() => context?.close())

const said = (page: Page, words: string) => page.locator('main').getByText(words).first().waitFor()

/** The conformance kit as the command that the page names, in a process of its own. */
async function kit(file: string): Promise<{ code: number; lines: string[] }> {
  const command = join(import.meta.dirname, '../../src/holder/conformance/command.ts')
  return await new Promise((resolve) => {
    execFile(process.execPath, [command, file], (error, stdout) => {
      resolve({ code: error ? Number(error.code) : 0, lines: stdout.split('\n') })
    })
  })
}

const faultsIn = (lines: string[]) => lines.flatMap((line) => /^FAULT {2}([\w-]+):/.exec(line)?.[1] ?? [])

describe('Uitgeverij Rekenrijk, with ten developers', () => {
  test('from its invitation, by way of three faults that the conformance kit finds, to handing over what boards instruct', async () => {
    const { code } = await inviteAdministrator(broker.deps, world.publisherId, { email: KIM, name: 'Kim Rijk' })
    context = await served.browser.newContext({ ...DESKTOP, locale: 'nl-NL' })
    const page = await signInWith(context, served, broker, KIM)
    const root = `${served.origin}/supplier/${world.publisherId}`
    await page.goto(`${served.origin}/supplier/join`)
    await page.fill('#code', code)
    await page.click('main form button')
    await said(page, 'U werkt nu hier voor Uitgeverij Rekenrijk B.V.')

    // What the holder offers, and where it stands.
    await page.getByRole('link', { name: 'Bron', exact: true }).click()
    await page.waitForURL(`${root}/holder`)
    await look(page, 'publisher-holder')
    await page.getByRole('link', { name: 'Gegevens toevoegen of wijzigen' }).click()
    await page.waitForURL(/\/data$/)
    await page.fill('#datatype', 'Reading results')
    await page.selectOption('#category', 'learning-results')
    await page.fill('#nameNl', 'leesresultaten')
    await page.fill('#nameEn', 'reading results')
    await page.getByRole('button', { name: 'Voeg toe' }).click()
    await said(page, 'Begin met een kleine letter.')
    await look(page, 'publisher-data-wrong')
    expect(await page.inputValue('#nameNl')).toBe('leesresultaten')
    await page.fill('#datatype', 'reading-results')
    await page.getByRole('button', { name: 'Voeg toe' }).click()
    await said(page, 'De gegevens staan erbij.')
    const results = page.locator('article', { hasText: 'arithmetic-results' })
    await results.getByText('Wijzig', { exact: true }).click()
    await page.fill('#path-arithmetic-results', 'results')
    await results.getByRole('button', { name: 'Bewaar' }).click()
    await said(page, `${world.resource}results`)
    await look(page, 'publisher-data')

    // What their own verification forgot, found before any pupil's data go out.
    await page.getByRole('link', { name: 'Terug naar uw bron' }).click()
    await page.waitForURL(`${root}/holder`)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Bestand met uw instellingen' }).click(),
    ])
    const settings = JSON.parse(await readFile(await download.path(), 'utf8')) as Record<string, unknown>
    expect(settings).toMatchObject({
      resource: world.resource,
      request: 'GET /results',
      datatype: 'arithmetic-results',
      clientId: 'rekenrijk',
    })
    const { config, own, encryption } = await conformanceSettings()
    const { address, issuer, pupils, clientJwk, statusTtlSeconds, boundSeconds } = config
    const file = join(folder, 'holder.json')
    await writeFile(file, JSON.stringify({ ...settings, address, issuer, pupils, clientJwk, statusTtlSeconds, boundSeconds }))
    const stopByHand = await publisherByHand(config, own)
    const first = await kit(file)
    await stopByHand()
    expect(first.code).toBe(1)
    expect(faultsIn(first.lines)).toEqual(expect.arrayContaining(['token-other-audience', 'proof-replayed', 'ended-in-mid-session']))
    // Three faults, each in every way in which it shows; and nothing else.
    expect([...new Set(faultsIn(first.lines).map((id) => id.split('-')[0]))]).toEqual(['token', 'proof', 'ended'])
    expect(first.lines.join('\n')).toContain('Does not conform')

    const stopKit = await publisherWithKit(config, { own, encryption })
    const second = await kit(file)
    await stopKit()
    expect(faultsIn(second.lines)).toEqual([])
    expect(second).toMatchObject({ code: 0, lines: expect.arrayContaining([expect.stringMatching(/^Conforms: /)]) })

    // A board instructs it, and only then it may hand over the new data.
    expect(await page.getByText('leesresultaten, sinds').count()).toBe(0)
    await instructOnward(broker.deps, world.people.ruud.actor, {
      agreementId: world.holderAgreementId,
      holderId: world.holderId,
      datatypes: ['reading-results'],
    })
    await page.reload()
    await said(page, 'leesresultaten, sinds')
    await page.getByRole('button', { name: 'Probeer wie is wie' }).click()
    await said(page, 'Er is nog niemand van wie wij u iets kunnen zeggen.')
    await page.getByLabel('Nummer van een token (jti)').fill(crypto.randomUUID())
    await page.getByRole('button', { name: 'Probeer een melding' }).click()
    await said(page, 'Een melding over dit nummer weigeren wij')
    await look(page, 'publisher-holder-tried')
  })
})
