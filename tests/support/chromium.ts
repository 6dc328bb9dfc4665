import { serve } from '@hono/node-server'
import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core'
import { inject } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { TestBroker } from './broker.ts'
import { codeIn } from './signed-in.ts'

export interface ServedBroker {
  origin: string
  browser: Browser
  close: () => Promise<void>
}

/** The broker on a port of its own, and a real browser beside it. From here on the broker's issuer is that origin. */
export async function serveWithBrowser(broker: TestBroker): Promise<ServedBroker> {
  const app = createApp(() => broker.deps)
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started))
  })
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('no port')
  broker.deps.issuer = `http://localhost:${address.port}`
  const browser = await launch()
  return {
    origin: broker.deps.issuer,
    browser,
    close: async () => {
      await browser.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } }

/** With the machine's own libraries, and where it lacks them with those that came along. */
async function launch(): Promise<Browser> {
  const { path, libraries, fonts } = inject('chromium')
  // Not the package's own arguments: those are for one short page, in one process, without web security.
  const options = { executablePath: path, args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP localhost 127.0.0.1'] }
  try {
    return await playwright.launch(options)
  } catch {
    return await playwright.launch({ ...options, env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: fonts } })
  }
}

/** Signs in as a person does: asks for a code, reads the mail, types it. */
export async function signInWith(context: BrowserContext, { origin }: ServedBroker, broker: TestBroker, email: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${origin}/sign-in`)
  await page.fill('#email', email)
  await page.click('main button[type=submit]')
  await page.waitForURL(/\/sign-in\/code/)
  await broker.settled()
  await page.fill('#code', codeIn(broker, email))
  await page.click('main button[type=submit]')
  await page.waitForURL(`${origin}/`)
  return page
}

/** Says what is wrong with a page for who cannot see, hear or point well (WCAG 2.2 A and AA by axe), and whether it scrolls sideways. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { AxeBuilder } = await import('@axe-core/playwright')
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`),
    ...(sideways > 0 ? [`scrolls ${sideways}px sideways`] : []),
  ]
}
