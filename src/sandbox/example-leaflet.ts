import type { LeafletContent } from '../catalog/leaflet.ts'

/** The leaflet of the service that stands in where a supplier has published none yet. */
export const EXAMPLE_LEAFLET: LeafletContent = {
  general: {
    product: 'Oefendienst',
    processor: 'Een verzonnen leverancier, Utrecht',
    explanation: 'Een verzonnen dienst, om een programma mee te proberen.',
    link: 'https://example.com/',
    audience: ['PO'],
    users: ['leerlingen'],
  },
  parts: [{ partId: 'oefenen', name: 'Oefenen', optional: false, explanation: 'Een begeleider oefent met een verzonnen leerling.' }],
  purposes: { kind: 'I', purposes: ['5.1.a'], plain: 'Een verzonnen leerling helpen.' },
  data: {
    categories: [{ category: 'learning-results', why: 'Om een programma mee te proberen.' }],
    optional: [{ category: 'usage-data', why: 'Om een programma mee te proberen.' }],
    incidental: [],
    profile: false,
    automatedDecision: false,
  },
  security: { measures: 'Er zijn geen gegevens van echte mensen.', certificates: [], storageCountries: ['NL'] },
  subprocessors: [],
  contact: { name: 'Een verzonnen contactpersoon', email: 'privacy@example.com' },
  changed: '2026-11-01',
}
