import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dutchIn } from '../support/dutch-in-code.ts'

const SRC = join(import.meta.dirname, '../../src')
const WEB = join(SRC, 'web')
/** What stands between words and is none. */
const SIGNS = [':', ',', '·', '–', '(', ')', '.', '/', '→', '×', '☐']
/** Attributes that are read out or shown. */
const READ = /\b(aria-label|aria-description|alt|title|placeholder|label|hint|text|over|name-label)="([^"{]*\p{L}{2,}[^"]*)"/gu
/** Words in braces among the children: `>{'Ja'}<`. */
const IN_BRACES = />\s*\{\s*(['"`])((?:(?!\1|\$\{).)*\p{L}{2,}(?:(?!\1).)*)\1\s*\}\s*</gu

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'no-words-'))
  const rules = { 'react/jsx-no-literals': ['error', { allowedStrings: SIGNS }] }
  await writeFile(join(folder, 'oxlint.json'), JSON.stringify({ plugins: ['react'], categories: { correctness: 'off' }, rules }))
})
afterAll(() => rm(folder, { recursive: true }))

/** Words that stand in the pages themselves instead of in the catalogue. */
async function wordsIn(place: string): Promise<string[]> {
  const oxlint = join(dirname(createRequire(import.meta.url).resolve('oxlint/package.json')), 'bin/oxlint')
  const linted = promisify(execFile)(process.execPath, [oxlint, '-c', join(folder, 'oxlint.json'), '-f', 'unix', place])
  const { stdout } = await linted.catch((error: { stdout: string }) => error)
  const files = (await readdir(place, { recursive: true })).filter((file) => file.endsWith('.tsx'))
  const more = await Promise.all(
    files.map(async (file) => {
      const code = await readFile(join(place, file), 'utf8')
      return [...code.matchAll(READ), ...code.matchAll(IN_BRACES)].map(([, , words]) => `${file}: ${words}`)
    }),
  )
  return [...stdout.split('\n').filter((line) => line.includes('jsx-no-literals')), ...more.flat()]
}

test('No page has words of its own: all come from the catalogue', async () => {
  expect(await wordsIn(WEB)).toEqual([])
})

/** Where words stand that people read: the typed catalogues, and what is no sentence of ours. */
const CATALOGUES = [
  /^(web\/texts|web\/docs\/nl|messages)\//,
  /^catalog\/(categories|purposes)\.ts$/,
  // Lists to look for in what others write.
  /^catalog\/(reading-level|screening)\.ts$/,
  // What people, schools and suppliers say who do not exist.
  /^demo\//,
  /^sandbox\/example-leaflet\.ts$/,
  // Programs to copy.
  /^web\/docs\/\w+-code\.ts$/,
]

test('Nor has any other part of the program: mails, receipts and questions have theirs from a catalogue too', async () => {
  const files = (await readdir(SRC, { recursive: true })).filter((file) => /\.tsx?$/.test(file))
  const said = await Promise.all(
    files
      .filter((file) => !CATALOGUES.some((place) => place.test(file)))
      .map(async (file) => dutchIn(await readFile(join(SRC, file), 'utf8')).map((words) => `${file}: ${words}`)),
  )
  expect(said.flat()).toEqual([])
})

test('The search finds words in every place where one could leave them', async () => {
  const page = `export const Page = ({ x }: { x: string }) => (
    <main aria-label="Uw vragen">
      <p>Dit lukte niet</p>
      <p>{'Nog een keer'}</p>
      <p>{x}: {x}</p>
      <a href="/consents" class="utrecht-link">{x}</a>
    </main>
  )`
  await writeFile(join(folder, 'planted.tsx'), page)
  const found = await wordsIn(folder)
  expect(found).toHaveLength(3)
  for (const words of ['planted.tsx:3', 'Uw vragen', 'Nog een keer']) expect(found.join('\n')).toContain(words)
})

test('and in every kind of string of a program', () => {
  const mail = "const TEXTS = { nl: { subject: 'Uw bewijs staat klaar', text: `Het is opgeslagen: ${link}\\n` } } // niet dit"
  expect(dutchIn(mail)).toEqual(['Uw bewijs staat klaar', 'Het is opgeslagen: naam\n'])
  expect(dutchIn('cause: (name) => `U bent zelf bij ${name} begonnen.`')).toHaveLength(1)
  expect(dutchIn("throw new Error('the file is not there'); sql`select van from het`; const key = 'uw'")).toHaveLength(1)
})
