import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AccountId } from '../../src/ids.ts'
import { newId } from '../../src/ids.ts'
import { operate } from '../../src/operator/operate.ts'
import { acceptInvitation } from '../../src/people/invitations.ts'
import { copyServices, makeTwin } from '../../src/sandbox/twin.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { leafletContent } from '../support/leaflet-content.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { bundleOf, regenboog } from '../support/oneroster.ts'

let broker: TestBroker
let folder: string
beforeAll(async () => {
  broker = await freshBroker()
  folder = await mkdtemp(join(tmpdir(), 'operator-'))
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  await write('public.json', { ...(await exportJWK(publicKey)), kid: 'k1' })
  await write('private.json', { ...(await exportJWK(privateKey)), kid: 'k1' })
  const encryption = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true })
  await write('encryption.json', { ...(await exportJWK(encryption.publicKey)), kid: 'e1' })
  await write('leaflet.json', leafletContent)
})
afterAll(async () => {
  await broker.close()
  await rm(folder, { recursive: true })
})

const INSIDE = 'https://127.0.0.1/jwks'

const write = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value))
const file = (name: string) => join(folder, name)

async function run(...args: string[]) {
  const said = { out: '', err: '' }
  let opened = false
  const code = await operate(
    args,
    async () => {
      opened = true
      return { deps: broker.deps, close: async () => {} }
    },
    { out: (text) => (said.out += text), err: (text) => (said.err += text) },
  )
  return { code, opened, ...said, json: () => JSON.parse(said.out) }
}

/** A command line from a command and its options. */
function line(command: string, options: Record<string, string | string[]>): string[] {
  const given = Object.entries(options).flatMap(([name, value]) => [value].flat().flatMap((each) => [`--${name}`, each]))
  return [command, ...given]
}

const board = {
  name: 'Stichting De Waterlelie Onderwijs',
  oin: '00000099999999990001',
  school: ['De Regenboog, 99ZA, sbo, 99ZA00, 999A101', 'Lyceum De Brug, 99ZC01, vo'],
  'given-name': 'Mirjam',
  'family-name': 'Smit',
  email: 'mirjam@waterlelie.example',
}

describe('The operator begins for real', () => {
  test('a board whose first administrator comes in by invitation, then its roster', async () => {
    const made = (await run(...line('create-board', board))).json()
    const account = newId<AccountId>(broker.clock.now())
    await broker.db
      .insertInto('accounts')
      .values({ account_id: account, email: 'mirjam@waterlelie.example', created_at: broker.clock.now() })
      .execute()
    // The first got lost; the second works.
    const again = (await run('invite', '--board', '00000099999999990001', '--email', 'Mirjam@waterlelie.example')).json()
    await expect(acceptInvitation(broker.deps, account, made.invitation)).rejects.toMatchObject({ code: 'invitation_invalid' })
    expect(await acceptInvitation(broker.deps, account, again.invitation)).toEqual({ boardId: made.boardId, personId: made.personId })

    for (const [name, bytes] of bundleOf(regenboog())) await writeFile(join(await roster(), name), bytes)
    expect((await run('import-roster', '--board', made.boardId, '--from', await roster())).json()).toMatchObject({ personsAdded: 6 })
    expect((await run('list-boards')).json()).toMatchObject([
      {
        oin: '00000099999999990001',
        schools: [
          { brin: '99ZA', location: '99ZA00', rio: '999A101', sector: 'sbo' },
          { brin: '99ZC01', location: null, rio: null },
        ],
      },
    ])
    await expectLedgerWhole(broker, made.boardId)
  })

  test('a supplier with a client and a service, a holder with its own, keys rotated', async () => {
    const { supplierId, clientId } = (
      await run('create-supplier', '--name', 'Reken Plus B.V.', '--kind', 'tutoring', '--public-jwk', file('public.json'))
    ).json()
    expect(clientId).toMatch(/^[0-9a-f-]{36}$/)
    const second = [
      'create-client',
      '--supplier',
      supplierId,
      '--way',
      'ciba',
      '--client-id',
      'rekenplus-ciba',
      '--public-jwk',
      file('public.json'),
    ]
    expect((await run(...second)).json()).toMatchObject({ clientId: 'rekenplus-ciba' })
    expect(await run(...second)).toMatchObject({ code: 1, err: expect.stringContaining('client_id_taken') })
    const { serviceId } = (await run('create-service', '--supplier', supplierId, '--name', 'Dyscalculiebegeleiding', '--kind', 'I')).json()
    expect((await run('publish-leaflet', '--service', serviceId, '--from', file('leaflet.json'))).json()).toMatchObject({ version: 1 })
    const agreement = {
      board: board.oin,
      supplier: supplierId,
      kind: 'processor',
      product: 'Productovereenkomst 2026',
      retention: 'tot het einde van het schooljaar',
      from: '2026-12-01',
      until: '2027-07-31',
      service: serviceId,
    }
    const { agreementId, checkAt } = (await run(...line('draft-agreement', agreement))).json()
    expect(checkAt).toBe(`https://broker.test/school/contracts/${agreementId}`)
    expect(await run(...line('draft-agreement', { ...agreement, kind: 'controller' }))).toMatchObject({
      code: 1,
      err: expect.stringContaining('bases_missing'),
    })
    expect((await run('set-board', '--board', board.oin, '--roster-authority', 'yes')).json()).toMatchObject({
      rosterImpliesAuthority: true,
    })
    const holder = (
      await run(
        ...line('create-holder', {
          supplier: supplierId,
          name: 'Rekenrijk',
          resource: 'https://api.rekenrijk.example/',
          'data-set': 'arithmetic-results,learning-results,rekenresultaten,arithmetic results',
          'public-jwk': file('public.json'),
        }),
      )
    ).json()
    const format = (...options: string[]) => run('change-token-format', '--holder', holder.holderId, ...options)
    expect(await format('--token-format', 'jwe', '--encryption-jwk', file('encryption.json'))).toMatchObject({ code: 0 })
    expect((await run('list-suppliers')).json().holders).toMatchObject([{ tokenFormat: 'jwe' }])
    expect((await format('--token-format', 'jwe')).err).toContain('--encryption-jwk goes with --token-format jwe')
    expect((await format('--token-format', 'paper')).err).toContain('--token-format is one of jwt, jwe, opaque')
    expect((await format('--token-format', 'jwe', '--encryption-jwk', file('public.json'))).err).toContain('client_key_invalid')
    const covenant = (...days: string[]) => run('set-covenant', '--supplier', supplierId, ...days)
    expect(await covenant('--joined', '2016-06-01')).toMatchObject({ code: 0 })
    expect(await covenant('--joined', '2016-06-01', '--left', '2015-01-01'), 'C30').toMatchObject({
      code: 1,
      err: expect.stringContaining('input_invalid'),
    })
    expect((await covenant('--joined', 'lang geleden')).err).toContain('joined')
    const party = ['--address', 'Bedrijfsweg 2', '--registration', 'KvK 12345678', '--representative', 'Jo Smit, directeur']
    expect(await run('set-supplier-party', '--supplier', supplierId, ...party), 'M01').toMatchObject({ code: 0 })
    await run('suspend-supplier', '--supplier', supplierId, '--because', 'breach')
    const { twinId } = await makeTwin(broker.deps, supplierId)
    await copyServices(broker.deps, supplierId, twinId)
    const listed = (await run('list-suppliers')).json()
    expect(listed).toMatchObject({ suppliers: [{ supplierId, suspendedAt: expect.any(String) }], holders: [{ holderId: holder.holderId }] })
    expect(
      [listed.suppliers, listed.services, listed.holders, listed.clients].map(({ length }) => length),
      'none of a sandbox',
    ).toEqual([1, 1, 1, 3])
    const rotated = (await run('rotate-keys')).json()
    expect(rotated).toHaveLength(6)
    expect(await run('remove-key', '--kid', rotated[0].kid)).toMatchObject({ code: 0 })
    await expectLedgerWhole(broker)
  })
})

test('fsck tells that all holds, and fails when it does not', async () => {
  expect(await run('fsck')).toMatchObject({ code: 0, err: '', out: expect.stringContaining('INV-04  holds') })
  await broker.owner`update ledger set actor = 'job' where chain = 'operator' and seq = 1`
  expect(await run('fsck')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('INV-04  BROKEN') })
})

let made: Promise<string> | undefined
function roster(): Promise<string> {
  made ??= mkdtemp(join(folder, 'roster-'))
  return made
}

describe('What is wrong is told clearly, and nothing is done', () => {
  test.each<[string, () => string[], 1 | 2, RegExp]>([
    ['an unknown command', () => ['make-board'], 2, /no command "make-board"[\s\S]*create-board/],
    ['a command that every object has', () => ['constructor'], 2, /no command/],
    [
      'options missing',
      () => ['create-board', '--name', 'X'],
      2,
      /--oin is missing\n--school is missing[\s\S]*npm run operator -- create-board/,
    ],
    ['an unknown option', () => ['list-boards', '--verbose'], 2, /no option --verbose/],
    ['an option without its value', () => ['rotate-keys', '--kind'], 2, /--kind needs KIND/],
    ['an option twice', () => ['remove-key', '--kid', 'a', '--kid', 'b'], 2, /--kid is given twice/],
    ['something that belongs nowhere', () => ['list-boards', 'now'], 2, /"now" belongs to no option/],
    ['a value that is not well formed', () => line('create-board', { ...board, oin: '123' }), 2, /oin: is an OIN/],
    ['a school of two parts', () => ['add-school', '--board', 'x', '--school', 'De Regenboog,99ZA'], 2, /NAME,BRIN,SECTOR/],
    ['a board that is not there', () => ['add-school', '--board', '00000099999999990009', '--school', 'X,99ZB,so'], 1, /board_not_found/],
    ['a board by a word', () => ['import-roster', '--board', 'waterlelie', '--from', folder], 1, /board_not_found/],
    ['a file that is not there', () => supplier('nowhere.json'), 2, /there is no file/],
    ['a private key', () => supplier('private.json'), 1, /client_key_invalid/],
    [
      'an address of keys that nobody else can reach',
      () => line('create-supplier', { name: 'X', kind: 'care', 'jwks-uri': INSIDE }),
      1,
      /jwks_uri_invalid[\s\S]*https, on port 443/,
    ],
    [
      'a way back that is none',
      () => [...supplier('public.json'), '--way', 'redirect', '--redirect-uri', 'http://x.example/'],
      1,
      /redirect_uri_invalid/,
    ],
    ['a kind of key that is none', () => ['rotate-keys', '--kind', 'tokens'], 2, /--kind is one of access_token/],
    ['an id that is none', () => ['create-service', '--supplier', 'x', '--name', 'X', '--kind', 'I'], 2, /supplier: /],
  ])('%s', async (_, args, code, says) => {
    const entries = () => broker.owner`select count(*)::int from ledger`
    const before = await entries()
    const ran = await run(...args())
    expect(ran).toMatchObject({ code, out: '', err: expect.stringMatching(says) })
    expect(await entries()).toEqual(before)
  })

  const supplier = (key: string) => line('create-supplier', { name: 'X', kind: 'care', 'public-jwk': file(key) })

  test('a wrong roster: every error with its place', async () => {
    const wrong = await mkdtemp(join(folder, 'wrong-'))
    const rows = regenboog()
    rows.users[0]!.givenName = ''
    rows.roles[1]!.role = 'ouder'
    for (const [name, bytes] of bundleOf(rows)) await writeFile(join(wrong, name), bytes)
    const { err, code } = await run('import-roster', '--board', '00000099999999990001', '--from', wrong)
    expect(code).toBe(1)
    expect(err).toMatch(/roster_invalid[\s\S]*users.csv, line 2, givenName: is required[\s\S]*roles.csv, line 3, role: /)
  })

  test('help opens no database; nothing at all is not understood', async () => {
    for (const args of [['help'], ['--help'], ['help', 'create-board'], ['create-board', '--help']]) {
      expect(await run(...args)).toMatchObject({ code: 0, opened: false, err: '', out: expect.stringContaining('npm run operator --') })
    }
    expect(await run()).toMatchObject({ code: 2, opened: false })
    expect((await run('create-board', '--name', 'X')).opened).toBe(false)
  })

  test('as a process: its exit code, and a configuration that is wrong', async () => {
    const process = (args: string[], env: Record<string, string> = {}) =>
      new Promise<{ code: number; out: string; err: string }>((done) => {
        execFile(
          'node',
          [resolve(import.meta.dirname, '../../src/operator.ts'), ...args],
          { env: { PATH: globalThis.process.env.PATH!, ...env } },
          (error, out, err) => done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
        )
      })
    expect(await process(['help'])).toMatchObject({ code: 0, err: '' })
    expect(await process(['nothing'])).toMatchObject({ code: 2, out: '' })
    expect(await process(['list-boards'], { DATABASE_URL: 'mysql://x' })).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('DATABASE_URL'),
    })
  })
})
