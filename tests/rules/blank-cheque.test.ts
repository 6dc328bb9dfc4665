import { describe, expect, test } from 'vitest'
import { Refusal, type RefusalCode } from '../../src/refusal.ts'
import { mustBeBounded, type Proposal } from '../../src/requests/blank-cheque.ts'

const day = (text: string) => new Date(`${text}T00:00:00+01:00`)
const bounded: Proposal = {
  purpose: '5.1.a',
  datatypes: ['arithmetic-results'],
  offered: 3,
  startsAt: day('2026-11-17'),
  endsAt: day('2027-02-01'),
  latestEnd: day('2027-08-01'),
  subjects: ['leerling-17'],
  occasion: 'De intern begeleider vroeg om hulp.',
  reason: 'Zonder resultaten weet de begeleider niet waar Fatima moeite mee heeft.',
}

const codeOf = (proposal: Proposal): RefusalCode | 'bounded' => {
  try {
    mustBeBounded(proposal)
    return 'bounded'
  } catch (error) {
    return (error as Refusal).code
  }
}

describe('K18 no blank cheque: every lack has a message of its own', () => {
  test('a request with party, data, subject, purpose, period, occasion and reason is bounded', () => {
    expect(codeOf(bounded)).toBe('bounded')
    expect(codeOf({ ...bounded, subjects: 'school_picks' })).toBe('bounded')
  })

  test.each<[RefusalCode, Partial<Proposal>]>([
    ['blank_cheque_no_purpose', { purpose: undefined }],
    ['blank_cheque_no_purpose', { purpose: '  ' }],
    ['blank_cheque_all_data', { datatypes: [] }],
    ['blank_cheque_all_data', { datatypes: ['arithmetic-results', '*'] }],
    ['blank_cheque_all_data', { datatypes: ['Alle gegevens'] }],
    ['blank_cheque_all_data', { datatypes: ['arithmetic-results', 'practice-time', 'language-results'] }],
    ['blank_cheque_no_end', { endsAt: undefined }],
    ['blank_cheque_too_long', { endsAt: day('2027-08-02') }],
    ['blank_cheque_all_pupils', { subjects: [] }],
    ['blank_cheque_all_pupils', { subjects: ['alle leerlingen'] }],
    ['blank_cheque_no_occasion', { occasion: '' }],
    ['blank_cheque_no_reason', { reason: undefined }],
  ])('%s: %o', (code, lack) => {
    expect(codeOf({ ...bounded, ...lack })).toBe(code)
  })

  test('two of two data sets of a small holder are not yet all data', () => {
    expect(codeOf({ ...bounded, offered: 2, datatypes: ['arithmetic-results', 'practice-time'] })).toBe('bounded')
  })
})
