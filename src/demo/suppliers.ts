import type { LeafletContent } from '../catalog/leaflet.ts'
import type { SupplierKind } from '../catalog/supplier-kind.ts'

export interface DemoHolder {
  key: string
  name: string
  clientId: string
  /** Its port is the broker's port and this. */
  portOffset: number
  dataSets: { datatype: string; category: string; nameNl: string; nameEn: string }[]
}

export interface DemoService {
  key: string
  name: string
  kind: 'I' | 'II'
  leaflet: LeafletContent
}

export interface DemoSupplier {
  key: string
  legalName: string
  kind: SupplierKind
  domain: string
  country: string
  services: DemoService[]
  holder?: DemoHolder
  /** Ways of working it has a client for. */
  ways: ('organisation' | 'ciba' | 'redirect')[]
  /** The agreement the board has with it, signed when the world is made; without it none. */
  agreement?: {
    kind: 'processor' | 'controller'
    productAgreement: string
    retention: string
    bases?: { supplier: 'legitimate_interest' | 'public_task' | 'consent' | 'contract'; board: 'consent' | 'public_task' }
    optionalParts?: string[]
  }
}

interface Leaflet {
  product: string
  processor: string
  domain: string
  explanation: string
  audience?: string[]
  users: string[]
  parts: LeafletContent['parts']
  kind: 'I' | 'II'
  purposes: string[]
  plain: string
  categories: LeafletContent['data']['categories']
  optional?: LeafletContent['data']['optional']
  incidental?: string[]
  subprocessors?: LeafletContent['subprocessors']
  countries?: string[]
  /** Of a leaflet that names research (C15). */
  research?: NonNullable<LeafletContent['purposes']['research']>
}

function leaflet(of: Leaflet): LeafletContent {
  return {
    general: {
      product: of.product,
      processor: of.processor,
      explanation: of.explanation,
      link: `https://${of.domain}/privacy`,
      audience: of.audience ?? ['PO'],
      users: of.users,
    },
    parts: of.parts,
    purposes: { kind: of.kind, purposes: of.purposes, plain: of.plain, ...(of.research && { research: of.research }) },
    data: {
      categories: of.categories,
      optional: of.optional ?? [],
      incidental: of.incidental ?? ['tijdstip', 'apparaat'],
      profile: false,
      automatedDecision: false,
    },
    security: {
      measures: 'Versleutelde opslag; alleen wie ermee werkt kan erbij.',
      certificates: ['ISO 27001'],
      storageCountries: of.countries ?? ['NL'],
    },
    subprocessors: of.subprocessors ?? [],
    contact: { name: `Privacy ${of.product}`, email: `privacy@${of.domain}` },
    changed: '2026-06-01',
  }
}

const part = (partId: string, name: string, explanation: string, optional = false) => ({ partId, name, optional, explanation })

/** The suppliers of the demo world, all invented. */
export const SUPPLIERS: DemoSupplier[] = [
  {
    key: 'rekenrijk',
    legalName: 'Uitgeverij Rekenrijk B.V.',
    kind: 'publisher',
    domain: 'rekenrijk.example',
    country: 'NL',
    ways: [],
    services: [
      {
        key: 'rekenrijk-oefenen',
        name: 'Rekenrijk Oefenen',
        kind: 'I',
        leaflet: leaflet({
          product: 'Rekenrijk Oefenen',
          processor: 'Uitgeverij Rekenrijk B.V., Zwolle',
          domain: 'rekenrijk.example',
          explanation: 'Leerlingen oefenen rekenen op hun eigen niveau. De leerkracht ziet wat goed gaat en wat niet.',
          users: ['leerlingen', 'leerkrachten'],
          parts: [part('oefenen', 'Oefenen', 'Sommen maken en zien hoe het ging.')],
          kind: 'I',
          purposes: ['5.1.a', '5.x.c', '5.x.d', '5.x.e'],
          plain: 'Leren rekenen.',
          categories: [
            { category: 'name', why: 'De leerkracht moet zien van wie de resultaten zijn.' },
            { category: 'eck-id', why: 'Zo weet het programma wie er inlogt.' },
            { category: 'learning-results', why: 'Zonder resultaten kan het programma geen passende sommen geven.' },
          ],
          subprocessors: [{ name: 'Opslag Ierland Ltd.', task: 'opslag', country: 'IE' }],
          countries: ['NL', 'IE'],
        }),
      },
    ],
    holder: {
      key: 'rekenrijk',
      name: 'Rekenrijk Oefenen',
      clientId: 'rekenrijk',
      portOffset: 1,
      dataSets: [
        { datatype: 'arithmetic-results', category: 'learning-results', nameNl: 'rekenresultaten', nameEn: 'arithmetic results' },
        { datatype: 'practice-time', category: 'usage-data', nameNl: 'oefentijd', nameEn: 'practice time' },
      ],
    },
    agreement: { kind: 'processor', productAgreement: 'Licentie Rekenrijk 2026', retention: 'Tot twee maanden na het schooljaar.' },
  },
  {
    key: 'leerlinglijn',
    legalName: 'Leerlinglijn B.V.',
    kind: 'administration',
    domain: 'leerlinglijn.example',
    country: 'NL',
    ways: [],
    services: [
      {
        key: 'leerlinglijn-las',
        name: 'Leerlinglijn',
        kind: 'II',
        leaflet: leaflet({
          product: 'Leerlinglijn',
          processor: 'Leerlinglijn B.V., Amersfoort',
          domain: 'leerlinglijn.example',
          explanation: 'Het administratiesysteem van de school: wie er op school zit, wie er werkt en wie wat nodig heeft.',
          audience: ['PO', 'VO'],
          users: ['medewerkers'],
          parts: [part('administratie', 'Administratie', 'Leerlingen en medewerkers bijhouden.')],
          kind: 'II',
          purposes: ['5.2.a', '5.x.c', '5.x.d', '5.x.e'],
          plain: 'De school organiseren.',
          categories: [
            { category: 'name', why: 'Zonder namen is er geen administratie.' },
            { category: 'birth-date', why: 'De wet vraagt van de school dat zij die weet.' },
            { category: 'support-needs', why: 'De school legt vast welke hulp een leerling krijgt.' },
            { category: 'employee-data', why: 'Het systeem houdt bij wie wat heeft gedaan.' },
          ],
        }),
      },
    ],
    holder: {
      key: 'leerlinglijn',
      name: 'Leerlinglijn',
      clientId: 'leerlinglijn',
      portOffset: 2,
      dataSets: [
        { datatype: 'staff-productivity', category: 'employee-data', nameNl: 'productiviteitsgegevens', nameEn: 'productivity data' },
        { datatype: 'support-needs', category: 'support-needs', nameNl: 'ondersteuningsbehoefte', nameEn: 'support needs' },
      ],
    },
    agreement: { kind: 'processor', productAgreement: 'Abonnement Leerlinglijn 2026', retention: 'Zolang de wet het vraagt.' },
  },
  {
    key: 'rekenplus',
    legalName: 'Reken Plus B.V.',
    kind: 'tutoring',
    domain: 'rekenplus.example',
    country: 'NL',
    ways: ['organisation', 'ciba', 'redirect'],
    services: [
      {
        key: 'rekenplus-dyscalculie',
        name: 'Dyscalculiebegeleiding',
        kind: 'I',
        leaflet: leaflet({
          product: 'Dyscalculiebegeleiding',
          processor: 'Reken Plus B.V., Utrecht',
          domain: 'rekenplus.example',
          explanation: 'Reken Plus helpt kinderen die moeite hebben met rekenen.',
          users: ['leerlingen', 'ouders'],
          parts: [
            part('begeleiding', 'Begeleiding bij rekenen', 'Een begeleider kijkt naar de rekenresultaten en oefent met uw kind.'),
            part('oudergesprek', 'Gesprek met ouders', 'Een begeleider bespreekt met u hoe het gaat.', true),
          ],
          kind: 'I',
          purposes: ['5.1.a', '5.x.d'],
          plain: 'Uw kind helpen met rekenen.',
          categories: [{ category: 'learning-results', why: 'Zonder resultaten weet de begeleider niet waar uw kind moeite mee heeft.' }],
          optional: [{ category: 'usage-data', why: 'Zo ziet de begeleider hoe lang uw kind oefent.' }],
          subprocessors: [{ name: 'Opslag Ierland Ltd.', task: 'opslag', country: 'IE' }],
        }),
      },
    ],
    agreement: { kind: 'processor', productAgreement: 'Begeleiding rekenen 2026', retention: 'Tot het einde van het schooljaar.' },
  },
  {
    key: 'schoolwerkt',
    legalName: 'De school werkt B.V.',
    kind: 'research',
    domain: 'deschoolwerkt.example',
    country: 'NL',
    ways: ['organisation', 'ciba', 'redirect'],
    services: [
      {
        key: 'schoolwerkt-benchmark',
        name: 'Benchmark administratie',
        kind: 'II',
        leaflet: leaflet({
          product: 'Benchmark administratie',
          processor: 'De school werkt B.V., Nijmegen',
          domain: 'deschoolwerkt.example',
          explanation: 'De school werkt vergelijkt hoe administraties van scholen werken. Uw naam komt niet in het rapport.',
          audience: ['PO', 'VO'],
          users: ['medewerkers'],
          parts: [part('benchmark', 'Benchmark', 'Uw cijfers naast die van andere scholen.')],
          kind: 'II',
          purposes: ['5.2.f', '5.x.d'],
          plain: 'De administratie van scholen vergelijken.',
          research: {
            question: 'Hoeveel werk doet een administratie van een school, vergeleken met die van andere scholen?',
            institution: 'De school werkt B.V.',
            researcher: 'dr. Wouter Kamp',
            rules: 'Gedragscode voor onderzoek en statistiek',
          },
          categories: [{ category: 'employee-data', why: 'Zonder cijfers over het werk is er niets te vergelijken.' }],
          incidental: [],
        }),
      },
    ],
    agreement: {
      kind: 'controller',
      productAgreement: 'Onderzoek bedrijfsvoering 2026',
      retention: 'Tot drie maanden na het rapport.',
      bases: { supplier: 'consent', board: 'consent' },
    },
  },
  {
    key: 'zorgpunt',
    legalName: 'Stichting Zorgpunt Oost',
    kind: 'care',
    domain: 'zorgpuntoost.example',
    country: 'NL',
    ways: ['organisation', 'ciba', 'redirect'],
    services: [
      {
        key: 'zorgpunt-begeleiding',
        name: 'Begeleiding in de klas',
        kind: 'II',
        leaflet: leaflet({
          product: 'Begeleiding in de klas',
          processor: 'Stichting Zorgpunt Oost, Enschede',
          domain: 'zorgpuntoost.example',
          explanation: 'Een begeleider van Zorgpunt Oost helpt een leerling zes weken in de klas.',
          users: ['begeleiders'],
          parts: [part('begeleiding', 'Begeleiding', 'De begeleider leest welke hulp uw kind nodig heeft en maakt een plan.')],
          kind: 'II',
          purposes: ['5.2.a', '5.x.d'],
          plain: 'Uw kind in de klas helpen.',
          categories: [{ category: 'support-needs', why: 'Zonder dit weet de begeleider niet welke hulp uw kind nodig heeft.' }],
          incidental: [],
        }),
      },
    ],
    agreement: {
      kind: 'controller',
      productAgreement: 'Samenwerking Zorgpunt Oost 2026',
      retention: 'Zo lang als de wet voor zorgdossiers vraagt.',
      bases: { supplier: 'consent', board: 'consent' },
    },
  },
  {
    key: 'leeslicht',
    legalName: 'LeesLicht Educatief B.V.',
    kind: 'publisher',
    domain: 'leeslicht.example',
    country: 'NL',
    ways: ['organisation'],
    services: [
      {
        key: 'leeslicht-lezen',
        name: 'LeesLicht',
        kind: 'I',
        leaflet: leaflet({
          product: 'LeesLicht',
          processor: 'LeesLicht Educatief B.V., Leiden',
          domain: 'leeslicht.example',
          explanation: 'Kinderen lezen boeken op hun niveau.',
          users: ['leerlingen', 'ouders'],
          parts: [
            part('lezen', 'Lezen', 'Boeken lezen en vragen maken.'),
            part('ouderrapport', 'Rapport voor ouders', 'U krijgt elke maand een overzicht van wat uw kind las.', true),
          ],
          kind: 'I',
          purposes: ['5.1.a', '5.x.c', '5.x.d'],
          plain: 'Beter leren lezen.',
          categories: [{ category: 'learning-results', why: 'Zo kiest het programma boeken die passen.' }],
          optional: [{ category: 'learning-behaviour', why: 'Voor het rapport aan ouders.' }],
        }),
      },
    ],
    agreement: {
      kind: 'processor',
      productAgreement: 'Licentie LeesLicht 2026',
      retention: 'Tot het einde van het schooljaar.',
      optionalParts: ['ouderrapport'],
    },
  },
  {
    key: 'fotofijn',
    legalName: 'FotoFijn Schoolfotografie V.O.F.',
    kind: 'photographer',
    domain: 'fotofijn.example',
    country: 'NL',
    ways: [],
    services: [
      {
        key: 'fotofijn-schoolfoto',
        name: 'Schoolfoto',
        kind: 'II',
        leaflet: leaflet({
          product: 'Schoolfoto',
          processor: 'FotoFijn Schoolfotografie V.O.F., Assen',
          domain: 'fotofijn.example',
          explanation: 'FotoFijn maakt elk jaar een foto van uw kind en van de groep.',
          users: ['leerlingen', 'ouders'],
          parts: [part('foto', 'Schoolfoto', 'Foto van uw kind en van de groep.')],
          kind: 'II',
          purposes: ['5.2.a'],
          plain: 'De schoolfoto maken.',
          categories: [
            { category: 'images', why: 'Het is een foto.' },
            { category: 'group', why: 'Zo weet de fotograaf welke foto bij welke groep hoort.' },
          ],
          incidental: [],
        }),
      },
    ],
  },
  {
    key: 'cloudklas',
    legalName: 'CloudKlas Inc.',
    kind: 'cloud',
    domain: 'cloudklas.example',
    country: 'US',
    ways: [],
    services: [
      {
        key: 'cloudklas-werkplek',
        name: 'CloudKlas Werkplek',
        kind: 'I',
        leaflet: leaflet({
          product: 'CloudKlas Werkplek',
          processor: 'CloudKlas Inc., Portland',
          domain: 'cloudklas.example',
          explanation: 'Een plek op internet om documenten te maken en te bewaren.',
          users: ['leerlingen', 'leerkrachten'],
          parts: [part('werkplek', 'Werkplek', 'Documenten maken, bewaren en delen.')],
          kind: 'I',
          purposes: ['5.1.a', '5.x.c', '5.x.e'],
          plain: 'Documenten maken en bewaren.',
          categories: [{ category: 'name', why: 'Zo is te zien van wie een document is.' }],
          countries: ['US'],
          subprocessors: [{ name: 'Datacenter Oregon LLC', task: 'opslag', country: 'US' }],
        }),
      },
    ],
  },
  {
    key: 'boekenkist',
    legalName: 'Distributie Boekenkist B.V.',
    kind: 'distributor',
    domain: 'boekenkist.example',
    country: 'NL',
    ways: [],
    services: [
      {
        key: 'boekenkist-levering',
        name: 'Levering leermiddelen',
        kind: 'I',
        leaflet: leaflet({
          product: 'Levering leermiddelen',
          processor: 'Distributie Boekenkist B.V., Tiel',
          domain: 'boekenkist.example',
          explanation: 'Boekenkist levert boeken en toegang tot digitale leermiddelen.',
          users: ['scholen'],
          parts: [part('levering', 'Levering', 'Bestellen, leveren en toegang geven.')],
          kind: 'I',
          purposes: ['5.x.b', '5.x.c'],
          plain: 'Leermiddelen leveren.',
          categories: [{ category: 'eck-id', why: 'Zo komt het leermiddel bij de goede leerling.' }],
          incidental: [],
        }),
      },
    ],
  },
]
