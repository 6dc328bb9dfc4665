/**
 * What a contract with a supplier says, in Dutch: it is signed in one language, byte for byte. What was signed is kept, so that
 * other words here change what is drafted from then on, and what waits to be signed.
 */
export const CONTRACT = {
  processor: (model: string) => `VERWERKERSOVEREENKOMST, model ${model}`,
  controller: 'OVEREENKOMST VOOR UITWISSELING TUSSEN VERWERKINGSVERANTWOORDELIJKEN',
  agreement: (id: string) => `Overeenkomst ${id}`,
  board: (name: string) => `Schoolbestuur: ${name}`,
  boardWithOin: (name: string, oin: string) => `Schoolbestuur: ${name}, OIN ${oin}`,
  schools: (names: string) => `   Scholen: ${names}`,
  supplier: (name: string, country: string) => `Leverancier: ${name}, ${country}`,
  seat: (address: string) => `   Gevestigd: ${address}`,
  registered: (under: string) => `   Ingeschreven onder: ${under}`,
  representedBy: (name: string) => `   Vertegenwoordigd door: ${name}`,
  belongsTo: (product: string) => `Hoort bij: ${product}`,
  runs: (from: string, until: string) => `Van ${from} tot en met ${until}`,
  retention: (words: string) => `Bewaren: ${words}`,
  supplierBasis: (basis: string, argument: string | null) => `Grondslag leverancier: ${basis}${argument ? `. Want: ${argument}` : ''}`,
  boardBasis: (basis: string, argument: string | null) => `Grondslag schoolbestuur: ${basis}${argument ? `. Want: ${argument}` : ''}`,
  never: [
    'De leverancier gebruikt de gegevens nooit voor reclame of ongevraagde aanbiedingen (convenant artikel 5.3) en geeft ze alleen',
    'in opdracht van het schoolbestuur aan anderen (convenant artikel 5.4).',
  ],
  secret: 'Wie bij de gegevens kan, ook bij een subverwerker, houdt ze geheim (modelovereenkomst artikel 6).',
  prevails: 'Deze overeenkomst gaat vóór de opdracht waar zij bij hoort (modelovereenkomst artikel 13.1).',
  annex1: (service: string, version: number, hash: string) => `BIJLAGE 1: ${service}, bijsluiter versie ${version} (SHA-256 ${hash})`,
  annex2: 'BIJLAGE 2: beveiliging',
  annex3: 'BIJLAGE 3: afwijkingen van het model',
  deviation: (article: string, text: string, motivation: string) => `- Artikel ${article}: ${text} Motivering: ${motivation}`,
  none: 'Geen.',
} as const

/** The legal bases by the words of the law. */
export const BASES = {
  consent: 'toestemming',
  contract: 'uitvoering van een overeenkomst',
  legal_obligation: 'wettelijke verplichting',
  public_task: 'publieke taak',
  vital_interest: 'vitaal belang',
  legitimate_interest: 'gerechtvaardigd belang',
} as const

/** The four groups of measures of Annex 2 (M11), by the words under which they stand there. */
export const MEASURES = {
  authorised: 'Wie mag erbij',
  protection: 'Bescherming',
  weaknesses: 'Zwakke plekken zoeken',
  policy: 'Beleid',
} as const

/** Under which word Annex 2 says how often a year the supplier reports about security (M12). */
export const REPORTS = 'Rapportages per jaar'

/** What Annex 2 says besides the measures, by the words under which it stands there. */
export const ARRANGED = {
  secrecy: 'Geheimhouding',
  leaks: 'Melden van een datalek',
  norm: 'Norm voor beveiliging',
  dpia: 'Onderzoek naar de risico’s (DPIA)',
} as const

/** That everybody is bound to secrecy, also at a subprocessor, as the supplier declares (M10). */
export const SECRECY_DECLARED =
  'De leverancier verklaart dat iedereen die bij de gegevens kan, ook bij een subverwerker, geheimhouding heeft beloofd.'

/** Who tells the regulator and people of a leak (M15). */
export const LEAKS_TOLD_BY = {
  board: 'Het schoolbestuur meldt aan de toezichthouder en aan betrokkenen.',
  together: 'Het schoolbestuur meldt; de leverancier helpt bij het melden.',
  supplier: 'De leverancier meldt namens het schoolbestuur, nadat het bestuur ja heeft gezegd.',
} as const

/** Annex 1: a leaflet from A to H. */
export const LEAFLET_ANNEX = {
  for: (audience: string, users: string) => `   Voor: ${audience}. Gebruikers: ${users}.`,
  part: (isOn: boolean, name: string, optional: boolean, explanation: string) =>
    `B. [${isOn ? 'x' : ' '}] ${name} (${optional ? 'optioneel' : 'onlosmakelijk'}): ${explanation}`,
  kind: (kind: string, plain: string) => `C. Soort ${kind}. ${plain}`,
  research: (question: string, institution: string, researcher: string) =>
    `   Onderzoek in opdracht van het schoolbestuur: ${question} Door ${institution}, onderzoeker ${researcher}.`,
  researchRules: (rules: string) => `   Regels voor het onderzoek: ${rules}`,
  researchKept: '   Antwoorden worden hoogstens vijf jaar bewaard. Wat volledig anoniem is, mag blijven.',
  anonymisation: (how: string) => `   Zo worden gegevens anoniem gemaakt: ${how}`,
  optionalData: (category: string, why: string) => `D. (optioneel) ${category}: ${why}`,
  incidental: (data: string) => `   Wordt ook vastgelegd: ${data}.`,
  decides: (profile: boolean, automated: boolean) =>
    `   Profiel: ${profile ? 'ja' : 'nee'}. Beslist een computer: ${automated ? 'ja' : 'nee'}.`,
  security: (measures: string, certificates: string, countries: string) =>
    `E. ${measures} Certificaten: ${certificates || 'geen'}. Opslag: ${countries}.`,
  noSubprocessors: 'F. Geen subverwerkers.',
  changed: (day: string) => `H. Laatst gewijzigd ${day}`,
} as const

export const ADDENDUM = {
  title: (agreement: string) => `AANVULLING OP DE ${agreement}`,
  addendum: (id: string) => `Aanvulling ${id}`,
  to: (agreement: string, day: string) => `Bij overeenkomst ${agreement}, getekend op ${day}`,
  hashOfThat: (hash: string) => `   Controlegetal van die overeenkomst (SHA-256): ${hash}`,
  agreed: {
    request: 'De leverancier stemt hiermee in: hij heeft de school hier zelf om gevraagd.',
    proposal: 'De leverancier stemt hiermee in: hij heeft deze aanvulling zelf voorgesteld.',
    not: 'De school heeft deze aanvulling opgesteld. De leverancier heeft er nog niets van gezegd.',
  },
  request: (id: string) => `   Vraag ${id}`,
  brings: (service: string, version: number) => `Erbij komt: ${service}, bijsluiter versie ${version}`,
  parts: (names: string) => `   Onderdelen: ${names}`,
  restHolds:
    'Optionele onderdelen die al gekozen waren, blijven aan. Alles wat verder in de overeenkomst staat, geldt ook voor deze aanvulling.',
  runs: (until: string) => `De aanvulling loopt tot en met ${until}, de laatste dag van de overeenkomst.`,
} as const
