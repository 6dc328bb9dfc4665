import { describe, expect, test } from 'vitest'
import {
  type Addendum,
  type AddendumState,
  checkedAddendum,
  rejectedAddendum,
  signedAddendum,
  withdrawnAddendum,
} from '../../src/agreements/addendum.ts'
import {
  type Agreement,
  type AgreementState,
  check,
  end,
  mustBeStanding,
  reject,
  sign,
  signAsSupplier,
  withdraw,
} from '../../src/agreements/agreement.ts'
import type { AddendumId, AgreementId, BoardId, LeafletId, PersonId, ServiceId, SupplierId } from '../../src/ids.ts'
import { Refusal, type RefusalCode } from '../../src/refusal.ts'

const day = (text: string) => new Date(`${text}T12:00:00Z`)
const ruud = 'ruud' as PersonId
const mirjam = 'mirjam' as PersonId
const now = day('2026-11-16')

const terms = {
  boardId: 'board' as BoardId,
  agreementId: 'agreement' as AgreementId,
  supplierId: 'supplier' as SupplierId,
  kind: 'processor' as const,
  productAgreement: 'Productovereenkomst',
  supplierBasis: null,
  supplierArgument: null,
  boardArgument: null,
  boardBasis: null,
  deviations: [],
  security: {},
  retention: 'tot einde schooljaar',
  modelVersion: '2.0',
  startsAt: day('2026-08-01'),
  endsAt: day('2027-08-01'),
  draftedAt: day('2026-07-01'),
  supplierParty: null,
  draftedBy: 'operator',
}
const checked = { checkedAt: day('2026-07-02'), checkedBy: mirjam }
const roos = { at: now, by: 'member:roos', name: 'Roos' }
const signature = { signedBy: ruud, signedText: 'tekst', signedHash: new Uint8Array(32) }
const signed = { ...checked, ...signature, signedAt: day('2026-07-03'), bySupplier: null }

const agreements: Record<AgreementState, Agreement> = {
  draft: { ...terms, state: 'draft' },
  checked: { ...terms, ...checked, state: 'checked' },
  rejected: { ...terms, state: 'rejected', rejectedAt: day('2026-07-02'), rejectedBecause: 'nee' },
  withdrawn: { ...terms, state: 'withdrawn', withdrawnAt: day('2026-07-02'), succeededBy: null },
  signed: { ...terms, ...signed, state: 'signed', startsAt: day('2027-01-01') },
  in_force: { ...terms, ...signed, state: 'in_force' },
  ended: { ...terms, ...signed, state: 'ended', endedAt: day('2026-10-01'), endedBecause: 'opgezegd' },
}

const verbs = {
  check: (agreement: Agreement) => check(agreement, mirjam, now),
  reject: (agreement: Agreement) => reject(agreement, 'nee', now),
  withdraw: (agreement: Agreement) => withdraw(agreement, null, now),
  sign: (agreement: Agreement) => sign(agreement, signature, now),
  signAsSupplier: (agreement: Agreement) => signAsSupplier(agreement, roos),
  end: (agreement: Agreement) => end(agreement, 'opgezegd', now),
  change: (agreement: Agreement) => {
    mustBeStanding(agreement)
    return agreement
  },
}

const outcome = <T extends { state: string }>(act: () => T): string => {
  try {
    return act().state
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

describe('A supplier agreement: every state and every verb (P18, P19, M28)', () => {
  const table: Record<AgreementState, Record<keyof typeof verbs, AgreementState | RefusalCode>> = {
    draft: {
      check: 'checked',
      reject: 'rejected',
      withdraw: 'withdrawn',
      sign: 'agreement_not_checked',
      signAsSupplier: 'agreement_not_in_force',
      end: 'agreement_not_in_force',
      change: 'agreement_not_in_force',
    },
    checked: {
      check: 'agreement_not_draft',
      reject: 'rejected',
      withdraw: 'withdrawn',
      sign: 'in_force',
      signAsSupplier: 'agreement_not_in_force',
      end: 'agreement_not_in_force',
      change: 'agreement_not_in_force',
    },
    rejected: {
      check: 'agreement_not_draft',
      reject: 'agreement_not_draft',
      withdraw: 'agreement_not_draft',
      sign: 'agreement_not_checked',
      signAsSupplier: 'agreement_not_in_force',
      end: 'agreement_not_in_force',
      change: 'agreement_not_in_force',
    },
    withdrawn: {
      check: 'agreement_not_draft',
      reject: 'agreement_not_draft',
      withdraw: 'agreement_not_draft',
      sign: 'agreement_not_checked',
      signAsSupplier: 'agreement_not_in_force',
      end: 'agreement_not_in_force',
      change: 'agreement_not_in_force',
    },
    signed: {
      check: 'agreement_not_draft',
      reject: 'agreement_already_signed',
      withdraw: 'agreement_already_signed',
      sign: 'agreement_already_signed',
      signAsSupplier: 'signed',
      end: 'ended',
      change: 'signed',
    },
    in_force: {
      check: 'agreement_not_draft',
      reject: 'agreement_already_signed',
      withdraw: 'agreement_already_signed',
      sign: 'agreement_already_signed',
      signAsSupplier: 'in_force',
      end: 'ended',
      change: 'in_force',
    },
    ended: {
      check: 'agreement_not_draft',
      reject: 'agreement_ended',
      withdraw: 'agreement_ended',
      sign: 'agreement_ended',
      signAsSupplier: 'agreement_ended',
      end: 'agreement_ended',
      change: 'agreement_ended',
    },
  }
  for (const [state, row] of Object.entries(table)) {
    for (const [verb, expected] of Object.entries(row)) {
      test(`${state} · ${verb} → ${expected}`, () => {
        expect(outcome(() => verbs[verb as keyof typeof verbs](agreements[state as AgreementState]))).toBe(expected)
      })
    }
  }

  test('signed before its start it is signed, not in force', () => {
    expect(outcome(() => sign({ ...agreements.checked, startsAt: day('2027-01-01') }, signature, now))).toBe('signed')
  })

  test('the supplier signs once', () => {
    const twice = () => signAsSupplier(signAsSupplier(agreements.in_force, roos), roos)
    expect(outcome(twice)).toBe('agreement_already_signed')
  })

  test('a draft whose term is over is not signed any more', () => {
    expect(outcome(() => sign({ ...agreements.checked, endsAt: now }, signature, now))).toBe('agreement_ended')
  })

  test('C06, M25 a deviation without its motivation blocks signing', () => {
    const bare = { ...agreements.checked, deviations: [{ article: '12.1', text: 'zes maanden', motivation: '  ' }] }
    expect(outcome(() => sign(bare, signature, now))).toBe('deviation_unmotivated')
    const motivated = { ...agreements.checked, deviations: [{ article: '12.1', text: 'zes maanden', motivation: 'wegens de wet' }] }
    expect(outcome(() => sign(motivated, signature, now))).toBe('in_force')
  })
})

describe('An addendum: every state and every verb, none without both parties (K11, M27)', () => {
  const drafted = {
    boardId: terms.boardId,
    addendumId: 'addendum' as AddendumId,
    agreementId: terms.agreementId,
    requestId: null,
    text: '{}',
    content: { serviceId: 'service' as ServiceId, leafletId: 'leaflet' as LeafletId, partIds: [] },
    draftedAt: day('2026-11-01'),
    draftedBy: 'operator',
  }
  const addenda: Record<AddendumState, Addendum> = {
    draft: { ...drafted, state: 'draft' },
    checked: { ...drafted, ...checked, state: 'checked' },
    rejected: { ...drafted, state: 'rejected', rejectedAt: now, rejectedBecause: 'nee' },
    withdrawn: { ...drafted, state: 'withdrawn', withdrawnAt: now },
    signed: { ...drafted, ...checked, state: 'signed', signedAt: now, signedBy: ruud, signedHash: new Uint8Array(32) },
  }
  const acts = {
    check: (addendum: Addendum) => checkedAddendum(addendum, mirjam, now),
    reject: (addendum: Addendum) => rejectedAddendum(addendum, 'nee', now),
    withdraw: (addendum: Addendum) => withdrawnAddendum(addendum, now),
    sign: (addendum: Addendum) => signedAddendum(addendum, ruud, new Uint8Array(32), now),
  }
  const table: Record<AddendumState, Record<keyof typeof acts, AddendumState | RefusalCode>> = {
    draft: { check: 'checked', reject: 'rejected', withdraw: 'withdrawn', sign: 'addendum_not_checked' },
    checked: { check: 'addendum_not_draft', reject: 'rejected', withdraw: 'withdrawn', sign: 'signed' },
    rejected: { check: 'addendum_not_draft', reject: 'addendum_not_draft', withdraw: 'addendum_not_draft', sign: 'addendum_not_checked' },
    withdrawn: { check: 'addendum_not_draft', reject: 'addendum_not_draft', withdraw: 'addendum_not_draft', sign: 'addendum_not_checked' },
    signed: {
      check: 'addendum_not_draft',
      reject: 'addendum_already_signed',
      withdraw: 'addendum_already_signed',
      sign: 'addendum_already_signed',
    },
  }
  for (const [state, row] of Object.entries(table)) {
    for (const [verb, expected] of Object.entries(row)) {
      test(`${state} · ${verb} → ${expected}`, () => {
        expect(outcome(() => acts[verb as keyof typeof acts](addenda[state as AddendumState]))).toBe(expected)
      })
    }
  }
})
