import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { draftAddendum } from '../../src/agreements/draft-addendum.ts'
import { draftAgreement } from '../../src/agreements/draft-agreement.ts'
import { proposeService } from '../../src/agreements/proposals.ts'
import { createApp } from '../../src/app.ts'
import { askForLetters } from '../../src/consents/ask-for-letters.ts'
import { draftRound } from '../../src/consents/draft-round.ts'
import { askSchool } from '../../src/requests/ask-school.ts'
import { asking, imageFields, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { addFamilies } from '../support/more-families.ts'
import { arithmeticAsk } from '../support/requesting.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/**
 * What keeps two staff at one form from undoing each other.
 *
 * `seen`: the form says how it was when its page was made, and is refused when it is not so any more;
 * `once`: a step that is taken once; who is second is told that it was taken, and keeps what they wrote;
 * `adds`: puts something beside what is there, and takes nothing away;
 * `takes`: only takes away, so two of them take away what each wanted gone;
 * `own`: of what one person has alone.
 */
const KEPT_BY: Record<string, 'seen' | 'once' | 'adds' | 'takes' | 'own'> = {
  'addenda/:addendumId/check': 'once',
  'addenda/:addendumId/reject': 'once',
  'addenda/:addendumId/sign': 'seen',
  'authority/group': 'seen',
  'cases/:caseId/close': 'seen',
  'cases/:caseId/extend': 'seen',
  'cases/:caseId/take': 'seen',
  'cases/:caseId/tasks': 'seen',
  'cases/forwarded/:forwardedId/aside': 'once',
  'cases/record': 'adds',
  checklist: 'own',
  'checklist/points': 'adds',
  'checklist/points/:pointId/close': 'once',
  'contracts/:agreementId/check': 'once',
  'contracts/:agreementId/end': 'once',
  'contracts/:agreementId/leaflets/:serviceId/accept': 'once',
  'contracts/:agreementId/leaflets/:serviceId/decline': 'once',
  'contracts/:agreementId/onward': 'once',
  'contracts/:agreementId/reject': 'once',
  'contracts/:agreementId/say': 'adds',
  'contracts/:agreementId/sign': 'seen',
  'demands/:demandId/seen': 'once',
  departures: 'once',
  'duties/:dutyId': 'once',
  'emergencies/new': 'adds',
  'incidents/:incidentId/advise': 'seen',
  'incidents/:incidentId/authority': 'seen',
  'incidents/:incidentId/close': 'seen',
  'incidents/:incidentId/decide': 'seen',
  'incidents/:incidentId/people': 'seen',
  'incidents/:incidentId/say': 'seen',
  'incidents/report': 'adds',
  'inquiries/:inquiryId': 'once',
  'invite-supplier': 'adds',
  'invite-supplier/program': 'adds',
  'ledger/files': 'own',
  'objections/:objectionId': 'once',
  people: 'adds',
  'people/:personId/end': 'once',
  'people/:personId/give': 'adds',
  'people/:personId/guardians': 'seen',
  'people/:personId/guardians-end': 'once',
  'people/:personId/invite': 'seen',
  'people/:personId/left': 'once',
  'people/:personId/letter': 'seen',
  'people/:personId/release': 'once',
  'requests/:requestId/council': 'adds',
  'requests/:requestId/forward': 'seen',
  'requests/:requestId/match': 'seen',
  'requests/:requestId/narrow': 'takes',
  'requests/:requestId/pass': 'seen',
  'requests/:requestId/pick': 'adds',
  'requests/:requestId/refuse': 'once',
  'requests/:requestId/release': 'once',
  'requests/:requestId/withdraw-release': 'once',
  'retention/delete': 'once',
  'retention/rule': 'seen',
  roster: 'adds',
  'roster/:uploadId/cancel': 'once',
  'roster/:uploadId/columns': 'seen',
  'roster/:uploadId/confirm': 'seen',
  'roster/senders': 'once',
  'rounds/:roundId/add/:source': 'adds',
  'rounds/:roundId/audience/save': 'seen',
  'rounds/:roundId/council': 'once',
  'rounds/:roundId/drop': 'once',
  'rounds/:roundId/figures/share': 'seen',
  'rounds/:roundId/figures/stop': 'takes',
  'rounds/:roundId/items/:itemId/change': 'once',
  'rounds/:roundId/letters': 'adds',
  'rounds/:roundId/letters/:runId/printed': 'own',
  'rounds/:roundId/next': 'adds',
  'rounds/:roundId/publish': 'seen',
  'rounds/:roundId/pupils/:personId': 'seen',
  'rounds/:roundId/pupils/:personId/stop': 'once',
  'rounds/:roundId/pupils/:personId/undo': 'once',
  'rounds/:roundId/remind': 'once',
  'rounds/:roundId/words': 'seen',
  'rounds/new': 'adds',
  'services/:proposalId': 'once',
  'services/propose': 'adds',
  settings: 'seen',
  suggestions: 'adds',
  'suggestions/:suggestionId/end': 'once',
  'transfers/:transferId/cancel': 'once',
  'transfers/:transferId/send': 'once',
  'transfers/new': 'adds',
}

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let mirjam: Visitor
let joost: Visitor
let sem: string
let kees: string
let anna: string
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  joost = await signIn(broker, app, world.people.joost.email)
  const [child] = await addFamilies(broker, world, [
    { given: 'Sem', guardians: [{ given: 'Kees' }, { given: 'Anna', email: 'anna@gezin.example' }] },
  ])
  sem = child!.id
  kees = child!.guardians[0]!
  anna = child!.guardians[1]!
})
afterAll(() => broker.close())

test('every form of the school’s pages has something that keeps two staff from undoing each other', () => {
  const posted = app.routes.filter(({ method, path }) => method === 'POST' && path.startsWith('/school/'))
  expect([...new Set(posted.map(({ path }) => path.slice('/school/'.length)))].toSorted()).toEqual(Object.keys(KEPT_BY).toSorted())
})

const request = async () => {
  broker.clock.pass({ minutes: 2 })
  // Asking is rationed by meaning: what was asked before is over.
  await broker.owner`update access_requests set withdrawn_at = ${broker.clock.now()}, refused_at = null, refused_by = null, refused_because = null`
  const { requestId } = await askSchool(
    broker.deps,
    { clientId: world.clients.organisation, supplierId: world.supplierId },
    arithmeticAsk(world, { datatypes: ['arithmetic-results', 'practice-time'] }),
  )
  return `/school/requests/${requestId}`
}
const contract = async () => {
  const agreementId = await draftAgreement(broker.deps, 'operator', {
    boardId: world.boardId,
    supplierId: world.supplierId,
    kind: 'processor',
    productAgreement: 'Productovereenkomst 2027',
    retention: 'tot einde schooljaar',
    startsAt: world.since,
    endsAt: world.until,
    services: [{ serviceId: world.serviceId }],
  })
  return `/school/contracts/${agreementId}`
}
const addendum = async () => {
  const { boardId, agreementId, serviceId, people } = world
  return `/school/addenda/${await draftAddendum(broker.deps, people.mirjam.actor, { boardId, agreementId, serviceId })}`
}
const draft = async (subjectKind: 'pupil' | 'employee' = 'pupil') => {
  const round = { title: 'Ouderovereenkomst', subjectKind, undertakings: 'Wij beloven dat.' }
  return `/school/rounds/${(await draftRound(broker.deps, world.people.mirjam.actor, round)).roundId}`
}
const proposal = async () => {
  const service = { schoolId: world.schoolId, name: 'Woordjes', link: null, why: 'Om te oefenen.' }
  await proposeService(broker.deps, world.people.pim.actor, service)
  return '/school/services'
}

/** Each: where it is, what the first sends, what the second sends from a page of before that, and what nobody may lose. */
const DANCES: Record<
  string,
  { page: () => Promise<string>; form: (page: string) => string | RegExp; first: Fields; second: Fields; shown: string[] }
> = {
  'requests/:requestId/match': {
    page: request,
    form: (page) => `${page}/match`,
    first: () => ({ person: world.people.fatima.id }),
    second: () => ({ person: sem }),
    shown: ['Fatima Amrani'],
  },
  'people/:personId/invite': {
    page: async () => `/school/people/${anna}`,
    form: (page) => `${page}/invite`,
    first: () => ({}),
    second: () => ({}),
    shown: ['Iemand was u voor.', 'ging er een uitnodiging per mail'],
  },
  'people/:personId/letter': {
    page: async () => `/school/people/${kees}`,
    form: (page) => `${page}/letter`,
    first: () => ({}),
    second: () => ({}),
    shown: ['Iemand was u voor.', 'is een brief met een code gemaakt'],
  },
  'requests/:requestId/refuse': {
    page: request,
    form: (page) => `${page}/refuse`,
    first: () => ({ because: 'Wij helpen dit kind zelf.' }),
    second: () => ({ because: 'De ouders willen dit vast niet.' }),
    shown: ['De ouders willen dit vast niet.'],
  },
  'contracts/:agreementId/check': {
    page: contract,
    form: (page) => `${page}/check`,
    first: () => ({}),
    second: () => ({}),
    shown: ['Iemand was u voor.', 'Nagekeken 16 november 2026, door Mirjam Amrani.'],
  },
  'contracts/:agreementId/reject': {
    page: contract,
    form: (page) => `${page}/reject`,
    first: () => ({ because: 'De bewaartermijn is te lang.' }),
    second: () => ({ because: 'Er staat geen telefoonnummer in.' }),
    shown: ['Er staat geen telefoonnummer in.', 'afgekeurd'],
  },
  'addenda/:addendumId/reject': {
    page: addendum,
    form: (page) => `${page}/reject`,
    first: () => ({ because: 'De bewaartermijn is te lang.' }),
    second: () => ({ because: 'Er staat geen telefoonnummer in.' }),
    shown: ['Er staat geen telefoonnummer in.', 'Bekijk hoe het nu is'],
  },
  'addenda/:addendumId/check': {
    page: addendum,
    form: (page) => `${page}/check`,
    first: () => ({}),
    second: () => ({}),
    shown: ['Bekijk hoe het nu is'],
  },
  'rounds/:roundId/council': {
    page: () => draft('employee'),
    form: (page) => `${page}/council`,
    first: () => ({ council: 'PMR', about: 'Foto’s van collega’s', on: '2026-11-02' }),
    second: () => ({ council: 'PMR', about: 'Alle rondes van dit jaar', on: '2026-11-03' }),
    shown: ['Alle rondes van dit jaar', 'Bekijk hoe het nu is'],
  },
  'services/:proposalId': {
    page: proposal,
    form: () => /\/school\/services\/[0-9a-f-]{36}/,
    first: () => ({ outcome: 'declined', answer: 'Wij hebben al iets.' }),
    second: () => ({ outcome: 'taken_up', answer: 'Mooi, dat regelen wij.' }),
    shown: ['Mooi, dat regelen wij.', 'Wij hebben al iets.'],
  },
}
type Fields = () => Record<string, string>

/**
 * What two do beside each other: where it is, what both send from one and the same page, and what of both is there after.
 */
const BESIDE: Record<
  string,
  { page: () => Promise<string>; form?: (page: string) => string; first: Fields; second: Fields; both: string[]; neither?: string[] }
> = {
  'contracts/:agreementId/say': {
    page: contract,
    first: () => ({ words: 'Wie belt Reken Plus?' }),
    second: () => ({ words: 'Ik bel ze morgen.' }),
    both: ['Wie belt Reken Plus?', 'Ik bel ze morgen.'],
  },
  'requests/:requestId/narrow': {
    page: request,
    first: () => ({ without: 'practice-time', until: '' }),
    second: () => ({ until: '2026-12-31' }),
    both: ['De school heeft deze aanvraag kleiner gemaakt.', 'tot en met 31 december 2026'],
    neither: ['oefentijd'],
  },
  'rounds/:roundId/add/:source': {
    page: () => draft(),
    form: (page) => `${page}/add/image`,
    first: () => imageFields('schoolkrant'),
    second: () => imageFields('nieuwsbrief'),
    both: ['schoolkrant', 'nieuwsbrief'],
  },
}

describe('Two staff with one form open: the second sees what the first did, and loses nothing', () => {
  test.each(Object.entries(DANCES))('%s', async (_route, { page, form, first, second, shown }) => {
    const path = await page()
    const [mine, theirs] = [await mirjam.get(path), await joost.get(path)]
    const found = form(path)
    const action = typeof found === 'string' ? found : found.exec(mine.html)![0]
    const done = await mirjam.post(action, { ...mine.fields(action), ...first() })
    expect(done.status, done.words).toBe(200)
    const late = await joost.post(action, { ...theirs.fields(action), ...second() }, { referer: `${broker.deps.issuer}${path}` })
    expect(late.status).toBe(409)
    for (const words of shown) expect(late.words).toContain(words)
  })

  test.each(Object.entries(BESIDE))('%s: what both did is there', async (route, { page, form, first, second, both, neither = [] }) => {
    const path = await page()
    const action = form?.(path) ?? `${path}/${route.split('/').at(-1)}`
    const from = form ? action : path
    const [mine, theirs] = [await mirjam.get(from), await joost.get(from)]
    for (const done of [
      await mirjam.post(action, { ...mine.fields(action), ...first() }),
      await joost.post(action, { ...theirs.fields(action), ...second() }),
    ]) {
      expect(done.status, done.words).toBe(200)
    }
    const now = await mirjam.get(path)
    for (const words of both) expect(now.words).toContain(words)
    for (const words of neither) expect(now.words).not.toContain(words)
  })

  test('rounds/:roundId/letters/:runId/printed: what one has alone, no other takes away', async () => {
    const { roundId } = await asking(broker, world).round([imageItem('schoolplein')])
    const mine = `/school/rounds/${roundId}/letters/${await askForLetters(broker.deps, world.people.mirjam.actor, { roundId, again: false })}`
    const page = await joost.get(`/school/rounds/${roundId}/letters`)
    const form = page.fields(`/school/rounds/${roundId}/letters`)
    expect((await joost.post(`${mine}/printed`, form)).status).toBe(404)
    expect((await mirjam.get(mine)).status).toBe(200)
  })

  test('of every way in which a form is kept, one is walked here', () => {
    const walked = new Set(
      [...Object.keys(DANCES), ...Object.keys(BESIDE), 'rounds/:roundId/letters/:runId/printed'].map((route) => KEPT_BY[route]),
    )
    expect(walked).toEqual(new Set(Object.values(KEPT_BY)))
  })
})
