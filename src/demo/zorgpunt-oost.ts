import type { Ask } from './supplier.ts'

/** Zorgpunt Oost, a care institution and controller itself, wants a pupil's support needs for six weeks of help in class. */
export const zorgpuntAsk = (world: { serviceId: string; holder: string }): Ask => ({
  ...world,
  partId: 'begeleiding',
  datatype: 'support-needs',
  purpose: '5.2.a',
  occasion: 'De school en de moeder van Ali vroegen om zes weken hulp in de klas.',
  reason: {
    nl: 'Onze begeleider wil lezen welke hulp Ali nodig heeft, om er een plan voor te maken.',
    en: 'Our guide wants to read what support Ali needs, to make a plan for it.',
  },
  subjectKind: 'pupil',
})

interface Needs {
  subjects: { records: { need?: string }[] }[]
}

/** What the guide does with the data: the points of the plan. */
export function planOf(data: unknown): string[] {
  return (data as Needs).subjects.flatMap(({ records }) => records.flatMap(({ need }) => need ?? []))
}
