import { describe, expect, test } from 'vitest'
import type { HolderId, LeafletId, ServiceId, SupplierId } from '../../src/ids.ts'
import { covers, type Use } from '../../src/requests/covered.ts'

const asked: Use = {
  supplierId: 'rekenplus' as SupplierId,
  serviceId: 'dyscalculie' as ServiceId,
  partId: 'begeleiding',
  leafletId: 'v1' as LeafletId,
  purpose: '5.1.a',
  holderId: 'rekenrijk' as HolderId,
  datatypes: ['arithmetic-results', 'practice-time'],
  startsAt: new Date('2026-08-01'),
  endsAt: new Date('2027-08-01'),
}

describe('K11 what was asked covers a use, or it is unforeseen', () => {
  const table: [string, Partial<Use>, boolean][] = [
    ['the very same', {}, true],
    ['fewer data', { datatypes: ['practice-time'] }, true],
    ['a shorter period within', { startsAt: new Date('2026-11-01'), endsAt: new Date('2026-12-01') }, true],
    ['another supplier', { supplierId: 'other' as SupplierId }, false],
    ['another service', { serviceId: 'other' as ServiceId }, false],
    ['another part', { partId: 'oudergesprek' }, false],
    ['no part', { partId: null }, false],
    ['another leaflet version', { leafletId: 'v2' as LeafletId }, false],
    ['another purpose (K23, P07)', { purpose: '5.1.f' }, false],
    ['another holder', { holderId: 'other' as HolderId }, false],
    ['more data', { datatypes: ['arithmetic-results', 'medical'] }, false],
    ['a day longer', { endsAt: new Date('2027-08-02') }, false],
    ['a day earlier', { startsAt: new Date('2026-07-31') }, false],
  ]
  test.each(table)('%s', (_name, change, expected) => {
    expect(covers(asked, { ...asked, ...change })).toBe(expected)
  })
})
