import { expect, test } from 'vitest'
import { openBrokers, type TestBroker } from './broker.ts'
import { expectNothingBroken } from './fsck.ts'

/**
 * One thing taken out of the broker: in the statements it sends, in a function of the database, in its schema, or in its
 * code. What is done to the code is given back as what undoes it.
 */
export type Sabotage =
  | { statements: RegExp; become?: string }
  | { function: string; without: RegExp; become?: string }
  | { schema: string }
  | { code: () => (() => void) | Promise<() => void> }

/** They wait for each other by nature, and sabotaged code for what never comes: on a busy machine that takes its time. */
const PATIENT = { timeout: 240_000 }

const UNSEEN = 'the scenario fails on sabotaged code'

/** Sabotaged code may still come through a race by luck; that it does so each time means that nothing is tested. Sound code has one try. */
const SEEN = { ...PATIENT, retry: { count: 4, condition: new RegExp(UNSEEN) } }

/**
 * A test of a race or of isolation, and the proof that it tests: the same scenario runs against sabotaged code, and must
 * fail there. A sabotage that changes nothing fails too.
 *
 * What a sabotage broke stays broken, and what happened once may not happen again: each run has a broker of its own.
 *
 * @param sabotages by what they take away; several in one are for what is held twice
 * @param begin makes the broker, in a file whose other tests share one
 */
export function race(
  title: string,
  sabotages: Record<string, Sabotage | Sabotage[]>,
  scenario: () => Promise<unknown>,
  begin?: () => Promise<unknown>,
): void {
  test(title, PATIENT, async () => {
    await whole(await ownBroker(begin), scenario)
  })
  for (const [what, sabotage] of Object.entries(sabotages)) {
    test(`${title}: seen failing ${what}`, SEEN, async () => {
      const broker = await ownBroker(begin)
      await mustFail(broker, [sabotage].flat(), () => whole(broker, scenario))
      if (begin) await anew(begin)
    })
  }
}

/** As `race`, in a file whose tests share a broker that `begin` makes. */
export const raceFrom =
  (begin: () => Promise<unknown>) =>
  (title: string, sabotages: Record<string, Sabotage | Sabotage[]>, scenario: () => Promise<unknown>): void =>
    race(title, sabotages, scenario, begin)

/**
 * As `race`, of what needs no broker: the scenario is given what it tests as it is, and then each of what saboteurs made of
 * it, with which it must fail.
 */
export function raceWith<T>(
  title: string,
  sound: () => T | Promise<T>,
  sabotaged: Record<string, () => T | Promise<T>>,
  scenario: (made: T) => Promise<unknown>,
): void {
  test(title, PATIENT, async () => {
    await scenario(await sound())
  })
  for (const [what, make] of Object.entries(sabotaged)) {
    test(`${title}: seen failing ${what}`, SEEN, async () => {
      const made = await make()
      expect(await failureOf(() => scenario(made)), UNSEEN).toBeDefined()
    })
  }
}

const raced = new WeakSet<TestBroker>()

async function ownBroker(begin?: () => Promise<unknown>): Promise<TestBroker> {
  if (begin) await anew(begin)
  const broker = [...openBrokers].at(-1)
  if (!broker || raced.has(broker)) throw new Error('a race has a broker of its own')
  raced.add(broker)
  return broker
}

async function anew(begin: () => Promise<unknown>): Promise<void> {
  for (const shared of openBrokers) await shared.close()
  await begin()
}

/** The scenario, and then fsck where the world was told. */
async function whole(broker: TestBroker, scenario: () => Promise<unknown>): Promise<void> {
  await scenario()
  if (broker.told) await expectNothingBroken(broker)
}

/** Runs the scenario on sabotaged code and expects it to fail. */
async function mustFail(broker: TestBroker, sabotages: Sabotage[], scenario: () => Promise<unknown>): Promise<void> {
  const changed = await Promise.all(sabotages.map((sabotage) => inDatabase(broker, sabotage)))
  const undo = await Promise.all(sabotages.flatMap((sabotage) => ('code' in sabotage ? [Promise.resolve(sabotage.code())] : [])))
  broker.rewrite = (statement) =>
    sabotages.reduce((text, sabotage, nr) => {
      if (!('statements' in sabotage) || !sabotage.statements.test(text)) return text
      changed[nr] = true
      return text.replace(sabotage.statements, sabotage.become ?? '')
    }, statement)
  const failed = await failureOf(scenario)
  broker.rewrite = undefined
  for (const one of undo) one()
  expect(changed, 'each sabotage changed something').not.toContain(false)
  expect(failed, UNSEEN).toBeDefined()
  expect(broker.misspelt, 'a sabotage that broke a statement proves nothing').toBeUndefined()
  expect(failed!.code ?? '', failed!.stack).not.toMatch(/^42/)
}

const failureOf = (scenario: () => Promise<unknown>): Promise<(Error & { code?: string }) | undefined> =>
  scenario().then(
    () => undefined,
    (error: Error & { code?: string }) => error,
  )

/** Whether it was there to be taken out. What is not in the database shows when statements go by. */
async function inDatabase({ owner }: TestBroker, sabotage: Sabotage): Promise<boolean> {
  if ('schema' in sabotage) {
    await owner.unsafe(sabotage.schema).simple()
    return true
  }
  if ('code' in sabotage) return true
  if ('statements' in sabotage) return false
  const [row] = await owner<{ body: string }[]>`select pg_get_functiondef(${sabotage.function}::regproc) as body`
  const sabotaged = row!.body.replace(sabotage.without, sabotage.become ?? '')
  await owner.unsafe(sabotaged)
  return sabotaged !== row!.body
}

/** Takes something out of the statements that the broker sends. */
export const without = (statements: RegExp): Sabotage => ({ statements })

/** A job that one process has is there for another to take. */
export const claimedTwice: Sabotage[] = [
  without(/ for update skip locked/),
  without(/ and \(locked_until is null or locked_until <= \$\d+\)/),
]

/** Puts something else in its place. */
export const instead = (statements: RegExp, become: string): Sabotage => ({ statements, become })

/** What was noted as used is noted again, as if it had not been. */
export const takenAgain = (table: string, column: string): Sabotage[] => [
  { schema: `grant update on ${table} to consent_broker` },
  instead(new RegExp(`(?<=into "?${table}"?[\\s\\S]*)do nothing`), `do update set ${column} = excluded.${column}`),
]

/** Finds what is anybody's, where it is to find one person's own. */
export const anybodys = (table: string, column: string): Sabotage =>
  instead(new RegExp(`(?<=from "${table}"[\\s\\S]*)(?:"\\w+"\\.)?"${column}" = (\\$\\d+)`), '$1::uuid is not null')

/** Whoever looks, looks with the tasks of everybody of their board. */
export const anybodysTask = { 'where anybody’s task will do': anybodys('mandates', 'person_id') }

/** The second press of a button counts like the first. */
export const pressedAgain = { 'where a used form is taken again': takenAgain('used_forms', 'used_at') }

/** Lets staff see what was asked directly. */
export const staffSee = (table: string): Sabotage => ({
  schema: `alter policy of_its_board on ${table} using (board_id = any ((select app_boards())::uuid[]))`,
})

/** Takes the lock off rows that are read to be changed, or held. */
export const withoutRowLock = (of: string): Sabotage => ({
  statements: new RegExp(`(?<=from "${of}"[\\s\\S]*) for (no key update|update|share)`),
})

/** Takes the advisory locks away that the broker asks for in statements of its own. */
export const withoutLock: Sabotage = { statements: /pg_advisory_xact_lock\((hashtextextended\([^)]*\))\)/, become: '$1' }
