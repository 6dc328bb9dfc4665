import { describe, expect, test } from 'vitest'
import type { State } from '../../src/consents/consent.ts'
import type { AskedItem } from '../../src/consents/store.ts'
import type {
  BoardId,
  ConsentId,
  GuardianshipId,
  HolderId,
  ItemId,
  LeafletId,
  PersonId,
  RequestId,
  ServiceId,
  SupplierId,
} from '../../src/ids.ts'
import type { Use } from '../../src/requests/covered.ts'
import { decideSubject, earlierAsks } from '../../src/requests/decide-subject.ts'

const at = new Date('2026-11-16T09:00:00Z')
const day = (days: number) => new Date(at.getTime() + days * 86_400_000)
const [nadia, karim] = ['nadia' as PersonId, 'karim' as PersonId]

const use: Use = {
  supplierId: 'rekenplus' as SupplierId,
  serviceId: 'dyscalculie' as ServiceId,
  partId: 'begeleiding',
  leafletId: 'v1' as LeafletId,
  purpose: '5.1.a',
  holderId: 'rekenrijk' as HolderId,
  datatypes: ['arithmetic-results'],
  startsAt: day(0),
  endsAt: day(60),
}

interface Wish {
  item?: Partial<AskedItem['item']>
  answers?: [PersonId, 'yes' | 'no', number][]
  ended?: AskedItem['ended']
  guardians?: PersonId[]
  id?: string
}

/** A consent about Fatima on an item of a request that is about the use, unless told otherwise. */
function asked({ item = {}, answers = [], ended = null, guardians = [nadia, karim], id = 'consent' }: Wish = {}): AskedItem {
  const whole = {
    boardId: 'board' as BoardId,
    itemId: `item-${id}` as ItemId,
    approach: 'organisation',
    roundId: null,
    requestId: 'request' as RequestId,
    legalBasis: 'consent',
    ...use,
    datatypes: [...use.datatypes],
    startsAt: day(-30),
    endsAt: day(90),
    ...item,
  } as AskedItem['item']
  return {
    boardId: whole.boardId,
    consentId: id as ConsentId,
    itemId: whole.itemId,
    approach: 'organisation',
    legalBasis: whole.legalBasis,
    item: whole,
    question: {
      rule: 'veto',
      asked: { datatypes: whole.datatypes, endsAt: whole.endsAt },
      atSixteen: 'carry_over',
      subject: {
        personId: 'fatima' as PersonId,
        kind: 'pupil',
        birthDate: '2017-03-14',
        guardianships: guardians.map((guardianId) => ({
          guardianshipId: `of-${guardianId}` as GuardianshipId,
          guardianId,
          kind: 'parent',
          authority: 'yes',
          startsAt: day(-1000),
          endsAt: null,
        })),
      },
    },
    askedAt: day(-30),
    revision: answers.length,
    answers: answers.map(([deciderId, answer, days], nr) => ({
      deciderId,
      answer,
      datatypes: null,
      untilAt: null,
      revision: nr + 1,
      authority: 'guardianship',
      guardianshipId: `of-${deciderId}` as GuardianshipId,
      answeredAt: day(days),
    })),
    objections: [],
    ended,
  }
}

/** A consent in each state, a no in it said yesterday. */
const inState: Record<State, (item?: Wish['item']) => AskedItem> = {
  unanswered: (item = {}) => asked({ item }),
  given: (item = {}) => asked({ item, answers: [[nadia, 'yes', -1]] }),
  refused: (item = {}) => asked({ item, answers: [[nadia, 'no', -1]] }),
  conflict: (item = {}) => {
    return asked({
      item,
      answers: [
        [karim, 'yes', -2],
        [nadia, 'no', -1],
      ],
    })
  },
  unknown: (item = {}) => asked({ item, guardians: [] }),
  informed: (item = {}) => asked({ item: { ...item, legalBasis: 'public_task' } }),
  withdrawn: (item = {}) => asked({ item, answers: [[nadia, 'yes', -9]], ended: { at: day(-1), as: 'withdrawn', by: 'person:nadia' } }),
  invalidated: (item = {}) => asked({ item, answers: [[nadia, 'no', -9]], ended: { at: day(-1), as: 'invalidated', by: 'person:pim' } }),
  lapsed: (item = {}) => asked({ item, ended: { at: day(-1), as: 'lapsed', by: 'job' } }),
  expired: (item = {}) => asked({ item: { ...item, endsAt: day(-1) } }),
}

const outcome = (...consents: AskedItem[]) => {
  const decision = decideSubject(use, consents, at)
  return decision.how === 'left_out' ? decision.because : decision.how
}

describe('K11 what step 2 is for a subject, by the state of what was asked before', () => {
  type Outcome = 'ask' | 'covered' | 'open' | 'cooling_down'
  const otherLeaflet = { leafletId: 'v2' as LeafletId }
  const table: Record<State, Record<'it is about this use' | 'it means the same' | 'it is a yearly round', Outcome>> = {
    unanswered: { 'it is about this use': 'covered', 'it means the same': 'open', 'it is a yearly round': 'ask' },
    given: { 'it is about this use': 'covered', 'it means the same': 'ask', 'it is a yearly round': 'ask' },
    refused: { 'it is about this use': 'covered', 'it means the same': 'cooling_down', 'it is a yearly round': 'cooling_down' },
    conflict: { 'it is about this use': 'covered', 'it means the same': 'cooling_down', 'it is a yearly round': 'cooling_down' },
    unknown: { 'it is about this use': 'covered', 'it means the same': 'open', 'it is a yearly round': 'ask' },
    informed: { 'it is about this use': 'covered', 'it means the same': 'ask', 'it is a yearly round': 'ask' },
    withdrawn: { 'it is about this use': 'cooling_down', 'it means the same': 'cooling_down', 'it is a yearly round': 'cooling_down' },
    invalidated: { 'it is about this use': 'ask', 'it means the same': 'ask', 'it is a yearly round': 'ask' },
    lapsed: { 'it is about this use': 'ask', 'it means the same': 'ask', 'it is a yearly round': 'ask' },
    expired: { 'it is about this use': 'ask', 'it means the same': 'ask', 'it is a yearly round': 'ask' },
  }
  const items = {
    'it is about this use': {},
    'it means the same': otherLeaflet,
    'it is a yearly round': { ...otherLeaflet, requestId: null },
  }
  const cases = Object.entries(table).flatMap(([state, row]) =>
    Object.entries(row).map(([which, expected]) => [state as State, which as keyof typeof items, expected] as const),
  )
  test.each(cases)('%s, and %s: %s', (state, which, expected) => {
    expect(outcome(inState[state](items[which]))).toBe(expected)
  })

  test('of two that are about this use, the later one answers', () => {
    const [earlier, later] = [asked({ id: 'earlier', answers: [[nadia, 'no', -9]] }), asked({ id: 'later' })]
    expect(decideSubject(use, [earlier, later], at)).toEqual({ how: 'covered', consentId: 'later' })
  })

  test('what was asked for something else, or of the school itself, has no bearing', () => {
    const other = asked({ item: { purpose: '5.1.f' }, answers: [[nadia, 'no', -1]] })
    const image = asked({ item: { supplierId: null, serviceId: null, leafletId: null, holderId: null }, answers: [[nadia, 'no', -1]] })
    expect(outcome(other, image)).toBe('ask')
  })
})

describe('When a no was said', () => {
  test('it counts from the last one, also when the question has run out since', () => {
    const consent = asked({
      item: { endsAt: day(-1) },
      answers: [
        [nadia, 'no', -20],
        [karim, 'no', -5],
      ],
    })
    expect(earlierAsks([consent], at)).toMatchObject([{ was: 'refused', at: day(-5) }])
  })

  test('who changed a no into a yes has not said no', () => {
    const consent = asked({
      answers: [
        [nadia, 'no', -20],
        [nadia, 'yes', -5],
      ],
    })
    expect(earlierAsks([consent], at)).toEqual([])
  })
})
