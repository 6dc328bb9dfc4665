import type { LeafletContent } from '../../src/catalog/leaflet.ts'

/** What a leaflet tells of research (C15). */
export const research: NonNullable<LeafletContent['purposes']['research']> = {
  question: 'Leren kinderen beter rekenen met een begeleider?',
  institution: 'Universiteit Oost',
  researcher: 'dr. Wouter Kamp',
  rules: 'Gedragscode voor onderzoek en statistiek',
}

/** Reken Plus's leaflet: complete, one mandatory and one optional part. */
export const leafletContent: LeafletContent = {
  general: {
    product: 'Dyscalculiebegeleiding',
    processor: 'Reken Plus B.V., Utrecht',
    explanation: 'Reken Plus helpt kinderen die moeite hebben met rekenen.',
    link: 'https://rekenplus.example/privacy',
    audience: ['PO'],
    users: ['leerlingen', 'ouders'],
  },
  parts: [
    {
      partId: 'begeleiding',
      name: 'Begeleiding bij rekenen',
      optional: false,
      explanation: 'Een begeleider kijkt naar de rekenresultaten en oefent met uw kind.',
    },
    { partId: 'oudergesprek', name: 'Gesprek met ouders', optional: true, explanation: 'Een begeleider bespreekt de voortgang met u.' },
  ],
  purposes: { kind: 'I', purposes: ['5.1.a', '5.x.d'], plain: 'Uw kind helpen met rekenen.' },
  data: {
    categories: [{ category: 'learning-results', why: 'Zonder resultaten weet de begeleider niet waar uw kind moeite mee heeft.' }],
    optional: [{ category: 'usage-data', why: 'Zo ziet de begeleider hoe lang uw kind oefent.' }],
    incidental: ['tijdstip', 'apparaat'],
    profile: false,
    automatedDecision: false,
  },
  security: { measures: 'Versleutelde opslag, toegang alleen voor de begeleider.', certificates: ['ISO 27001'], storageCountries: ['NL'] },
  subprocessors: [{ name: 'Opslag Ierland Ltd.', task: 'opslag', country: 'IE' }],
  contact: { name: 'Privacy Reken Plus', email: 'privacy@rekenplus.example' },
  changed: '2026-06-01',
}
