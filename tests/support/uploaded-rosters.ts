import type { APIRequestContext } from 'playwright-core'
import { rosterOfCast } from '../../src/demo/roster.ts'
import { formsOf } from './forms.ts'
import { zipOf } from './oneroster.ts'
import type { ToldDemo } from './told-demo.ts'

/** The administrator brings in the roster again, once as it is and once with an error in it. @returns where each can be seen */
export async function uploadedRosters({ issuer }: ToldDemo, browser: APIRequestContext): Promise<string[]> {
  const files = rosterOfCast(new Date())
  const broken = new Map(files)
  const users = Buffer.from(files.get('users.csv')!).toString()
  broken.set('users.csv', Buffer.from(users.replace(/"?guardian-kees"?/, '')))
  const paths: string[] = []
  for (const bundle of [files, broken]) paths.push(await upload(issuer, browser, await zipOf(bundle)))
  return paths
}

async function upload(issuer: string, browser: APIRequestContext, zip: Uint8Array): Promise<string> {
  const url = `${issuer}/school/roster`
  const form = formsOf(await (await browser.get(url)).text()).find(({ multipart }) => multipart)!
  const file = { name: 'rooster.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) }
  const headers = { origin: issuer, 'sec-fetch-site': 'same-origin' }
  const sent = await browser.post(url, { headers, multipart: { ...Object.fromEntries(form.hidden), roster: file }, maxRedirects: 0 })
  const path = sent.headers().location!
  for (let tries = 0; tries < 100; tries++) {
    if (!(await (await browser.get(issuer + path)).text()).includes('http-equiv="refresh"')) return path
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('the roster is not looked at')
}
