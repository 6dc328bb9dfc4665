import type { Ask } from './supplier.ts'

/** De school werkt, a research bureau, wants secretary Sara's productivity data for a benchmark of school offices. */
export const deSchoolWerktAsk = (world: { serviceId: string; holder: string }): Ask => ({
  ...world,
  partId: 'benchmark',
  datatype: 'staff-productivity',
  purpose: '5.2.f',
  occasion: 'De school doet mee aan de benchmark van administraties.',
  reason: {
    nl: 'Wij willen uw cijfers vergelijken met die van administraties van andere scholen. Uw naam komt niet in het rapport.',
    en: 'We want to compare your figures with those of other school offices. Your name will not be in the report.',
  },
  subjectKind: 'employee',
})

interface Productivity {
  subjects: { records: { registrations?: number; letters?: number }[] }[]
}

/** What the bureau does with the data: an average per month, to lay beside that of other schools. */
export function registrationsPerMonth(data: unknown): string {
  const months = (data as Productivity).subjects.flatMap(({ records }) => records)
  const average = months.reduce((sum, { registrations = 0 }) => sum + registrations, 0) / Math.max(1, months.length)
  return `${average} registrations a month on average, to lay beside those of other schools`
}
