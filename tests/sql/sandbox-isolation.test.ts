import { expect } from 'vitest'
import { servicesOf } from '../../src/catalog/store.ts'
import type { ClientId, SupplierId } from '../../src/ids.ts'
import { askSchool } from '../../src/requests/ask-school.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { directServices } from '../../src/requests/suggest.ts'
import { copyServices, makeTwin, resourceOf } from '../../src/sandbox/twin.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { instead, raceFrom } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let twinId: SupplierId

async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  ;({ twinId } = await makeTwin(broker.deps, world.supplierId))
  await copyServices(broker.deps, world.supplierId, twinId)
}

const race = raceFrom(begin)

race(
  'A program under test finds no real school (INV-07)',
  {
    'where an address is one of any world': instead(/(?<=from "board_directory"[\s\S]*)"world" = (\$\d+)/, '$1::uuid is not null'),
  },
  async () => {
    const [service] = await servicesOf(broker.db, twinId)
    const ask = askSchool(
      broker.deps,
      { clientId: 'proef' as ClientId, supplierId: twinId },
      {
        addressedTo: { scheme: 'BRIN', value: '99ZA' },
        serviceId: service!.serviceId,
        resource: resourceOf(broker.deps.issuer, twinId),
        datatypes: ['learning-results'],
        purpose: '5.1.a',
        startsAt: broker.clock.now(),
        endsAt: new Date('2026-12-20T23:00:00Z'),
        occasion: 'Een proef.',
        reason: { nl: 'Een proef.' },
        subjects: 'school_picks',
      },
    )
    await expect(ask).rejects.toMatchObject({ code: 'board_not_found' })
  },
)

race(
  'A real parent hands no link code to a program under test (INV-07)',
  { 'where every supplier is of every world': instead(/"b"\."world" = "s"\."world"/, 'true') },
  async () => {
    const code = makeLinkCode(broker.deps, world.people.nadia.actor, { subjectId: world.people.fatima.id, supplierId: twinId })
    await expect(code).rejects.toMatchObject({ code: 'supplier_not_found' })
  },
)

race(
  'The database lets no supplier look at a board of another world, and no real address or link go (INV-07)',
  {
    'without the board’s side of the link': { schema: 'alter table supplier_boards drop constraint supplier_boards_board_of_the_world' },
    'without the supplier’s side of the link': {
      schema: 'alter table supplier_boards drop constraint supplier_boards_supplier_of_the_world',
    },
    'where links of any world go': { schema: 'drop trigger real_links_stay on supplier_boards' },
    'where addresses of any world move': { schema: 'drop trigger real_addresses_stay on board_directory' },
  },
  async () => {
    const link = { supplier_id: twinId, board_id: world.boardId, linked_at: broker.clock.now() }
    for (const of of [{}, { world: world.supplierId }]) {
      await expect(
        broker.db
          .insertInto('supplier_boards')
          .values({ ...link, ...of })
          .execute(),
      ).rejects.toThrow(/of_the_world/)
    }
    await expect(broker.db.deleteFrom('supplier_boards').where('board_id', '=', world.boardId).execute()).rejects.toThrow(/is real/)
    const move = broker.db.updateTable('board_directory').set({ school_id: null }).where('board_id', '=', world.boardId)
    await expect(move.execute()).rejects.toThrow(/is real/)
  },
)

race(
  'A service of a sandbox stands in no list of services that people are offered (INV-07)',
  { 'where a list is of every world': instead(/and p\.world = (\$\d+)/, 'and $1::uuid is not null') },
  async () => {
    await broker.owner`
      insert into clients (client_id, supplier_id, way, name, jwks, registered_at) values ('proef', ${twinId}, 'ciba', 'Proef', '{"keys":[]}', now())`
    expect((await directServices(broker.db)).map(({ serviceId }) => serviceId)).toEqual([world.serviceId])
  },
)
