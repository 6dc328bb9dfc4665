import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CsvMapping } from '../../src/people/csv-roster/fields.ts'
import { guessColumns } from '../../src/people/csv-roster/guess.ts'
import { openCsv } from '../../src/people/csv-roster/open-csv.ts'
import { readingCsvRoster } from '../../src/people/csv-roster/read-csv-roster.ts'
import { decodeText } from '../../src/people/decode-text.ts'
import { readingEdexml } from '../../src/people/edexml/read-edexml.ts'
import { atOnce, type InTurns } from '../../src/people/in-turns.ts'
import type { RosterBundle, RosterReading } from '../../src/people/oneroster/bundle.ts'
import { readingBundle } from '../../src/people/oneroster/read-bundle.ts'
import { complaints } from '../../src/people/oneroster/table.ts'
import { formatOf } from '../../src/rosters/format.ts'
import { mistakeNl } from '../../src/web/texts/nl-roster-mistakes.ts'
import { eckIdOf } from '../support/oneroster.ts'

const TODAY = '2026-11-16'
const readCsvRoster = (...args: Parameters<typeof readingCsvRoster>) => atOnce(readingCsvRoster(...args))
const readEdexml = (...args: Parameters<typeof readingEdexml>) => atOnce(readingEdexml(...args))
const bytes = (text: string) => new TextEncoder().encode(text)
const taken = (reading: RosterReading): RosterBundle => {
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors))
  return reading.bundle
}
const places = (reading: RosterReading) =>
  reading.ok ? [] : reading.errors.map(({ line, column, message }) => `${line} ${column} ${message}`)

describe('EDEXML', () => {
  const edexml = (
    pupils: string,
    { school = '<brincode>99ZA</brincode><dependancecode>00</dependancecode>', head = '', groups = '' } = {},
  ) =>
    bytes(`<?xml version="1.0" encoding="UTF-8"?>${head}
<EDEX>
<school><schooljaar>2026-2027</schooljaar>${school}<auteur>LAS</auteur></school>
<groepen><groep key="g6"><naam>6A</naam><jaargroep>6</jaargroep></groep>${groups}<samengestelde_groep key="s1"><naam>Plus</naam></samengestelde_groep></groepen>
<leerlingen>
${pupils}
</leerlingen>
<leerkrachten><leerkracht key="t1"><achternaam>Wit</achternaam><groepen><groep key="g6"/></groepen></leerkracht></leerkrachten>
</EDEX>`)
  const FATIMA = `<leerling key="17" eckid="${eckIdOf('fatima')}"><achternaam>Amrani</achternaam><voorvoegsel>el</voorvoegsel><voornamen>Fatima Zahra</voornamen><roepnaam>Fatima</roepnaam><geboortedatum>2017-03-14</geboortedatum><geslacht>2</geslacht><bsn>111222333</bsn><groep key="g6"/><samengestelde_groepen><samengestelde_groep key="s1"/></samengestelde_groepen></leerling>`
  const ALI = `<leerling key="18"><achternaam>Yıldız</achternaam><voorletters-1>A</voorletters-1></leerling>`

  test('gives the pupils of one school with their groups, and says nothing of guardians or staff', () => {
    expect(taken(readEdexml(edexml(`${FATIMA}\n${ALI}`), TODAY))).toMatchObject({
      schools: [{ brin: '99ZA00' }],
      persons: [
        { sourceId: 'edexml:99ZA00:17', givenName: 'Fatima', familyName: 'el Amrani', birthDate: '2017-03-14', eckId: eckIdOf('fatima') },
        { sourceId: 'edexml:99ZA00:18', givenName: 'A', familyName: 'Yıldız', birthDate: null, silentOn: ['phone', 'email', 'eckId'] },
      ],
      enrolments: [{ groupName: '6A' }, { groupName: null }],
      employments: [],
      guardianships: [],
      tells: { enrolments: true, employments: false, guardianships: false },
    })
  })

  test('inside a UWLR answer, with prefixes, is the same', () => {
    const prefixed = new TextDecoder()
      .decode(edexml(FATIMA))
      .replaceAll(/<(\/?)([a-z_])/g, '<$1le:$2')
      .replace('<le:EDEX>', '<le:leerlinggegevens>')
      .replace('<EDEX>', '<soap:Body xmlns:soap="s"><le:leerlinggegevens xmlns:le="x">')
      .replace('</EDEX>', '</le:leerlinggegevens></soap:Body>')
    expect(taken(readEdexml(bytes(prefixed), TODAY)).persons).toEqual(taken(readEdexml(edexml(FATIMA), TODAY)).persons)
  })

  test('what is wrong is told by its line, all of it together, and never the value', () => {
    const wrong = edexml(
      `<leerling key="17"><achternaam></achternaam><roepnaam>Fatima</roepnaam><geboortedatum>14-03-2017</geboortedatum></leerling>
<leerling key="17"><achternaam>Kok</achternaam><roepnaam>L</roepnaam><groep key="g9"/></leerling>
<leerling key="111222333"><achternaam>Kok</achternaam><roepnaam>L</roepnaam></leerling>`,
    )
    expect(places(readEdexml(wrong, TODAY))).toEqual([
      '6 achternaam is required',
      '6 geboortedatum is not a day written as YYYY-MM-DD',
      '7 key stands in this file twice',
      '7 groep is not among the groups of this file',
      '8 key looks like a BSN, which may not be sent',
    ])
  })

  test.each<[string, Uint8Array, string]>([
    ['a document type', edexml(FATIMA, { head: '<!DOCTYPE EDEX [<!ENTITY a "aaaa">]>' }), 'has a document type'],
    ['an entity of its own', edexml(`<leerling key="1"><achternaam>&a;</achternaam></leerling>`), 'is not well-formed XML'],
    ['broken XML', bytes('<EDEX><school>'), 'is not well-formed XML'],
    ['something very deep', edexml(`<leerling key="1">${'<a>'.repeat(30)}${'</a>'.repeat(30)}</leerling>`), 'is nested deeper'],
    [
      'a text without end',
      edexml(`<leerling key="1"><achternaam>${'a'.repeat(10_000)}</achternaam></leerling>`),
      'has a text that is longer',
    ],
    ['no school', edexml(FATIMA, { school: '' }), 'is not a BRIN'],
    ['nobody', edexml(''), 'has no pupils'],
    ['another XML', bytes('<rss><channel/></rss>'), 'is not a BRIN'],
  ])('%s is refused', (_, file, message) => {
    expect(places(readEdexml(file, TODAY)).join()).toContain(message)
  })

  test('whatever is cut, doubled or mixed up is read or refused, and nothing else', () => {
    const good = new TextDecoder().decode(edexml(FATIMA))
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(good.length), fc.string(), (from, to, stuff) => {
        const reading = readEdexml(bytes(good.slice(0, from) + stuff + good.slice(Math.min(to, good.length))), TODAY)
        expect(reading.ok || reading.errors.length > 0).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('Any CSV', () => {
  const mapping: CsvMapping = {
    about: 'pupils',
    brin: '99ZA',
    columns: {
      number: 'Leerlingnummer',
      given: 'Roepnaam',
      infix: 'Tussenvoegsel',
      family: 'Achternaam',
      birth: 'Geboortedatum',
      group: 'Groep',
      'g1.given': 'Ouder 1 voornaam',
      'g1.family': 'Ouder 1 achternaam',
      'g1.email': 'Ouder 1 e-mail',
      'g1.authority': 'Ouder 1 gezag',
      'g2.family': 'Ouder 2 achternaam',
    },
  }
  const header = Object.values(mapping.columns).join(';')
  const file = (...rows: string[]) => [header, ...rows].join('\r\n')
  const FATIMA = '17;Fatima;el;Amrani;14-3-2017;6A;Nadia;Amrani;Nadia@gezin.example;ja;Amrani-Bos'
  const read = (text: string | Uint8Array, more: Partial<CsvMapping> = {}) =>
    readCsvRoster(typeof text === 'string' ? bytes(text) : text, { ...mapping, ...more }, TODAY, (key) => `h(${key})`)

  test('gives pupils with their group and their guardians, with authority where a column says so', () => {
    expect(taken(read(file(FATIMA, '18;Ali;;Yildiz;2014-05-02;8B;Elif;Yildiz;;nee;')))).toMatchObject({
      schools: [{ brin: '99ZA' }],
      persons: [
        {
          sourceId: 'csv:pupils:99ZA:17',
          givenName: 'Fatima',
          familyName: 'el Amrani',
          birthDate: '2017-03-14',
          silentOn: ['email', 'phone', 'eckId'],
        },
        { givenName: 'Nadia', familyName: 'Amrani', email: 'nadia@gezin.example' },
        { givenName: '–', familyName: 'Amrani-Bos' },
        { givenName: 'Ali', birthDate: '2014-05-02' },
        { givenName: 'Elif', email: null },
      ],
      enrolments: [{ groupName: '6A' }, { groupName: '8B' }],
      guardianships: [{ authority: 'yes', kind: 'parent', presumed: true }, { kind: 'parent' }, { authority: 'no' }],
      tells: { enrolments: true, employments: false, guardianships: true },
    })
  })

  test('a mother of two is one person; a pupil in two rows is one pupil with two guardians', () => {
    const sister = '19;Salma;el;Amrani;2019-01-01;3A;Nadia;Amrani;nadia@gezin.example;ja;'
    const { persons, guardianships } = taken(read(file(FATIMA, sister)))
    expect(persons.filter(({ givenName }) => givenName === 'Nadia')).toHaveLength(1)
    expect(guardianships.filter(({ guardianSourceId }) => guardianSourceId.includes('nadia@'))).toHaveLength(2)
    const rowPerParent = taken(
      read(file(FATIMA.replace('Amrani-Bos', ''), '17;Fatima;el;Amrani;14-3-2017;6A;Karim;Amrani;karim@gezin.example;;')),
    )
    expect([rowPerParent.enrolments.length, rowPerParent.guardianships.length]).toEqual([1, 2])
  })

  test.each([
    ['semicolons', (text: string) => bytes(text)],
    ['commas', (text: string) => bytes(text.replaceAll(';', ','))],
    ['tabs', (text: string) => bytes(text.replaceAll(';', '\t'))],
    ['Windows-1252', (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))],
    ['a byte order mark', (text: string) => bytes(`\ufeff${text}`)],
    ['UTF-16', (text: string) => Uint8Array.from([0xff, 0xfe, ...Buffer.from(text, 'utf16le')])],
    ['trailing empty columns', (text: string) => bytes(text.replaceAll('\r\n', ';;\r\n').replace(/^(.*);;/, '$1'))],
  ])('with %s', (_, encode) => {
    const { persons } = taken(read(encode(file('17;Zoë;;Müller;14-03-2017;6A;;;;;'))))
    expect(persons[0]).toMatchObject({ givenName: 'Zoë', familyName: 'Müller' })
  })

  test('what is wrong is told by line and by the column’s own name', () => {
    const wrong = file(
      ';Fatima;;Amrani;31-02-2017;6A;;;;;',
      '18;;;Yildiz;;8B;Elif;Yildiz;geen adres;misschien;',
      '18;Ander;;Kind;;8B;;;;;',
      '111222333;Kind;;Kind;;8B;;;;;',
      '20;"Kind;;Kind',
      `21;${'x;'.repeat(20)}`,
    )
    expect(places(read(wrong))).toEqual([
      '6 2 cannot be read: check the quotation marks',
      '7 12 has 22 fields where the header has 11',
      '2 Leerlingnummer is required',
      '2 Geboortedatum is not a day written as DD-MM-YYYY or YYYY-MM-DD',
      '3 Roepnaam is required',
      '3 Ouder 1 e-mail is not an e-mail address',
      '3 Ouder 1 gezag does not say yes or no',
      '4 Leerlingnummer belongs to somebody else in an earlier row',
      '5 Leerlingnummer looks like a BSN, which may not be sent',
    ])
    expect(places(read(file(FATIMA), { columns: { ...mapping.columns, eck: 'Weg' } }))).toEqual(['1 Weg is missing from the header'])
    expect(places(read('', {}))[0]).toContain('is empty')
  })

  test('a school per row by its BRIN; staff with their jobs; who left is not here', () => {
    const staff: CsvMapping = {
      about: 'staff',
      brin: null,
      columns: { number: 'nr', given: 'voornaam', family: 'naam', school: 'brin', job: 'functie', last: 'uit dienst', email: 'mail' },
    }
    const text =
      'nr,voornaam,naam,brin,functie,uit dienst,mail\n1,Pim,de Wit,99za00,leraar,,pim@w.example\n2,Erik,Bos,99ZB,,1-8-2026,\n3,Els,X,school,,,'
    const reading = readCsvRoster(bytes(text), staff, TODAY, (key) => key)
    expect(places(reading)).toEqual(['4 brin is not a BRIN'])
    expect(taken(readCsvRoster(bytes(text.replace('3,Els,X,school,,,', '')), staff, TODAY, (key) => key))).toMatchObject({
      employments: [{ jobTitle: 'leraar', schoolSourceId: 'csv:99ZA00' }],
      enrolments: [],
      tells: { enrolments: false, employments: true, guardianships: false },
    })
  })

  test('columns that share a name, or have none, are each their own', () => {
    const text = 'nr;naam;naam;;ouder;ouder\n1;Fatima;Amrani;14-3-2017;Nadia;Karim'
    expect(openCsv(bytes(text), complaints()).header).toEqual(['nr', 'naam', 'naam (2)', '#4', 'ouder', 'ouder (2)'])
    const columns = { number: 'nr', given: 'naam', family: 'naam (2)', birth: '#4', 'g1.family': 'ouder', 'g2.family': 'ouder (2)' }
    expect(taken(readCsvRoster(bytes(text), { about: 'pupils', brin: '99ZA', columns }, TODAY, (key) => key)).persons).toMatchObject([
      { givenName: 'Fatima', familyName: 'Amrani', birthDate: '2017-03-14' },
      { familyName: 'Nadia' },
      { familyName: 'Karim' },
    ])
  })

  test('the columns of a usual export are guessed', () => {
    const names = [
      'Leerlingnummer',
      'Roepnaam',
      'Voorvoegsel',
      'Achternaam',
      'Geboortedatum',
      'Klas',
      'Verzorger 1 achternaam',
      'E-mail verzorger 1',
      'Ouder 2 gezag',
      'Lievelingskleur',
    ]
    expect(guessColumns(names, 'pupils')).toEqual({
      number: 'Leerlingnummer',
      given: 'Roepnaam',
      infix: 'Voorvoegsel',
      family: 'Achternaam',
      birth: 'Geboortedatum',
      group: 'Klas',
      'g1.family': 'Verzorger 1 achternaam',
      'g1.email': 'E-mail verzorger 1',
      'g2.authority': 'Ouder 2 gezag',
    })
  })

  test('any bytes at all are a table or an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (content) => {
        const { header } = openCsv(content, complaints())
        expect(header.every((name) => typeof name === 'string')).toBe(true)
        decodeText(content)
      }),
      { numRuns: 500 },
    )
  })
})

test('what a file is, is seen from how it begins', () => {
  expect(formatOf(bytes('PK\u0003\u0004'))).toBe('oneroster')
  expect(formatOf(bytes('\ufeff<?xml version="1.0"?><EDEX/>'))).toBe('edexml')
  expect(formatOf(bytes('  <EDEX/>'))).toBe('edexml')
  expect(formatOf(bytes('naam;groep'))).toBe('csv')
  expect(formatOf(new Uint8Array())).toBe('csv')
})

describe('What is wrong is told in Dutch', () => {
  const folder = join(import.meta.dirname, '../../src/people')
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => /^(oneroster|edexml|csv-roster|roster)\//.test(path) && path.endsWith('.ts'))
  const said = files.flatMap((path) => {
    const text = readFileSync(join(folder, path), 'utf8')
    const calls = text.matchAll(
      /(?:wrong\(|\.add\(|refused?\(|message: ).*?(['`])((?:is|has|holds|looks|names|lies|stands|belongs|cannot|does|the header|no column|unpacks|manifest|oneroster)[ .](?:(?!\1).)*)\1/g,
    )
    const messages = Array.from(calls, ([, , message]) => message!.replaceAll(/\$\{[^}]*\}/g, '9'))
    return messages.filter((message) => message !== 'manifest.csv') // Where a mistake is, and not what it is.
  })

  test('in words for each of the readers’ own', () => {
    expect(said.length).toBeGreaterThan(45)
    expect(said.filter((message) => mistakeNl(message) === message)).toEqual([])
    expect(mistakeNl('has 3 fields where the header has 4')).toBe('heeft 3 velden, de eerste regel heeft er 4')
    expect(mistakeNl('is not in users.csv')).toBe('staat niet in users.csv')
    expect(mistakeNl('something new')).toBe('something new')
  })
})

describe('A roster of many is read in turns: its process answers others meanwhile, and its page shows how far it is', () => {
  const COUNT = 6000
  const rows = Array.from({ length: COUNT }, (_, nr) => `${nr},Kind ${nr},Jansen,14-03-2017`)
  const columns = { number: 'nummer', given: 'roepnaam', family: 'achternaam', birth: 'geboren' }
  const csv = bytes(['nummer,roepnaam,achternaam,geboren', ...rows].join('\r\n'))
  const pupils = Array.from(
    { length: COUNT },
    (_, nr) =>
      `<leerling key="${nr}"><achternaam>Jansen</achternaam><roepnaam>Kind ${nr}</roepnaam><geboortedatum>2017-03-14</geboortedatum><groep key="g6"/></leerling>`,
  )
  const edexml = bytes(`<EDEX><school><brincode>99ZA</brincode></school><groepen><groep key="g6"><naam>6A</naam></groep></groepen>
    <leerlingen>${pupils.join('')}</leerlingen></EDEX>`)
  const users = ['sourcedId,enabledUser,username,givenName,familyName', ...rows.map((_, nr) => `u${nr},true,u${nr},Kind,Jansen`)]
  const files = new Map([
    ['manifest.csv', bytes('propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\nfile.users,bulk\r\n')],
    ['users.csv', bytes(users.join('\r\n'))],
  ])

  test.each<[string, number, () => InTurns<RosterReading>]>([
    ['CSV', 8, () => readingCsvRoster(csv, { about: 'pupils', brin: '99ZA', columns }, TODAY, (key) => key)],
    ['EDEXML', 7, () => readingEdexml(edexml, TODAY)],
    ['OneRoster', 4, () => readingBundle(files, TODAY)],
  ])('%s', (_format, least, begin) => {
    const parts: number[] = []
    const work = begin()
    for (let turn = work.next(); !turn.done; turn = work.next()) parts.push(turn.value)
    expect(parts.length).toBeGreaterThanOrEqual(least)
    expect(parts).toEqual(parts.toSorted((a, b) => a - b))
    expect(Math.min(...parts)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...parts)).toBeLessThanOrEqual(1)
  })
})
