import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsv } from '../../src/people/oneroster/csv.ts'

function read(text: string) {
  const records: [line: number, ...cells: string[]][] = []
  const broken: number[] = []
  readCsv(text, { record: (cells, line) => records.push([line, ...cells]), broken: (line) => broken.push(line) })
  return { records, broken }
}

describe('CSV as RFC 4180 has it', () => {
  test.each<[string, [number, ...string[]][], number[]]>([
    ['', [], []],
    ['a,b', [[1, 'a', 'b']], []],
    [
      'a,b\r\nc,\r\n',
      [
        [1, 'a', 'b'],
        [2, 'c', ''],
      ],
      [],
    ],
    [
      'a\n\n\r\nb\n',
      [
        [1, 'a'],
        [4, 'b'],
      ],
      [],
    ],
    [
      '"a","b,c"\n"d ""e""",f',
      [
        [1, 'a', 'b,c'],
        [2, 'd "e"', 'f'],
      ],
      [],
    ],
    [
      'a,"x\r\ny\nz",b\r\nc,d,e',
      [
        [1, 'a', 'x\r\ny\nz', 'b'],
        [4, 'c', 'd', 'e'],
      ],
      [],
    ],
    [
      '"",""\n,""',
      [
        [1, '', ''],
        [2, '', ''],
      ],
      [],
    ],
    [
      '""""\n"a"',
      [
        [1, '"'],
        [2, 'a'],
      ],
      [],
    ],
    // Broken records, and the ones after them.
    ['a"b,c\nd,e', [[2, 'd', 'e']], [1]],
    ['"a"b,c\nd,e', [[2, 'd', 'e']], [1]],
    [
      'x\n"a,c\nd,e',
      [
        [1, 'x'],
        [3, 'd', 'e'],
      ],
      [2],
    ],
    [
      'x\n"a,c\n"d",e',
      [
        [1, 'x'],
        [3, 'd', 'e'],
      ],
      [2],
    ],
    ['a,"', [], [1]],
  ])('%j', (text, records, broken) => {
    expect(read(text)).toEqual({ records, broken })
  })

  const cell = fc.stringMatching(/^[ab ,"\r\n;é]{0,6}$/)
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 })

  test('what was written comes back, on the line where it began', () => {
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), (rows, newline, lastNewline) => {
        const written = rows.map((cells) => cells.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
        let line = 1
        const expected = rows.map((cells, index) => {
          const began = line
          line += written[index]!.split('\n').length
          return [began, ...cells]
        })
        expect(read(written.join(newline) + (lastNewline ? newline : ''))).toEqual({ records: expected, broken: [] })
      }),
    )
  })

  test('where csv-parse can read a text, it reads the same', () => {
    const anyText = fc.stringMatching(/^[ab,"\n]{0,30}$/)
    fc.assert(
      fc.property(anyText, (text) => {
        let theirs: string[][]
        try {
          theirs = parse(text, { relax_column_count: true, skip_empty_lines: true })
        } catch {
          return
        }
        const ours = read(text)
        expect(ours.broken).toEqual([])
        expect(ours.records.map(([, ...cells]) => cells)).toEqual(theirs)
      }),
      { numRuns: 2000 },
    )
  })
})
