import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { stylesheetModule, TARGET } from './tools/stylesheet.ts'

test('the stylesheet that is served is the one its sources make (`npm run stylesheet`), and small', async () => {
  const served = await readFile(TARGET, 'utf8')
  expect(served === (await stylesheetModule()), 'run `npm run stylesheet`').toBe(true)
  expect(gzipSync(served).length).toBeLessThan(30_000)
  expect(served).not.toMatch(/url\(|@import/)
})
