import { join } from 'node:path'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { accessibilityFaults, DESKTOP, PHONE, type ServedBroker } from './chromium.ts'

/** Where to put pictures of every screen; without it none are made. */
const FOLDER = process.env.SCREENSHOTS

/** Whether somebody wants pictures. */
export const takesPictures = FOLDER !== undefined

/** The whole page as a picture of that name, when somebody wants pictures. */
export async function picture(page: Page, name: string): Promise<void> {
  if (FOLDER) await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true })
}

/** The screen is fit for everybody, and there is a picture of it when somebody wants one. */
export async function look(page: Page, screen: string): Promise<void> {
  await picture(page, screen)
  expect(await accessibilityFaults(page), screen).toEqual([])
}

/** A way of looking: the name it has in pictures, and what the browser pretends to be. */
export interface Look {
  name: string
  options: BrowserContextOptions & { locale: string }
}

/** On the phone in Dutch and at the desk in English in the dark: between them every width, language and light. */
export const LOOKS: Look[] = [
  { name: 'phone-nl', options: { ...PHONE, locale: 'nl-NL' } },
  { name: 'desktop-en-dark', options: { ...DESKTOP, locale: 'en-GB', colorScheme: 'dark' } },
]

/** The other ways, for whoever looks at the pictures. */
export const picturesToo = (...looks: Look[]): Look[] => (takesPictures ? looks : [])

/** A browser of somebody who looks so, with the language chosen. */
export async function contextOf({ browser, origin }: ServedBroker, { options }: Look): Promise<BrowserContext> {
  const context = await browser.newContext(options)
  await context.addCookies([{ name: 'language', value: options.locale.slice(0, 2), url: origin }])
  return context
}

/** On paper: nothing to press, dark on white whatever the screen likes, and as a PDF no more sheets than these. */
export async function lookOnPaper(page: Page, screen: string, most: number): Promise<void> {
  await page.emulateMedia({ media: 'print' })
  await picture(page, `${screen}-print`)
  expect(await page.locator('button:visible, nav:visible, .utrecht-button:visible').count(), `${screen}: nothing to press`).toBe(0)
  const ink = await page.evaluate(() => getComputedStyle(document.querySelector('main h1')!).color)
  const brightest = Math.max(...(ink.match(/\d+/g) ?? []).slice(0, 3).map(Number))
  expect(brightest, `${screen} is printed in ${ink}`).toBeLessThan(100)
  const pdf = await page.pdf({ format: 'A4' })
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length, `${screen}: sheets`).toBeLessThanOrEqual(most)
  await page.emulateMedia({ media: 'screen' })
}
