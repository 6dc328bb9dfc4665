import { expect, test } from 'vitest'
import { newPaperCode, paperCodeIn } from '../../src/people/paper-code.ts'

test('a code on paper has sixteen signs that cannot be read as something else', () => {
  const codes = Array.from({ length: 500 }, newPaperCode)
  for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  expect(new Set(codes).size).toBe(500)
  for (const code of codes) expect(paperCodeIn(code)).toBe(code)
})

test.each([
  ['7K2M-9QRS-4TVW-X1YZ', '7K2M-9QRS-4TVW-X1YZ'],
  ['7k2m 9qrs 4tvw x1yz', '7K2M-9QRS-4TVW-X1YZ'],
  ['7K2M9QRS4TVWXIYZ', '7K2M-9QRS-4TVW-X1YZ'],
  [' 7k2m–9qrs.4tvw-xlyz\n', '7K2M-9QRS-4TVW-X1YZ'],
  ['OK2M-9QRS-4TVW-X1YO', '0K2M-9QRS-4TVW-X1Y0'],
  ['7K2M-9QRS-4TVW-X1Y', undefined],
  ['7K2M-9QRS-4TVW-X1YU', undefined],
  ['', undefined],
])('%s is read as %s', (typed, read) => {
  expect(paperCodeIn(typed)).toBe(read)
})
