import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type postgres from 'postgres'
import type { PersonActor } from '../../src/actors.ts'
import { addItem } from '../../src/consents/draft-items.ts'
import { draftRound } from '../../src/consents/draft-round.ts'
import { publishRound } from '../../src/consents/publish-round.ts'
import { openDatabase } from '../../src/database.ts'
import type { Deps } from '../../src/deps.ts'
import { type AccountId, type BoardId, type MandateId, newId, type PersonId, type SchoolId } from '../../src/ids.ts'
import { createBoard } from '../../src/people/create-board.ts'
import { readFolderOrZip } from '../../src/people/oneroster/read-folder.ts'
import { importFiles } from '../../src/people/take-in-roster.ts'
import { type BenchDatabase, benchDatabase } from './database.ts'
import type { Row } from './report.ts'
import { SCHOOLS, writeRosterBundle } from './roster-bundle.ts'

/** (d) A roster of 100,000 users through reading, checking and comparing, beside a bare COPY of the rows it makes. */
export async function benchRoster(): Promise<Row[]> {
  return await withBoard(async ({ deps, boardId, folder, owner }) => {
    const users = 100_000
    await writeRosterBundle(folder, users)
    const ours = await seconds(async () => importFiles(deps, { boardId, by: 'operator' }, await readFolderOrZip(folder)))
    const loaded = { rows: 0, bare: 0, keyed: 0 }
    for (const table of ['persons', 'enrolments', 'guardianships']) {
      const content = await buffer(await owner`copy ${owner(table)} to stdout`.readable())
      const load = async (into: string) => {
        return await seconds(async () => pipeline(Readable.from([content]), await owner`copy ${owner(into)} from stdin`.writable()))
      }
      await likeWithKeys(owner, table, 'keyed')
      await owner`create table ${owner(`bare_${table}`)} (like ${owner(table)} including all)`
      loaded.bare += await load(`bare_${table}`)
      loaded.keyed += await load(`keyed_${table}`)
      loaded.rows += (await owner`select count(*)::int as n from ${owner(table)}`)[0]!.n as number
    }
    const row = (peer: number, beside: string, aim: string): Row => ({
      what: `(d) OneRoster bundle of ${users} users, ${loaded.rows} rows`,
      ours: `${ours.toFixed(2)} s`,
      peer: `${peer.toFixed(2)} s bare COPY of the same rows, ${beside}`,
      ratio: ours / peer,
      aim,
    })
    return [
      row(loaded.keyed, 'into the same tables, their keys and indexes included', '≤ 4 × COPY'),
      row(loaded.bare, 'into tables that hold no foreign keys', 'to know'),
    ]
  })
}

/** (e) Opening a round of 12 schools × 300 pupils × 15 items, beside a bare INSERT … SELECT of as many rows. */
export async function benchRound(): Promise<Row[]> {
  return await withBoard(async ({ deps, boardId, schoolIds, actor, folder, owner }) => {
    await writeRosterBundle(folder, 9_000)
    await importFiles(deps, { boardId, by: 'operator' }, await readFolderOrZip(folder))
    const { roundId } = await draftRound(deps, actor, {
      title: 'Ouderovereenkomst',
      subjectKind: 'pupil',
      undertakings: 'De school past op de gegevens.',
    })
    for (const channel of ['website', 'nieuwsbrief', 'schoolgids', 'schoolkrant', 'ouderapp']) {
      for (const medium of ['photo', 'video', 'sound'] as const) {
        await addItem(deps, actor, roundId, {
          legalBasis: 'consent',
          image: { channel, medium },
          purpose: 'image',
          occasion: 'het schooljaar',
          reason: { nl: 'De school laat graag zien wat kinderen doen.' },
          alternative: { nl: 'Uw kind staat er niet herkenbaar op.' },
        })
      }
    }
    await owner`analyze`
    let asked = { subjects: 0, consents: 0 }
    const ours = await seconds(async () => {
      asked = await publishRound(deps, actor, { roundId, audience: { schools: schoolIds, groups: [], persons: [] } })
    })
    await likeWithKeys(owner, 'consents', 'keyed')
    const peer = await seconds(() => owner`insert into keyed_consents select * from consents`)
    return [
      {
        what: `(e) opening a round: ${asked.subjects} pupils, ${asked.consents} consents`,
        ours: `${ours.toFixed(2)} s`,
        peer: `${peer.toFixed(2)} s bare INSERT … SELECT into the same table, its keys and indexes included`,
        ratio: ours / peer,
        aim: '≤ 2 × the bare insert',
      },
    ]
  })
}

/** An empty table `prefix_table` with the indexes and foreign keys of another: what a bare load of its rows has to keep to. */
async function likeWithKeys(owner: postgres.Sql, table: string, prefix: string): Promise<void> {
  await owner`create table ${owner(`${prefix}_${table}`)} (like ${owner(table)} including all)`
  const keys = await owner`select pg_get_constraintdef(oid) as key from pg_constraint where conrelid = ${table}::regclass and contype = 'f'`
  for (const { key } of keys) await owner.unsafe(`alter table ${prefix}_${table} add ${key}`)
}

export interface BoardBench {
  deps: Deps
  boardId: BoardId
  schoolIds: SchoolId[]
  actor: PersonActor
  folder: string
  owner: postgres.Sql
  url: string
  ownerUrl: string
}

/** A board with twelve schools and a member of staff who may do everything, on a cluster of its own. */
export async function withBoard(measure: (bench: BoardBench) => Promise<Row[]>): Promise<Row[]> {
  const database: BenchDatabase = await benchDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'consent-broker-roster-'))
  const db = openDatabase({ url: database.cluster.url, max: 4, statementTimeout: 120_000 })
  const silent = () => {}
  const deps: Deps = {
    db,
    now: () => new Date('2026-09-01T10:00:00+02:00'),
    log: { debug: silent, info: silent, warning: silent, error: silent },
    issuer: 'https://broker.test',
    secret: 'A'.repeat(43),
    afterwards: silent,
    trustedProxies: 0,
    outsideFetch: () => Promise.reject(new Error('not in a benchmark')),
    allowedLoopback: [],
    identityProviders: [],
    sendMail: async () => {},
  }
  try {
    const { boardId, schoolIds, personId } = await createBoard(deps, {
      name: 'Stichting Twaalf Scholen',
      oin: '00000099999999990001',
      schools: SCHOOLS.map((school) => ({ ...school, sector: 'po' as const })),
      administrator: { givenName: 'A', familyName: 'B', email: 'a@school.example' },
    })
    for (const role of ['school_leader', 'consent_officer']) {
      await database.owner`insert into mandates (board_id, mandate_id, person_id, role, starts_at) values (${boardId}, ${newId<MandateId>(deps.now())}, ${personId}, ${role}, ${deps.now()})`
    }
    const actor: PersonActor = { accountId: newId<AccountId>(deps.now()), boardId, personId: personId as PersonId }
    return await measure({
      deps,
      boardId,
      schoolIds,
      actor,
      folder,
      owner: database.owner,
      url: database.cluster.url,
      ownerUrl: database.cluster.ownerUrl,
    })
  } finally {
    await db.destroy()
    await database.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
