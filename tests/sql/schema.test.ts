import { readFile } from 'node:fs/promises'
import { expect, inject, test } from 'vitest'
import { dumpSchema } from '../tools/dump-schema.ts'

test('sql/schema.sql is what the migrations add up to; if not: npm run db:schema', async () => {
  expect(await readFile(new URL('../../sql/schema.sql', import.meta.url), 'utf8')).toBe(await dumpSchema(inject('ownerUrl')))
})
