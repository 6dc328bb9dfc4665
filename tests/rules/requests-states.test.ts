import { describe, expect, test } from 'vitest'
import type { HolderId, ReleaseId, SupplierId } from '../../src/ids.ts'
import type { RefusalCode } from '../../src/refusal.ts'
import { type AskedMeaning, type EarlierAsk, mayAsk, restEnds } from '../../src/requests/rationing.ts'
import { mustBePossible, type RequestFacts, requestStateAt, type State, type Verb } from '../../src/requests/request.ts'

const at = new Date('2026-11-16T09:00:00Z')
const before = (days: number) => new Date(at.getTime() - days * 86_400_000)
const release = (withdrawnAt: Date | null, releasedAt = before(1)) => ({ releaseId: 'r' as ReleaseId, releasedAt, withdrawnAt })
const bare: RequestFacts = {
  receivedAt: before(5),
  endsAt: before(-30),
  forwardedAt: null,
  refusedAt: null,
  withdrawnAt: null,
  releases: [],
}

/** Facts of each state. */
const facts: Record<State, RequestFacts> = {
  received: bare,
  forwarded: { ...bare, forwardedAt: before(3) },
  released: { ...bare, forwardedAt: before(3), releases: [release(before(0)), release(null, before(2)), release(null)] },
  refused: { ...bare, forwardedAt: before(3), refusedAt: before(1) },
  withdrawn: { ...bare, forwardedAt: before(3), withdrawnAt: before(1), releases: [release(null)] },
  expired: { ...bare, endsAt: at, forwardedAt: before(3), releases: [release(null)] },
}

describe('K09 the state of a request follows from what happened to it', () => {
  test.each(Object.entries(facts))('%s', (state, given) => {
    expect(requestStateAt(given, at).state).toBe(state)
  })

  test('a release that was withdrawn leaves it forwarded, and one that stands tells since when', () => {
    expect(requestStateAt({ ...facts.forwarded, releases: [release(before(0))] }, at).state).toBe('forwarded')
    expect(requestStateAt(facts.released, at)).toMatchObject({ releasedAt: before(2) })
  })

  test('the window ends on its first moment outside, and what was refused or withdrawn stays so', () => {
    expect(requestStateAt({ ...bare, endsAt: new Date(at.getTime() + 1) }, at).state).toBe('received')
    expect(requestStateAt({ ...facts.refused, endsAt: before(2) }, at).state).toBe('refused')
    expect(requestStateAt({ ...facts.withdrawn, endsAt: before(2) }, at).state).toBe('withdrawn')
  })
})

describe('K09 every step in every state: step 4 comes after step 2, and what is closed stays closed', () => {
  const closed = 'request_closed'
  const forwarded = 'request_already_forwarded'
  const table: Record<State, Record<Verb, 'possible' | RefusalCode>> = {
    received: {
      match: 'possible',
      narrow: 'possible',
      forward: 'possible',
      refuse: 'possible',
      release: 'request_not_forwarded',
      withdrawRelease: 'release_not_found',
      withdraw: 'possible',
    },
    forwarded: {
      match: forwarded,
      narrow: forwarded,
      forward: forwarded,
      refuse: 'possible',
      release: 'possible',
      withdrawRelease: 'release_not_found',
      withdraw: 'possible',
    },
    released: {
      match: forwarded,
      narrow: forwarded,
      forward: forwarded,
      refuse: 'request_already_released',
      release: 'possible',
      withdrawRelease: 'possible',
      withdraw: 'possible',
    },
    refused: {
      match: closed,
      narrow: closed,
      forward: closed,
      refuse: closed,
      release: closed,
      withdrawRelease: closed,
      withdraw: closed,
    },
    withdrawn: {
      match: closed,
      narrow: closed,
      forward: closed,
      refuse: closed,
      release: closed,
      withdrawRelease: closed,
      withdraw: closed,
    },
    expired: {
      match: closed,
      narrow: closed,
      forward: closed,
      refuse: closed,
      release: closed,
      withdrawRelease: closed,
      withdraw: closed,
    },
  }
  const cases = Object.entries(table).flatMap(([state, verbs]) =>
    Object.entries(verbs).map(([verb, expected]) => [state as State, verb as Verb, expected] as const),
  )
  test.each(cases)('%s × %s: %s', (state, verb, expected) => {
    const act = () => mustBePossible(verb, requestStateAt(facts[state], at))
    if (expected === 'possible') expect(act).not.toThrow()
    else expect(act).toThrow(expect.objectContaining({ code: expected }))
  })
})

describe('asking is rationed by meaning, never by wording', () => {
  const ask: AskedMeaning = {
    supplierId: 'rekenplus' as SupplierId,
    holderId: 'rekenrijk' as HolderId,
    purpose: '5.1.a',
    datatypes: ['arithmetic-results', 'practice-time'],
  }
  const refused = (daysAgo: number, change: Partial<AskedMeaning> = {}): EarlierAsk => ({
    ...ask,
    ...change,
    was: 'refused',
    at: before(daysAgo),
  })
  const open = (change: Partial<AskedMeaning> = {}): EarlierAsk => ({ ...ask, ...change, was: 'open' })

  const table: [string, EarlierAsk[], ReturnType<typeof mayAsk>][] = [
    ['nothing was asked before', [], 'yes'],
    ['the same is being asked', [open()], 'open'],
    ['some of the same data is being asked', [open({ datatypes: ['practice-time', 'reading-level'] })], 'open'],
    ['other data are being asked', [open({ datatypes: ['reading-level'] })], 'yes'],
    ['another supplier asks the same', [open({ supplierId: 'other' as SupplierId })], 'yes'],
    ['the same of another holder', [open({ holderId: 'other' as HolderId })], 'yes'],
    ['the same for another purpose', [open({ purpose: '5.1.f' })], 'yes'],
    ['a no yesterday', [refused(1)], 'cooling_down'],
    ['a no to some of it, 89 days ago', [refused(89, { datatypes: ['practice-time'] })], 'cooling_down'],
    ['a no 90 days ago', [refused(90)], 'yes'],
    ['a no to another purpose', [refused(1, { purpose: '5.1.f' })], 'yes'],
    ['a no, and asked again since: the no counts first', [open(), refused(1)], 'cooling_down'],
  ]
  test.each(table)('%s', (_name, earlier, expected) => {
    expect(mayAsk(ask, earlier, at)).toBe(expected)
  })

  test('the rest is over exactly ninety days after the no', () => {
    expect(mayAsk(ask, [refused(0)], restEnds(at))).toBe('yes')
    expect(mayAsk(ask, [refused(0)], new Date(restEnds(at).getTime() - 1))).toBe('cooling_down')
  })
})
