import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { UploadId } from '../../src/ids.ts'
import { addSchool } from '../../src/people/create-board.ts'
import type { CsvMapping } from '../../src/people/csv-roster/fields.ts'
import { confirmRoster } from '../../src/rosters/confirm-roster.ts'
import { mapColumns } from '../../src/rosters/map-columns.ts'
import { uploadRoster } from '../../src/rosters/upload-roster.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { bundleOf, eckIdOf, regenboog, zipOf } from '../support/oneroster.ts'
import { afterWork, inState, uploadNow } from '../support/roster-work.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await broker.owner`delete from guardianships`
  await broker.owner`delete from enrolments`
  await broker.owner`update persons set eck_id = null`
})
afterEach(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})

const bytes = (text: string) => new TextEncoder().encode(text)
const mirjam = () => world.people.mirjam.actor
const send = (content: Uint8Array) => uploadRoster(broker.deps, mirjam(), content)
const worked = (uploadId: UploadId) => afterWork(broker, world.boardId, uploadId)
const take = async (uploadId: UploadId) => {
  const { changesHash } = inState(await worked(uploadId), 'waiting')
  await confirmRoster(broker.deps, mirjam(), { uploadId, changesHash: changesHash.toString('hex'), endsMuch: true })
  return inState(await worked(uploadId), 'taken')
}
const edexml = (...pupils: [key: string, given: string, family: string, birth: string, eck?: string][]) =>
  bytes(
    `<EDEX><school><brincode>99ZA</brincode><dependancecode>00</dependancecode></school><groepen><groep key="6"><naam>6A</naam></groep></groepen><leerlingen>${pupils
      .map(
        ([key, given, family, birth, eck]) =>
          `<leerling key="${key}"${eck ? ` eckid="${eck}"` : ''}><achternaam>${family}</achternaam><roepnaam>${given}</roepnaam><geboortedatum>${birth}</geboortedatum><groep key="6"/></leerling>`,
      )
      .join('')}</leerlingen></EDEX>`,
  )
const MAPPING: CsvMapping = {
  about: 'pupils',
  brin: '99ZA',
  columns: {
    number: 'nr',
    given: 'roepnaam',
    family: 'achternaam',
    birth: 'geboren',
    'g1.given': 'ouder',
    'g1.family': 'ouder achternaam',
    'g1.authority': 'gezag',
  },
}
const csv = (...rows: string[]) => bytes(['nr;roepnaam;achternaam;geboren;ouder;ouder achternaam;gezag', ...rows].join('\n'))
const pupils = async () =>
  (
    await broker.owner`
      select p.given_name, p.source_id, p.birth_date::text, e.group_name from persons p
      join enrolments e on e.person_id = p.person_id where e.ends_at is null order by 1`
  ).map((row) => Object.values(row).join(' '))
const guardians = async () =>
  (
    await broker.owner`
      select g.given_name as guardian, p.given_name as pupil, r.authority, r.source from guardianships r
      join persons g on g.person_id = r.guardian_id join persons p on p.person_id = r.pupil_id where r.ends_at is null order by 1, 2`
  ).map((row) => Object.values(row).join(' '))

describe('Two systems that speak of the same pupils', () => {
  test('one brings the groups, the other the parents: the pupils are one and the same', async () => {
    await take(await send(edexml(['17', 'Fatima', 'Amrani', '2017-03-14', eckIdOf('fatima')], ['18', 'Ali', 'Yıldız', '2014-05-02'])))
    expect(await pupils()).toEqual(['Ali edexml:99ZA00:18 2014-05-02 6A', 'Fatima edexml:99ZA00:17 2017-03-14 6A'])
    const list = await send(csv('901;Fatima;Amrani;14-3-2017;Nadia;Amrani;ja', '902;Ali;Yildiz;2-5-2014;Elif;Yildiz;'))
    inState(await worked(list), 'mapping')
    await mapColumns(broker.deps, mirjam(), { uploadId: list, mapping: MAPPING })
    const { preview } = await take(list)
    expect(preview?.counts).toMatchObject({ newPupils: 0, left: 0, guardiansGained: 2 })
    expect(await guardians()).toEqual(['Elif Ali unknown roster_column', 'Nadia Fatima yes roster_column'])
    // And neither takes from the other what it does not speak of.
    await take(await send(edexml(['17', 'Fatima', 'Amrani', '2017-03-14', eckIdOf('fatima')], ['18', 'Ali', 'Yıldız', '2014-05-02'])))
    expect(await guardians()).toHaveLength(2)
    expect(await pupils()).toHaveLength(2)
  })

  test('two with the same name and birthday but another ECK iD are two; and so are two of the same file', async () => {
    await take(await send(edexml(['1', 'Jan', 'Bos', '2015-01-01', eckIdOf('a')])))
    await take(await send(edexml(['2', 'Jan', 'Bos', '2015-01-01', eckIdOf('b')], ['1', 'Jan', 'Bos', '2015-01-01', eckIdOf('a')])))
    expect(await pupils()).toHaveLength(2)
    await take(await send(edexml(['3', 'Jan', 'Bos', '2015-01-01'], ['4', 'Jan', 'Bos', '2015-01-01'])))
    expect((await broker.owner`select from persons where given_name = 'Jan'`).length, 'of two namesakes nobody knows which').toBe(4)
  })

  test('an ECK iD is the same human under whatever id', async () => {
    await take(await send(edexml(['17', 'Faatje', 'Amrani', '2017-03-14', eckIdOf('fatima')])))
    await take(await send(await zipOf(bundleOf(regenboog()))))
    expect(await broker.owner`select given_name, source_id from persons where eck_id = ${eckIdOf('fatima')}`).toEqual([
      { given_name: 'Fatima', source_id: 'edexml:99ZA00:17' },
    ])
  })

  test('what one does not know it does not wipe out', async () => {
    await take(await send(await zipOf(bundleOf(regenboog()))))
    const rows = regenboog()
    const { demographics: _, ...without } = rows
    await take(await send(await zipOf(bundleOf(without))))
    const [fatima] = await broker.owner`select birth_date::text from persons where source_id = 'u-fatima'`
    expect(fatima).toEqual({ birth_date: '2017-03-14' })
  })
})

describe('The columns of a CSV file', () => {
  test('are named once: the next file that looks the same is read without asking', async () => {
    const first = await send(csv('1;Lotte;Kok;1-12-2015;Kees;Kok;nee'))
    const { toMap } = inState(await worked(first), 'mapping')
    expect(toMap).toEqual({
      header: ['nr', 'roepnaam', 'achternaam', 'geboren', 'ouder', 'ouder achternaam', 'gezag'],
      rows: [['1', 'Lotte', 'Kok', '1-12-2015', 'Kees', 'Kok', 'nee']],
    })
    await mapColumns(broker.deps, mirjam(), { uploadId: first, mapping: MAPPING })
    await take(first)
    expect(await guardians()).toEqual(['Kees Lotte no roster_column'])
    inState(await worked(await send(csv('1;Lotte;Kok;1-12-2015;Kees;Kok;ja'))), 'waiting')
    inState(await worked(await send(bytes('nr;naam\n1;Lotte'))), 'mapping')
  })

  test('and with several schools it is asked each time of which one the file is, unless a column says it', async () => {
    const first = await send(csv('1;Lotte;Kok;1-12-2015;Kees;Kok;nee'))
    await worked(first)
    await mapColumns(broker.deps, mirjam(), { uploadId: first, mapping: MAPPING })
    await take(first)
    await addSchool(broker.deps, world.boardId, { name: 'Het Kompas', brin: '99ZB', sector: 'po' })
    const ofTheOther = csv('1;Noor;Vos;1-12-2015;Anna;Vos;ja')
    const second = await send(ofTheOther)
    inState(await worked(second), 'mapping')
    await mapColumns(broker.deps, mirjam(), { uploadId: second, mapping: { ...MAPPING, brin: '99ZB' } })
    expect(inState(await worked(second), 'waiting').preview.counts).toMatchObject({ newPupils: 1, left: 0 })
  })

  test('that were named wrongly are asked for again, not used again', async () => {
    const wrong = await send(csv('1;Lotte;Kok;1-12-2015;Kees;Kok;nee'))
    await worked(wrong)
    await mapColumns(broker.deps, mirjam(), {
      uploadId: wrong,
      mapping: { ...MAPPING, columns: { ...MAPPING.columns, birth: 'roepnaam' } },
    })
    expect(inState(await worked(wrong), 'refused').errors).toMatchObject([{ line: 2, column: 'roepnaam' }])
    inState(await worked(await send(csv('1;Lotte;Kok;1-12-2015;Kees;Kok;nee'))), 'mapping')
  })

  test('can be named anew while the list waits, and then it is read anew', async () => {
    const list = await send(csv('1;Lotte;Kok;1-12-2015;Kees;Kok;nee'))
    await worked(list)
    const { 'g1.family': _, ...without } = MAPPING.columns
    await mapColumns(broker.deps, mirjam(), { uploadId: list, mapping: { ...MAPPING, columns: without } })
    expect(inState(await worked(list), 'waiting').preview.counts.guardiansGained).toBe(0)
    await mapColumns(broker.deps, mirjam(), { uploadId: list, mapping: MAPPING })
    inState(await uploadNow(broker, world.boardId, list), 'reading')
    expect(inState(await worked(list), 'waiting').preview.counts.guardiansGained).toBe(1)
  })

  test('are refused when one that is needed lacks or is not in the file, and by who may not', async () => {
    const list = await send(csv('1;Lotte;Kok;1-12-2015;Kees;Kok;nee'))
    await worked(list)
    const map = (mapping: CsvMapping, actor = mirjam()) => mapColumns(broker.deps, actor, { uploadId: list, mapping })
    await expect(map({ ...MAPPING, columns: { number: 'nr', family: 'weg' } })).rejects.toMatchObject({
      details: { fields: ['family', 'given'] },
    })
    await expect(map({ ...MAPPING, brin: null })).rejects.toMatchObject({ details: { fields: ['school'] } })
    await expect(map(MAPPING, world.people.joost.actor)).rejects.toMatchObject({ code: 'mandate_missing' })
    const zip = await send(await zipOf(bundleOf(regenboog())))
    await expect(mapColumns(broker.deps, mirjam(), { uploadId: zip, mapping: MAPPING })).rejects.toMatchObject({ code: 'roster_not_found' })
  })
})

describe('Authority from a column', () => {
  const list = async (authority: string) => {
    const uploadId = await send(csv(`1;Lotte;Kok;1-12-2015;Kees;Kok;${authority}`))
    if ((await worked(uploadId)).is.state === 'mapping') await mapColumns(broker.deps, mirjam(), { uploadId, mapping: MAPPING })
    return await take(uploadId)
  }

  test('follows the column, and the change is shown', async () => {
    await list('ja')
    expect((await list('nee')).preview?.lines.authorityChanged).toEqual([{ name: 'Kees Kok', pupil: 'Lotte Kok', from: 'yes', to: 'no' }])
    expect(await guardians()).toEqual(['Kees Lotte no roster_column'])
  })

  test('never overwrites what staff recorded', async () => {
    await list('nee')
    const { recordGuardianship } = await import('../../src/people/record-guardianship.ts')
    const idOf = async (name: string) => (await broker.owner`select person_id from persons where given_name = ${name}`)[0]!.person_id
    await recordGuardianship(broker.deps, mirjam(), {
      guardianId: await idOf('Kees'),
      pupilId: await idOf('Lotte'),
      kind: 'parent',
      authority: 'yes',
    })
    await list('nee')
    expect(await guardians()).toEqual(['Kees Lotte yes staff'])
  })
})
