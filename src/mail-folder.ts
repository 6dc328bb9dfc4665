import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from './clock.ts'
import type { Deps, SentMail } from './deps.ts'
import { newSecret } from './ids.ts'

/** The demo's post: mails become files in a folder, and the mailbox page reads them there. Never outside the demo: everybody may read. */
export function mailFolder(folder: string, now: Clock): Required<Pick<Deps, 'sendMail' | 'mailbox'>> {
  return {
    sendMail: async (mail) => {
      await mkdir(folder, { recursive: true })
      const at = now().toISOString()
      const name = `${at.replace(/\W/g, '')}-${newSecret().slice(0, 8)}.json`
      await writeFile(join(folder, `.${name}`), JSON.stringify({ ...mail, at } satisfies SentMail, null, 2))
      await rename(join(folder, `.${name}`), join(folder, name))
    },
    mailbox: async (address) => {
      await mkdir(folder, { recursive: true })
      const names = (await readdir(folder)).filter((name) => /^[^.].*\.json$/.test(name)).toSorted()
      const mails = await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as SentMail))
      return mails.filter(({ to }) => to.toLowerCase() === address.toLowerCase())
    },
  }
}
