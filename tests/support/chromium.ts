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
  const browser = await launchChromium()
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
export async function launchChromium(): Promise<Browser> {
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

/**
 * Says what is wrong with a page for who cannot see, hear or point well (WCAG 2.2 A and AA by axe), and whether it scrolls
 * sideways.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  return [...(await axeFaults(page)), ...(await sidewaysFaults(page))]
}

/** By axe: every rule of WCAG 2.2 A and AA, or these only. */
export async function axeFaults(page: Page, rules?: string[]): Promise<string[]> {
  const { AxeBuilder } = await import('@axe-core/playwright')
  const all = new AxeBuilder({ page }).setLegacyMode()
  const axe = rules ? all.withRules(rules) : all.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
  const { violations } = await axe.analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`)
}

/** Whether it scrolls sideways, at this width. */
export async function sidewaysFaults(page: Page): Promise<string[]> {
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  return sideways > 0 ? [`scrolls ${sideways}px sideways`] : []
}

/** What is smaller than 24 CSS px to press and is no word in a sentence (WCAG 2.5.8, without its exception for spacing). */
export async function targetFaults(page: Page): Promise<string[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('a[href], button, input:not([type=hidden]), select, textarea, summary')].flatMap(
      (target) => {
        const { width, height } = target.getBoundingClientRect()
        const isHidden = !target.checkVisibility() || target.tabIndex < 0 || getComputedStyle(target).clipPath !== 'none'
        const isInSentence = getComputedStyle(target).display === 'inline'
        return isHidden || isInSentence || (width >= 24 && height >= 24) ? [] : [`${width}x${height}px: ${target.outerHTML.slice(0, 120)}`]
      },
    ),
  )
}

/**
 * Goes through a page with Tab alone: everything that can be pressed or filled in is reached, and shows that it has the focus by
 * an outline of at least two pixels that stands out from the page (WCAG 2.1.1, 2.4.7, 2.4.11).
 */
export async function keyboardFaults(page: Page): Promise<string[]> {
  const count = await page.evaluate(() => {
    const luminance = (color: string) => {
      const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
        const share = Number(part) / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
    const contrast = (one: string, other: string) => {
      const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
      return (light! + 0.05) / (dark! + 0.05)
    }
    const nameOf = (element: Element) => element.outerHTML.slice(0, 120)
    const inGroup = (element: Element) => (element instanceof HTMLInputElement && element.type === 'radio' ? element.name : undefined)
    const targets = [
      ...document.querySelectorAll<HTMLElement>('a[href], button, input:not([type=hidden]), select, textarea, summary'),
    ].filter((element) => element.tabIndex >= 0 && element.checkVisibility() && !element.matches(':disabled'))
    const seen = new Set<Element>()
    const faults: string[] = []
    const behind = (element: Element): string => {
      const { backgroundColor } = getComputedStyle(element)
      return backgroundColor.endsWith(', 0)') && element.parentElement ? behind(element.parentElement) : backgroundColor
    }
    document.addEventListener('keyup', () => {
      const target = document.activeElement
      if (!(target instanceof HTMLElement) || target === document.body || seen.has(target)) return
      seen.add(target)
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(target)
      if (outlineStyle === 'none' || Number.parseFloat(outlineWidth) < 2) faults.push(`no outline: ${nameOf(target)}`)
      else if (contrast(outlineColor, behind(target.parentElement!)) < 3) faults.push(`faint outline: ${nameOf(target)}`)
    })
    Object.assign(window, {
      keyboardFaults: () => [
        ...faults,
        ...targets
          .filter((one) => !seen.has(one) && !(inGroup(one) && [...seen].some((other) => inGroup(other) === inGroup(one))))
          .map((one) => `not reached by Tab: ${nameOf(one)}`),
      ],
    })
    // A date has a place for its day, month, year and calendar each; what scrolls is a place to stop too.
    const places = (target: Element) => (target.matches('[type=date]') ? 4 : target.matches('[type=datetime-local]') ? 8 : 1)
    const scrolls = (element: Element) =>
      element.scrollWidth > element.clientWidth && /auto|scroll/.test(getComputedStyle(element).overflowX)
    const scrolling = [...document.body.querySelectorAll('*')].filter((element) => element.matches('[tabindex="0"]') || scrolls(element))
    return targets.reduce((sum, target) => sum + places(target), 3 + scrolling.length)
  })
  for (let presses = 0; presses < count; presses++) await page.keyboard.press('Tab')
  return await page.evaluate(() => (window as unknown as { keyboardFaults: () => string[] }).keyboardFaults())
}
