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
