import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type StandingFacts, standingAt, type WhyNot } from '../../src/grants/standing.ts'
import type { BoardId, ConsentId, GuardianshipId, ItemId, ObjectionId, PersonId } from '../../src/ids.ts'

const at = new Date('2026-11-16T09:00:00Z')
const day = (days: number) => new Date(at.getTime() + days * 86_400_000)
const [fatima, nadia, karim] = ['fatima', 'nadia', 'karim'] as PersonId[]

const guardianship = (guardianId: PersonId) => ({
  guardianshipId: `of ${guardianId}` as GuardianshipId,
  guardianId,
  kind: 'parent' as const,
  authority: 'yes' as const,
  startsAt: day(-900),
  endsAt: null,
})

const answer = (deciderId: PersonId, said: 'yes' | 'no', revision: number) => ({
  deciderId,
  answer: said,
  datatypes: null,
  untilAt: null,
  revision,
  authority: 'guardianship' as const,
  guardianshipId: `of ${deciderId}` as GuardianshipId,
  answeredAt: day(-20),
})

/** A use by way of the school on which everything stands: Reken Plus reads Fatima's arithmetic results until day 30. */
function standing(): StandingFacts {
  return {
    consent: {
      boardId: 'board' as BoardId,
      consentId: 'consent' as ConsentId,
      itemId: 'item' as ItemId,
      approach: 'organisation',
      legalBasis: 'consent',
      question: {
        rule: 'veto',
        asked: { datatypes: ['arithmetic-results', 'practice-time'], endsAt: day(90) },
        subject: { personId: fatima!, kind: 'pupil', birthDate: '2017-03-14', guardianships: [guardianship(nadia!), guardianship(karim!)] },
        atSixteen: 'carry_over',
      },
      askedAt: day(-21),
      revision: 1,
      answers: [answer(nadia!, 'yes', 1)],
      objections: [],
      ended: null,
    },
    item: { startsAt: day(-30), endsAt: day(90), datatypes: ['arithmetic-results', 'practice-time'], needsAssignment: true },
    round: { startsAt: day(-100), endsAt: day(250) },
    request: { startsAt: day(-30), endsAt: day(30), datatypes: ['arithmetic-results', 'practice-time'], closedAt: null },
    release: { joinedAt: day(-10), withdrawnAt: null },
    agreement: {
      signedAt: day(-100),
      startsAt: day(-90),
      endsAt: day(250),
      endedAt: null,
      accepted: { startsAt: day(-100), endsAt: null },
    },
    onward: {
      signedAt: day(-100),
      startsAt: day(-90),
      endsAt: day(250),
      endedAt: null,
      datatypes: ['arithmetic-results', 'practice-time'],
    },
    tenure: { startsAt: day(-400), endsAt: null },
    tooYoung: false,
    assignment: { startsAt: day(-5), endsAt: null },
    suspended: { supplier: null, holder: null, holdersSupplier: null },
  }
}

type Change = (facts: StandingFacts) => void
const consent = (facts: StandingFacts) => facts.consent as { -readonly [K in keyof StandingFacts['consent']]: StandingFacts['consent'][K] }

/** Each fact that standing leans on, with every way in which it can fail to hold. `Record` so that none is forgotten. */
const breaks: Record<WhyNot, Record<string, Change>> = {
  unanswered: { 'nobody answered': (f) => Object.assign(f.consent, { answers: [] }) },
  refused: { 'a no': (f) => Object.assign(f.consent, { answers: [answer(nadia!, 'no', 1)] }) },
  conflict: { 'a yes and a no': (f) => Object.assign(f.consent, { answers: [answer(nadia!, 'yes', 1), answer(karim!, 'no', 2)] }) },
  withdrawn: { withdrawn: (f) => Object.assign(f.consent, { ended: { at: day(-1), as: 'withdrawn', by: 'person:nadia' } }) },
  invalidated: { 'entered by mistake': (f) => Object.assign(f.consent, { ended: { at: day(-1), as: 'invalidated', by: 'person:staff' } }) },
  lapsed: { 'lapsed after we looked': (f) => Object.assign(f.consent, { ended: { at: day(1), as: 'lapsed', by: 'job' } }) },
  expired: {
    'the item ended': (f) => Object.assign(f.consent.question.asked, { endsAt: at }),
    'the yes was shorter': (f) => Object.assign(f.consent, { answers: [{ ...answer(nadia!, 'yes', 1), untilAt: at }] }),
  },
  unknown: {
    'no birth date': (f) => Object.assign(f.consent.question.subject, { birthDate: null }),
    'no guardian left': (f) => Object.assign(f.consent.question.subject, { guardianships: [] }),
  },
  basis: {
    'asked directly on another basis': (f) => Object.assign(f.consent, { approach: 'subject', legalBasis: 'public_task', answers: [] }),
  },
  objection: {
    pending: (f) => {
      consent(f).legalBasis = 'public_task'
      consent(f).objections = [{ objectionId: 'o' as ObjectionId, madeBy: nadia!, madeAt: day(-1), decided: null }]
    },
    granted: (f) => {
      consent(f).legalBasis = 'legitimate_interest'
      consent(f).objections = [
        { objectionId: 'o' as ObjectionId, madeBy: nadia!, madeAt: day(-9), decided: { at: day(-1), granted: true } },
      ]
    },
  },
  outside_window: {
    'the item has not begun': (f) => Object.assign(f.item, { startsAt: day(1) }),
    'the item is over': (f) => Object.assign(f.item, { endsAt: at }),
    'the round has not begun': (f) => Object.assign(f.round!, { startsAt: day(1) }),
    'the round is over': (f) => Object.assign(f.round!, { endsAt: at }),
    'the request has not begun': (f) => Object.assign(f.request!, { startsAt: day(1) }),
    'the request is over': (f) => Object.assign(f.request!, { endsAt: at }),
  },
  request_closed: { 'withdrawn or refused': (f) => Object.assign(f.request!, { closedAt: day(1) }) },
  not_released: {
    'never released': (f) => Object.assign(f, { release: null }),
    'joins later': (f) => Object.assign(f.release!, { joinedAt: day(1) }),
    'withdrawn, also after we looked': (f) => Object.assign(f.release!, { withdrawnAt: day(1) }),
  },
  agreement_not_in_force: {
    none: (f) => Object.assign(f, { agreement: null }),
    'not signed': (f) => Object.assign(f.agreement!, { signedAt: null }),
    'not begun': (f) => Object.assign(f.agreement!, { startsAt: day(1) }),
    'term over': (f) => Object.assign(f.agreement!, { endsAt: at }),
    'ended, also after we looked': (f) => Object.assign(f.agreement!, { endedAt: day(1) }),
  },
  not_covered: {
    'leaflet or part not accepted': (f) => Object.assign(f.agreement!, { accepted: null }),
    'accepted later': (f) => Object.assign(f.agreement!, { accepted: { startsAt: day(1), endsAt: null } }),
    'superseded, also after we looked': (f) => Object.assign(f.agreement!, { accepted: { startsAt: day(-9), endsAt: day(1) } }),
  },
  no_onward_clause: {
    none: (f) => Object.assign(f, { onward: null }),
    'for other data': (f) => Object.assign(f.onward!, { datatypes: ['usage-data'] }),
    'the agreement is not signed': (f) => Object.assign(f.onward!, { signedAt: null }),
    'the agreement ended': (f) => Object.assign(f.onward!, { endedAt: day(-1) }),
    'the term is over': (f) => Object.assign(f.onward!, { endsAt: at }),
  },
  no_tenure: {
    none: (f) => Object.assign(f, { tenure: null }),
    'left the school': (f) => Object.assign(f.tenure!, { endsAt: at }),
    'not there yet': (f) => Object.assign(f.tenure!, { startsAt: day(1) }),
  },
  too_young: { 'P48: below the minimum age of the service': (f) => Object.assign(f, { tooYoung: true }) },
  not_assigned: {
    'no guide (K19)': (f) => Object.assign(f, { assignment: null }),
    'the guide left': (f) => Object.assign(f.assignment!, { endsAt: at }),
  },
  supplier_suspended: { suspended: (f) => Object.assign(f.suspended, { supplier: day(-1) }) },
  holder_suspended: {
    suspended: (f) => Object.assign(f.suspended, { holder: day(-1) }),
    'its supplier suspended': (f) => Object.assign(f.suspended, { holdersSupplier: day(-1) }),
  },
}

describe('A grant stands on all of its facts at once (design §2)', () => {
  test('and then tells what data and until when: the earliest bound of all (INV-10)', () => {
    expect(standingAt(standing(), at)).toEqual({ stands: true, datatypes: ['arithmetic-results', 'practice-time'], until: day(30) })
  })

  const rows = Object.entries(breaks).flatMap(([why, ways]) => Object.entries(ways).map(([name, change]) => [why, name, change] as const))
  test.each(rows)('%s: %s', (why, _name, change) => {
    const facts = standing()
    change(facts)
    expect(standingAt(facts, at)).toEqual({ stands: false, why })
  })

  test('directly there is no release and no supplier agreement to lean on', () => {
    const facts = { ...standing(), release: null, agreement: null, round: null }
    Object.assign(facts.consent, { approach: 'subject' })
    expect(standingAt(facts, at)).toMatchObject({ stands: true })
  })

  test('on another basis it stands on the board’s instruction, and again when an objection was rejected', () => {
    const facts = standing()
    Object.assign(facts.consent, { legalBasis: 'public_task', answers: [] })
    expect(standingAt(facts, at)).toMatchObject({ stands: true })
    const rejected = { objectionId: 'o' as ObjectionId, madeBy: nadia!, madeAt: day(-9), decided: { at: day(-1), granted: false } }
    Object.assign(facts.consent, { objections: [rejected] })
    expect(standingAt(facts, at)).toMatchObject({ stands: true })
  })

  test('a guide counts only where the item names one', () => {
    const facts = { ...standing(), assignment: null }
    facts.item.needsAssignment = false
    expect(standingAt(facts, at)).toMatchObject({ stands: true })
  })
})

describe('What a grant covers', () => {
  const subset = fc.subarray(['arithmetic-results', 'practice-time'])
  test('is within the answer, the item, the request and the onward clauses, whatever those are (INV-09)', () => {
    fc.assert(
      fc.property(subset, subset, subset, subset, (answered, asked, requested, onward) => {
        const facts = standing()
        Object.assign(facts.consent, { answers: [{ ...answer(nadia!, 'yes', 1), datatypes: answered }] })
        facts.item.datatypes = asked
        facts.request!.datatypes = requested
        facts.onward!.datatypes = onward
        const result = standingAt(facts, at)
        if (!result.stands) return
        expect(result.datatypes.length).toBeGreaterThan(0)
        for (const limit of [answered, asked, requested, onward]) expect(limit).toEqual(expect.arrayContaining(result.datatypes))
      }),
    )
  })

  test('ends at the earliest bound, whichever that is (INV-10)', () => {
    const bounded: ((facts: StandingFacts, endsAt: Date) => void)[] = [
      (f, endsAt) => Object.assign(f.consent, { answers: [{ ...answer(nadia!, 'yes', 1), untilAt: endsAt }] }),
      (f, endsAt) => Object.assign(f.item, { endsAt }),
      (f, endsAt) => Object.assign(f.round!, { endsAt }),
      (f, endsAt) => Object.assign(f.request!, { endsAt }),
      (f, endsAt) => Object.assign(f.agreement!, { endsAt }),
      (f, endsAt) => Object.assign(f.onward!, { endsAt }),
      (f, endsAt) => Object.assign(f.tenure!, { endsAt }),
      (f, endsAt) => Object.assign(f.assignment!, { endsAt }),
      (f, endsAt) => Object.assign(f.consent.question.subject.guardianships[0]!, { endsAt }),
    ]
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 29 }), { minLength: bounded.length, maxLength: bounded.length }), (days) => {
        const facts = standing()
        bounded.forEach((bind, index) => bind(facts, day(days[index]!)))
        expect(standingAt(facts, at)).toMatchObject({ stands: true, until: day(Math.min(...days)) })
      }),
    )
  })
})
