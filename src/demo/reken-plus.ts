import type { Ask } from './supplier.ts'

/** Reken Plus, a tutoring institute, wants Fatima's arithmetic results at the publisher, to help with her dyscalculia. */
export const rekenPlusAsk = (world: { serviceId: string; holder: string }): Ask => ({
  ...world,
  partId: 'begeleiding',
  datatype: 'arithmetic-results',
  purpose: '5.1.a',
  occasion: 'Uit onderzoek blijkt dat Fatima dyscalculie heeft.',
  reason: {
    nl: 'Wij willen zien welke sommen Fatima moeilijk vindt, zodat wij daarmee met haar kunnen oefenen.',
    en: 'We want to see which sums Fatima finds hard, so that we can practise those with her.',
  },
  subjectKind: 'pupil',
})

interface Results {
  subjects: { records: { exercise?: string; right?: number; of?: number }[] }[]
}

/** What Reken Plus does with the data: the exercises a tutor begins with. */
export function exercisesToBeginWith(data: unknown): string[] {
  return (data as Results).subjects
    .flatMap(({ records }) => records)
    .map(({ exercise = '', right = 0, of = 1 }) => ({ exercise, share: right / of }))
    .filter(({ share }) => share < 0.7)
    .toSorted((a, b) => a.share - b.share)
    .map(({ exercise, share }) => `${exercise} (${Math.round(share * 100)} % goed)`)
}
