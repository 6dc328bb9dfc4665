import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  answerBy,
  type Consent,
  expiryOf,
  mayInvalidate,
  mayObject,
  mayWithdraw,
  mustBeOpen,
  type Reply,
  type State,
  stateOf,
} from '../../src/consents/consent.ts'
import { keptSince } from '../../src/consents/kept-since.ts'
import type { BoardId, ConsentId, GuardianshipId, ItemId, ObjectionId, PersonId } from '../../src/ids.ts'
import type { Guardianship } from '../../src/people/who-may-answer.ts'
import { Refusal } from '../../src/refusal.ts'

const [fatima, nadia, karim] = ['fatima', 'nadia', 'karim'] as PersonId[] as [PersonId, PersonId, PersonId]
const since = new Date('2026-08-01T00:00:00Z')
const now = new Date('2026-11-16T09:00:00Z')
const end = new Date('2027-08-01T00:00:00Z')
const data = ['arithmetic-results', 'practice-time']

const guardianOf = (guardianId: PersonId): Guardianship => ({
  guardianshipId: `g-${guardianId}` as GuardianshipId,
  guardianId,
  kind: 'parent',
  authority: 'yes',
  startsAt: since,
  endsAt: null,
})

const asked: Consent = {
  boardId: 'board' as BoardId,
  consentId: 'consent' as ConsentId,
  itemId: 'item' as ItemId,
  approach: 'organisation',
  legalBasis: 'consent',
  question: {
    rule: 'veto',
    asked: { datatypes: data, endsAt: end },
    subject: { personId: fatima, kind: 'pupil', birthDate: '2017-03-14', guardianships: [guardianOf(nadia), guardianOf(karim)] },
    atSixteen: 'carry_over',
  },
  askedAt: since,
  revision: 0,
  answers: [],
  objections: [],
  ended: null,
}

const aged = (consent: Consent, birthDate: string | null): Consent => ({
  ...consent,
  question: { ...consent.question, subject: { ...consent.question.subject, birthDate } },
})
const endedAs = (consent: Consent, as: 'withdrawn' | 'invalidated' | 'lapsed', at: Date): Consent => ({
  ...consent,
  ended: { at, as, by: 'somebody' },
})

/** The consent with the answer added as the command would add it. */
function answered(consent: Consent, by: PersonId, reply: Reply, at = now): Consent {
  const { decider, reply: kept } = answerBy(consent, by, reply, at)
  const revision = consent.revision + 1
  const { authority, guardianshipId } = decider
  return {
    ...consent,
    revision,
    answers: [...consent.answers, { ...kept, deciderId: by, revision, authority, guardianshipId, answeredAt: at }],
  }
}

const yesOfNadia = answered(asked, nadia, { answer: 'yes' })
const inState: Record<State, Consent> = {
  unanswered: asked,
  given: yesOfNadia,
  refused: answered(asked, nadia, { answer: 'no' }),
  conflict: answered(yesOfNadia, karim, { answer: 'no' }),
  unknown: aged(yesOfNadia, null),
  informed: { ...asked, legalBasis: 'legitimate_interest' },
  withdrawn: endedAs(yesOfNadia, 'withdrawn', now),
  invalidated: endedAs(yesOfNadia, 'invalidated', now),
  lapsed: endedAs(yesOfNadia, 'lapsed', now),
  expired: { ...yesOfNadia, question: { ...asked.question, asked: { datatypes: data, endsAt: new Date(now.getTime() - 1) } } },
}

/** Everything that can be done to a consent; Karim does it. What it comes to, or the refusal. */
const verbs = {
  yes: (consent: Consent) => answered(consent, karim, { answer: 'yes' }),
  'narrowed yes': (consent: Consent) => answered(consent, karim, { answer: 'yes', datatypes: ['practice-time'] }),
  no: (consent: Consent) => answered(consent, karim, { answer: 'no' }),
  withdraw: (consent: Consent) => (mayWithdraw(consent, karim, now), endedAs(consent, 'withdrawn', now)),
  invalidate: (consent: Consent) => (mayInvalidate(consent, now), endedAs(consent, 'invalidated', now)),
  lapse: (consent: Consent) => (mustBeOpen(consent, now), endedAs(consent, 'lapsed', now)),
  object: (consent: Consent): Consent => {
    mayObject(consent, karim, now)
    return { ...consent, objections: [{ objectionId: 'o' as ObjectionId, madeBy: karim, madeAt: now, decided: null }] }
  },
}
type Verb = keyof typeof verbs

const over: Record<Verb, State | Refusal['code']> = {
  yes: 'consent_ended',
  'narrowed yes': 'consent_ended',
  no: 'consent_ended',
  withdraw: 'consent_ended',
  invalidate: 'consent_ended',
  lapse: 'consent_ended',
  object: 'consent_ended',
}
const table: Record<State, Record<Verb, State | Refusal['code']>> = {
  unanswered: {
    yes: 'given',
    'narrowed yes': 'given',
    no: 'refused',
    withdraw: 'consent_not_given',
    invalidate: 'consent_not_given',
    lapse: 'lapsed',
    object: 'objection_not_possible',
  },
  given: {
    yes: 'given',
    'narrowed yes': 'given',
    no: 'conflict',
    withdraw: 'withdrawn',
    invalidate: 'invalidated',
    lapse: 'lapsed',
    object: 'objection_not_possible',
  },
  refused: {
    yes: 'conflict',
    'narrowed yes': 'conflict',
    no: 'refused',
    withdraw: 'consent_not_given',
    invalidate: 'invalidated',
    lapse: 'lapsed',
    object: 'objection_not_possible',
  },
  conflict: {
    yes: 'given',
    'narrowed yes': 'given',
    no: 'conflict',
    withdraw: 'withdrawn',
    invalidate: 'invalidated',
    lapse: 'lapsed',
    object: 'objection_not_possible',
  },
  unknown: {
    yes: 'not_your_consent',
    'narrowed yes': 'not_your_consent',
    no: 'not_your_consent',
    withdraw: 'not_your_consent',
    invalidate: 'invalidated',
    lapse: 'lapsed',
    object: 'not_your_consent',
  },
  informed: {
    yes: 'basis_is_not_consent',
    'narrowed yes': 'basis_is_not_consent',
    no: 'basis_is_not_consent',
    withdraw: 'consent_not_given',
    invalidate: 'consent_not_given',
    lapse: 'lapsed',
    object: 'informed',
  },
  withdrawn: over,
  invalidated: over,
  lapsed: over,
  expired: over,
}

function outcomeOf(consent: Consent, verb: Verb): State | Refusal['code'] {
  try {
    return stateOf(verbs[verb](consent), now).state
  } catch (refusal) {
    if (refusal instanceof Refusal) return refusal.code
    throw refusal
  }
}

describe('Every state and everything that can be done in it (K09, K13)', () => {
  for (const [state, row] of Object.entries(table) as [State, (typeof table)[State]][]) {
    test(`${state} is a state of its own`, () => expect(stateOf(inState[state], now).state).toBe(state))
    test.each(Object.entries(row) as [Verb, string][])(`${state}: %s → %s`, (verb, result) => {
      expect(outcomeOf(inState[state], verb)).toBe(result)
    })
  }
})

describe('Who may do it', () => {
  test('a pupil under sixteen may stop, not give (P01)', () => {
    expect(() => answered(asked, fatima, { answer: 'yes' })).toThrow('may_stop_not_give')
    expect(() => mayWithdraw(yesOfNadia, fatima, now)).not.toThrow()
    expect(() => mayWithdraw(inState.unknown, fatima, now)).not.toThrow()
  })

  test('somebody else sees no difference between a consent that is open and one that ended', () => {
    const stranger = 'stranger' as PersonId
    for (const consent of [asked, inState.withdrawn, inState.expired]) {
      expect(() => answered(consent, stranger, { answer: 'no' })).toThrow('not_your_consent')
      expect(() => mayWithdraw(consent, stranger, now)).toThrow('not_your_consent')
    }
  })

  test('a narrowed yes is a part of what was asked, and of nothing is a no', () => {
    expect(() => answered(asked, nadia, { answer: 'yes', datatypes: ['medical'] })).toThrow('answer_widens')
    expect(() => answered(asked, nadia, { answer: 'yes', untilAt: new Date(end.getTime() + 1) })).toThrow('answer_widens')
    expect(() => answered(asked, nadia, { answer: 'yes', untilAt: now })).toThrow('answer_widens')
    expect(stateOf(answered(asked, nadia, { answer: 'yes', datatypes: [] }), now).state).toBe('refused')
  })

  test('a yes for a shorter time ends the consent when that has passed', () => {
    const spring = new Date('2027-03-01T00:00:00Z')
    const short = answered(asked, nadia, { answer: 'yes', untilAt: spring })
    expect(stateOf(short, now)).toEqual({ state: 'given', datatypes: data, until: spring })
    expect(stateOf(short, spring)).toEqual({ state: 'expired', at: spring, by: 'job' })
    expect(() => answered(short, karim, { answer: 'yes' }, spring)).toThrow('consent_ended')
  })
})

describe('The end of somebody’s authority (P01, INV-08)', () => {
  const sixteenth = new Date('2033-03-13T23:00:00Z')
  const later = (consent: Consent, atSixteen: 'carry_over' | 'freeze' = 'carry_over'): Consent => ({
    ...consent,
    question: { ...consent.question, atSixteen, asked: { datatypes: data, endsAt: new Date('2040-08-01') } },
  })
  const without = (consent: Consent, guardianId: PersonId, endsAt: Date): Consent => {
    const { subject } = consent.question
    const guardianships = subject.guardianships.map((g) => (g.guardianId === guardianId ? { ...g, endsAt } : g))
    return { ...consent, question: { ...consent.question, subject: { ...subject, guardianships } } }
  }
  const minute = (after: number) => new Date(now.getTime() + after * 60_000)

  test('takes a yes with it: the other parent is asked', () => {
    const alone = without(yesOfNadia, nadia, minute(5))
    expect(stateOf(alone, minute(4))).toEqual({ state: 'given', datatypes: data, until: minute(5) })
    expect(stateOf(alone, minute(5)).state).toBe('unanswered')
  })

  test('does not lift a no, until the other has answered again', () => {
    const alone = without(inState.conflict, karim, minute(5))
    expect(stateOf(alone, minute(6)).state).toBe('conflict')
    expect(stateOf(answered(alone, nadia, { answer: 'yes' }, minute(7)), minute(8)).state).toBe('given')
    const before = without(answered(inState.conflict, nadia, { answer: 'yes' }, minute(4)), karim, minute(5))
    expect(stateOf(before, minute(6)).state).toBe('conflict')
  })

  test('with nobody left nothing stands', () => {
    const nobody = without(without(yesOfNadia, nadia, minute(5)), karim, minute(5))
    expect(stateOf(nobody, minute(6)).state).toBe('unknown')
  })

  test('a yes does not come back with an authority that comes back', () => {
    const gone = without(yesOfNadia, nadia, minute(5))
    const again: Guardianship = { ...guardianOf(nadia), guardianshipId: 'g-again' as GuardianshipId, startsAt: minute(9) }
    const { subject } = gone.question
    const back = { ...gone, question: { ...gone.question, subject: { ...subject, guardianships: [...subject.guardianships, again] } } }
    expect(stateOf(back, minute(10)).state).toBe('unanswered')
    expect(stateOf(answered(back, nadia, { answer: 'yes' }, minute(11)), minute(12)).state).toBe('given')
  })

  test('at sixteen what the parents gave stands until the pupil speaks; then only the pupil counts', () => {
    const given = later(yesOfNadia)
    expect(stateOf(given, sixteenth).state).toBe('given')
    expect(() => answered(given, nadia, { answer: 'yes' }, sixteenth)).toThrow('not_your_consent')
    expect(() => mayWithdraw(given, nadia, sixteenth)).not.toThrow()
    expect(() => mayWithdraw(given, karim, sixteenth)).toThrow('not_your_consent')
    expect(stateOf(answered(given, fatima, { answer: 'no' }, sixteenth), sixteenth).state).toBe('refused')
    const conflict = later(inState.conflict)
    expect(stateOf(conflict, sixteenth).state).toBe('conflict')
    expect(stateOf(answered(conflict, fatima, { answer: 'yes' }, sixteenth), sixteenth).state).toBe('given')
    expect(() => mayWithdraw(given, nadia, new Date('2035-03-14T12:00:00Z'))).toThrow('not_your_consent')
  })

  test('a board that freezes gives nothing from that midnight until the pupil answers', () => {
    const given = later(yesOfNadia, 'freeze')
    expect(stateOf(given, now)).toEqual({ state: 'given', datatypes: data, until: sixteenth })
    expect(stateOf(given, new Date(sixteenth.getTime() - 1)).state).toBe('given')
    expect(stateOf(given, sixteenth).state).toBe('unanswered')
    expect(stateOf(answered(given, fatima, { answer: 'yes' }, sixteenth), sixteenth).state).toBe('given')
  })
})

describe('Whatever happens, in whatever order', () => {
  const terminal: State[] = ['withdrawn', 'invalidated', 'lapsed', 'expired']
  const minutes = (after: number) => new Date(now.getTime() + after * 60_000)
  const act = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('answer' as const),
        by: fc.constantFrom(nadia, karim, fatima),
        answer: fc.constantFrom('yes' as const, 'no' as const),
        datatypes: fc.option(fc.subarray(data), { nil: null }),
        until: fc.option(fc.integer({ min: 1, max: 40 }), { nil: null, freq: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('loses authority' as const), who: fc.constantFrom(nadia, karim) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('gains authority' as const), who: fc.constantFrom(nadia, karim) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('withdraw' as const, 'invalidate' as const, 'lapse' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('sixteen' as const) }) },
  )
  type Act = typeof act extends fc.Arbitrary<infer A> ? A : never
  const start = fc.record({
    rule: fc.constantFrom('veto' as const, 'all' as const, 'any' as const),
    atSixteen: fc.constantFrom('carry_over' as const, 'freeze' as const),
  })

  function after(consent: Consent, what: Act, step: number): Consent {
    const at = minutes(step)
    const { question } = consent
    const withSubject = (subject: Partial<Consent['question']['subject']>) => ({
      ...consent,
      question: { ...question, subject: { ...question.subject, ...subject } },
    })
    try {
      switch (what.kind) {
        case 'answer':
          return answered(
            consent,
            what.by,
            { answer: what.answer, datatypes: what.datatypes, untilAt: what.until ? minutes(what.until) : null },
            at,
          )
        case 'loses authority':
          return withSubject({
            guardianships: question.subject.guardianships.map((g) => (g.guardianId === what.who && !g.endsAt ? { ...g, endsAt: at } : g)),
          })
        case 'gains authority': {
          const anew: Guardianship = { ...guardianOf(what.who), guardianshipId: `g-${step}` as GuardianshipId, startsAt: at }
          const has = question.subject.guardianships.some((g) => g.guardianId === what.who && !g.endsAt)
          return has ? consent : withSubject({ guardianships: [...question.subject.guardianships, anew] })
        }
        case 'sixteen':
          // Her birthday is that very day: the answers of before were given by her parents.
          return consent.answers.length > 0 ? consent : withSubject({ birthDate: '2010-11-16' })
        case 'withdraw':
          mayWithdraw(consent, nadia, at)
          return endedAs(consent, 'withdrawn', at)
        case 'invalidate':
          mayInvalidate(consent, at)
          return endedAs(consent, 'invalidated', at)
        case 'lapse':
          mustBeOpen(consent, at)
          return endedAs(consent, 'lapsed', at)
      }
    } catch (refusal) {
      if (refusal instanceof Refusal) return consent
      throw refusal
    }
  }

  test('nothing leaves a terminal state', () => {
    fc.assert(
      fc.property(start, fc.array(act, { maxLength: 14 }), ({ rule, atSixteen }, acts) => {
        let consent: Consent = {
          ...asked,
          question: { ...asked.question, rule, atSixteen, asked: { datatypes: data, endsAt: minutes(50) } },
        }
        acts.forEach((what, index) => {
          const before = stateOf(consent, minutes(index * 3))
          consent = after(consent, what, index * 3)
          for (const at of [minutes(index * 3), minutes(index * 3 + 2), minutes(60)]) {
            if (terminal.includes(before.state)) expect(stateOf(consent, at)).toEqual(before)
          }
        })
        expect(terminal).toContain(stateOf(consent, minutes(60)).state)
        expect(expiryOf(consent).getTime()).toBeLessThanOrEqual(minutes(50).getTime())
      }),
      { numRuns: 1000 },
    )
  })

  test('no end of an authority makes a yes or widens one, by veto and by any', () => {
    fc.assert(
      fc.property(fc.constantFrom('veto' as const, 'any' as const), fc.array(act, { maxLength: 14 }), (rule, acts) => {
        let consent: Consent = { ...asked, question: { ...asked.question, rule } }
        acts.forEach((what, index) => {
          const before = stateOf(consent, minutes(index * 3))
          consent = after(consent, what, index * 3)
          const nowIs = stateOf(consent, minutes(index * 3))
          if (what.kind !== 'loses authority' || nowIs.state !== 'given') return
          expect(before).toMatchObject({ state: 'given', datatypes: expect.arrayContaining(nowIs.datatypes) })
        })
      }),
      { numRuns: 1000 },
    )
  })
})

describe('What was handed out gives what has been given without a break since (INV-12)', () => {
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)
  const [first, second] = data as [string, string]
  const yes: Reply = { answer: 'yes' }
  const kept = (consent: Consent, awaiting = false) => keptSince(consent, { revision: awaiting ? 0 : 1, at: now, awaiting }, later(60))

  test('a no, and then a yes: nothing; so too for a question that was asked before, but not for one that got its first yes', () => {
    const no = answered(yesOfNadia, nadia, { answer: 'no' }, later(1))
    const anew = answered(no, nadia, yes, later(2))
    expect([kept(yesOfNadia), kept(anew), kept(anew, true)]).toEqual([data, [], []])
    const changedMind = answered(answered(asked, nadia, { answer: 'no' }), nadia, yes, later(1))
    expect(kept(changedMind, true)).toEqual(data)
  })

  test('another parent’s no that is taken back again: nothing', () => {
    const conflict = answered(yesOfNadia, karim, { answer: 'no' }, later(1))
    const undone = { ...conflict.answers[1]!, undoneIn: 3, undoneAt: later(2) }
    expect(kept({ ...yesOfNadia, revision: 3, undone: [undone] })).toEqual([])
  })

  test('a part that was left out for a while stays out; what was given all along goes on, whatever the clocks said', () => {
    const part = answered(yesOfNadia, nadia, { answer: 'yes', datatypes: [first] }, later(-5))
    expect(kept(answered(part, nadia, yes, later(-4)))).toEqual([first])
    const other = answered(part, nadia, { answer: 'yes', datatypes: [second] }, later(2))
    expect(kept(answered(other, nadia, yes, later(3)))).toEqual([])
    expect(kept(answered(yesOfNadia, karim, yes, later(1)))).toEqual(data)
  })

  test('an authority that ended, and then another parent’s yes: nothing', () => {
    const of = (consent: Consent, guardianships: Guardianship[]) => ({
      ...consent,
      question: { ...consent.question, subject: { ...consent.question.subject, guardianships } },
    })
    const ended = [{ ...guardianOf(nadia), endsAt: later(10) }, guardianOf(karim)]
    const anew = answered(of(yesOfNadia, ended), karim, yes, later(20))
    expect(stateOf(anew, later(60)).state).toBe('given')
    expect(kept(anew)).toEqual([])
    const inTime = answered(of(yesOfNadia, ended), karim, yes, later(5))
    expect(kept(inTime)).toEqual(data)
  })
})
