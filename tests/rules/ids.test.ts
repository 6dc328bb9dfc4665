import { expect, test } from 'vitest'
import { type ConsentId, newId, newIds } from '../../src/ids.ts'

const at = new Date('2026-11-16T09:00:00Z')

test('ids are UUIDs of version 7 that begin with their moment (RFC 9562, 5.7)', () => {
  const id = newId<ConsentId>(at)
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at.getTime())
})

test('ids of one moment sort in the order they were made, also over several calls (RFC 9562, 6.2)', () => {
  const made = [newId<ConsentId>(at), ...newIds<ConsentId>(at, 20_000), newId<ConsentId>(at)]
  expect(made.toSorted()).toEqual(made)
  expect(new Set(made).size).toBe(made.length)
})
