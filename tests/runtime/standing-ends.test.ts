import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { endAgreement } from '../../src/agreements/end-agreement.ts'
import { endOnward } from '../../src/agreements/onward.ts'
import type { Approach } from '../../src/approach.ts'
import { suspendSupplier } from '../../src/catalog/suspend.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { endEnrolment } from '../../src/people/end-enrolment.ts'
import { withdrawRelease } from '../../src/requests/withdraw-release.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import type { Counts, Issuing, Way } from '../support/issuing.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const ISSUERS = 20
/** In all, over the facts of both approaches: `ROUNDS=2000` for the whole proof, which takes as long as it takes. */
const ROUNDS = Number(process.env.ROUNDS ?? 39)

let broker: TestBroker
let world: SmallWorld
let given: Record<Approach, Awaited<ReturnType<typeof consented>>>
let identifier: string

/** Every fact that ends standing, by the command that ends it. */
const FACTS: Record<string, (approach: Approach) => Promise<unknown>> = {
  'an answer': (approach) => asking(broker, world).answer(world.people.karim, given[approach].consentId, 'no'),
  'a withdrawal': (approach) => withdrawConsent(broker.deps, world.people.nadia.actor, given[approach].consentId),
  'a release': (approach) => withdrawRelease(broker.deps, world.people.mirjam.actor, given[approach].requestId),
  'an agreement': (approach) => {
    const agreementId = approach === 'organisation' ? world.agreementId : world.holderAgreementId
    return endAgreement(broker.deps, world.people.ruud.actor, { agreementId, because: 'test' })
  },
  'an enrolment': () => endEnrolment(broker.deps, world.people.mirjam.actor, world.tenures.fatima!),
  'a suspension': () => suspendSupplier(broker.deps, { supplierId: world.supplierId, because: 'test' }),
  'an onward clause': () =>
    endOnward(broker.deps, world.people.ruud.actor, {
      agreementId: world.holderAgreementId,
      holderId: world.holderId,
      datatypes: ['arithmetic-results'],
    }),
}
/** How tokens are got while it ends, and what of it there is: nobody releases what was given directly. */
const APPROACHES: Record<Approach, { how: string; ways: Way[]; facts: string[] }> = {
  organisation: { how: 'by way of the school', ways: ['release'], facts: Object.keys(FACTS) },
  subject: {
    how: 'by code, refresh token and CIBA',
    ways: ['code', 'refresh', 'ciba'],
    facts: Object.keys(FACTS).filter((fact) => fact !== 'a release'),
  },
}

/** What the commands change, with its key: put back as it was after each round. */
const CHANGED: Record<string, string> = {
  consents: 'consent_id',
  releases: 'release_id',
  supplier_agreements: 'agreement_id',
  agreement_services: 'agreement_id',
  enrolments: 'enrolment_id',
  suppliers: 'supplier_id',
  onward_clauses: 'clause_id',
  access_requests: 'request_id',
}

beforeAll(async () => {
  const made = await freshBroker({ at: new Date().toISOString() })
  const now = () => new Date()
  broker = { ...made, deps: { ...made.deps, now }, clock: { ...made.clock, now } }
  world = await smallWorld(broker)
  given = { organisation: await consented(broker, world), subject: await consented(broker, world, { approach: 'subject' }) }
  identifier = await pseudonymOf(broker, world, world.people.fatima.id)
  for (const table of Object.keys(CHANGED)) await broker.owner.unsafe(`create table before_${table} as select * from ${table}`)
  const columns = await broker.owner<{ table: string; column: string }[]>`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = current_schema() and is_generated = 'NEVER' order by 1, ordinal_position`
  const sets = Object.entries(CHANGED).map(([table, key]) => {
    const names = columns.filter((one) => one.table === table).map(({ column }) => column)
    const set = names.map((name) => `${name} = b.${name}`).join(', ')
    return `update ${table} t set ${set} from before_${table} b where t.${key} = b.${key} and (t.*) is distinct from (b.*)`
  })
  restore = async () => {
    await broker.owner.unsafe(`delete from answers where decider_id = '${world.people.karim.id}'; ${sets.join('; ')}`).simple()
  }
}, 120_000)
let restore: () => Promise<void>
afterEach(() => restore())
/** Once nobody issues any more: what was got after the last round is live, as it should be, and belongs to no other. */
const forgetTokens = () => broker.owner.unsafe('delete from token_supports; delete from tokens').simple()
afterAll(() => broker?.close())

/** Twenty that get tokens on the same consent without a pause, in two processes. */
function issuers(approach: Approach) {
  const { boardId, clients, supplierId, resource, holderId } = world
  const { deps } = broker
  const { consentId, endsAt } = given[approach]
  const { ways } = APPROACHES[approach]
  const issuing: Issuing = {
    url: broker.url,
    secret: deps.secret,
    issuer: deps.issuer,
    issuers: ISSUERS / 2,
    ways,
    supplierId,
    clients: { release: clients.organisation, code: clients.redirect, ciba: clients.ciba },
    wish: { resource, datatypes: ['arithmetic-results'], purpose: '5.1.a', identifiers: [identifier], batch: false },
    given: { boardId, consentId, holderId, datatypes: ['arithmetic-results'], until: endsAt.toISOString() },
  }
  const script = new URL('../support/issuing.ts', import.meta.url)
  const told = new Map<ChildProcess, Counts>()
  for (let nr = 0; nr < 2; nr++) {
    const child = fork(script, [JSON.stringify(issuing)], { execArgv: [] })
    told.set(child, { issued: Array(ISSUERS / 2).fill(0), refused: Array(ISSUERS / 2).fill(0), other: [] })
    child.on('message', (counts: Counts) => told.set(child, counts))
  }
  let stopped = false
  const each = (of: 'issued' | 'refused') => [...told.values()].flatMap((counts) => counts[of])
  return {
    /** Waits until every one of them had one more of these. */
    everyone: async (of: 'issued' | 'refused') => {
      const before = each(of)
      while (!stopped && each(of).some((count, nr) => count === before[nr])) {
        expect(
          [...told.values()].flatMap(({ other }) => other),
          'nothing but a token or the one refusal',
        ).toEqual([])
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    },
    stop: async () => {
      stopped = true
      const gone = [...told.keys()].map((child) => once(child, 'exit'))
      for (const child of told.keys()) child.send('stop')
      await Promise.all(gone)
    },
  }
}

type Issuers = ReturnType<typeof issuers>

const live = async () => (await broker.owner<{ n: number }[]>`select count(*)::int as n from tokens where ended_at is null`)[0]!.n

/** As many rounds of one fact. @returns in how many of them something lived on */
async function race(
  { everyone }: Issuers,
  fact: string,
  approach: Approach,
  rounds: number,
  { untilCaught = false } = {},
): Promise<number> {
  let outlived = 0
  for (let round = 0; round < rounds && !(untilCaught && outlived > 0); round++) {
    await everyone('issued')
    await FACTS[fact]!(approach)
    const atOnce = await live()
    // By then every one that was under way at the acknowledgement is through.
    await everyone('refused')
    if (atOnce + (await live()) > 0) outlived += 1
    await restore()
    // As autovacuum would have done by then: plans made while the tables were empty read them whole.
    if (round % 20 === 19) await broker.owner`analyze tokens, token_supports`
  }
  return outlived
}

/** Of each fact, against the issuers of each approach. */
const rounds = Math.ceil(ROUNDS / Object.values(APPROACHES).flatMap(({ facts }) => facts).length)

describe.each((Object.keys(APPROACHES) as Approach[]).map((approach) => ({ approach, ...APPROACHES[approach] })))(
  `Each fact that ends standing against ${ISSUERS} issuers on two processes, ${ROUNDS} rounds in all (INV-01), $how`,
  ({ approach, facts }) => {
    let running: Issuers
    beforeAll(() => {
      running = issuers(approach)
    })
    afterAll(async () => {
      await running.stop()
      await expectLedgerWhole(broker, world.boardId)
      await forgetTokens()
    })

    test.each(facts)('%s: no live token after it was acknowledged', { timeout: 120_000 + rounds * 10_000 }, async (fact) => {
      expect(await race(running, fact, approach, rounds)).toBe(0)
      const [bits] = await broker.owner<{ n: number }[]>`
        select count(*)::int as n from tokens t join status_entries e on e.list_id = t.status_list_id and e.index = t.status_index
        where t.ended_at is not null and e.set_at is null`
      expect(bits!.n, 'every one that ended has its bit').toBe(0)
    })
  },
)

/** The functions that hold what standing leans on, as they are. */
const locking = async () =>
  await broker.owner<{ body: string }[]>`
    select pg_get_functiondef(oid) as body from pg_proc
    where pronamespace = current_schema()::regnamespace and prosrc ilike '%for share%'`

/** Takes their locks away. @returns what puts them back */
async function withoutLocks(): Promise<() => Promise<void>> {
  const sound = await locking()
  expect(sound.length).toBeGreaterThan(0)
  for (const { body } of sound) await broker.owner.unsafe(body.replaceAll(/ for share/gi, ''))
  return async () => {
    for (const { body } of sound) await broker.owner.unsafe(body)
  }
}

/** Takes the locks where the ids are looked up for the reading: by then its snapshot is that of before the wait. */
async function lockedWhileRead(): Promise<() => Promise<void>> {
  const { owner } = broker
  const locks = [
    'perform from boards for share',
    'perform from suppliers order by supplier_id for share',
    'perform from holders for share',
    'perform from supplier_agreements order by agreement_id for share',
    'perform from releases order by release_id for share',
    'perform from access_requests for share',
    'perform from enrolments for share',
    'perform from persons order by person_id for share',
    'perform from consents order by consent_id for share',
  ]
  const role = decodeURIComponent(new URL(broker.url).username)
  const database = new URL(broker.url).pathname.slice(1)
  const putBack = await withoutLocks()
  await owner.unsafe(`
    create sequence looked_up; grant usage on looked_up to public;
    create function public.current_setting(name text) returns text language plpgsql volatile as $$
    begin
      if name = 'app.held_consents' and pg_catalog.current_setting(name, true) <> '{}' then
        perform nextval('looked_up');
        ${locks.join('; ')};
      end if;
      return pg_catalog.current_setting(name);
    end $$;
    grant execute on function public.current_setting(text) to public;
    alter role ${role} in database ${database} set search_path = public, pg_catalog`)
  return async () => {
    const [looked] = await owner`select last_value from looked_up`
    await owner.unsafe(
      `alter role ${role} in database ${database} reset search_path; drop function public.current_setting(text); drop sequence looked_up`,
    )
    await putBack()
    expect(Number(looked!.last_value)).toBeGreaterThan(2)
  }
}

const SABOTEURS = { 'without a lock': withoutLocks, 'with the standing read in the statement that locks': lockedWhileRead }

describe.each(Object.entries(APPROACHES) as [Approach, (typeof APPROACHES)[Approach]][])('%s', (approach, { how, facts }) => {
  describe.each(Object.entries(SABOTEURS))(`The saboteur is caught, %s, ${how}`, (_what, sabotage) => {
    let running: Issuers
    let putBack: () => Promise<void>
    // The issuers come after it: what a connection was told at its beginning it keeps.
    beforeAll(async () => {
      putBack = await sabotage()
      running = issuers(approach)
    })
    afterAll(async () => {
      await running.stop()
      await putBack()
      await forgetTokens()
    })

    // What outlives one fact the next one ends, for all lean on the same: whatever is live after it was got around it.
    test.each(facts)('a token outlives %s', { timeout: 240_000 }, async (fact) => {
      expect(await race(running, fact, approach, 500, { untilCaught: true })).toBe(1)
    })
  })
})
