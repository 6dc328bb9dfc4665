import { Refusal } from '../refusal.ts'

/** What is processed: learning material (I), a school or pupil information system (II), the school itself, or images. */
export type PurposeKind = 'I' | 'II' | 'school' | 'image'

export interface Purpose {
  id: string
  kinds: readonly PurposeKind[]
  nl: string
  en: string
  /** What it includes, in the words of the covenant. */
  including?: readonly { nl: string; en: string }[]
}

/** Article 5.1.b-i and 5.2.b-i say the same (C10), so they are written once. */
const SHARED: readonly { letter: string; nl: string; en: string }[] = [
  { letter: 'b', nl: 'het middel geleverd krijgen en in gebruik nemen', en: 'getting the product delivered and into use' },
  { letter: 'c', nl: 'toegang geven: wie bent u en wat mag u zien', en: 'giving access: who you are and what you may see' },
  { letter: 'd', nl: 'beveiligen, controleren en misbruik voorkomen', en: 'security, control and preventing misuse' },
  {
    letter: 'e',
    nl: 'het middel goed laten werken: onderhoud, back-up, fouten herstellen en hulp',
    en: 'keeping it working: maintenance, backups, repairs and support',
  },
  {
    letter: 'f',
    nl: 'onderzoek en analyse op strenge voorwaarden, voor het leren of het beleid van de school',
    en: 'research and analysis on strict conditions, for learning or the school’s policy',
  },
  {
    letter: 'g',
    nl: 'volledig anonieme gegevens voor onderzoek naar beter onderwijs',
    en: 'fully anonymised data for research into better education',
  },
  { letter: 'h', nl: 'voldoen aan wettelijke eisen aan het middel', en: 'meeting legal requirements for the product' },
  { letter: 'i', nl: 'een andere wet uitvoeren', en: 'carrying out another law' },
]

const shared = (article: '5.1' | '5.2', kind: PurposeKind): Purpose[] =>
  SHARED.map(({ letter, nl, en }) => ({ id: `${article}.${letter}`, kinds: [kind], nl, en }))

/**
 * The closed list of purposes: convenant art. 5.1 (C08) and 5.2 (C09), the protocol's ten (P06), and publishing images
 * (P23). Advertising and product improvement are not in it and cannot be added (C11, C14).
 */
export const PURPOSES: readonly Purpose[] = [
  {
    id: '5.1.a',
    kinds: ['I'],
    nl: 'onderwijs geven en volgen en leerlingen begeleiden met het leermiddel',
    en: 'teaching, learning and guiding pupils with the learning material',
    including: [
      { nl: 'resultaten bewaren', en: 'storing results' },
      { nl: 'resultaten terugkrijgen door de school', en: 'returning results to the school' },
      { nl: 'resultaten beoordelen voor stof op maat', en: 'judging results for material that fits' },
      { nl: 'resultaten uitleggen', en: 'analysing and interpreting results' },
      { nl: 'resultaten uitwisselen tussen leermiddelen', en: 'exchanging results between learning materials' },
    ],
  },
  ...shared('5.1', 'I'),
  {
    id: '5.2.a',
    kinds: ['II'],
    nl: 'onderwijs organiseren, geven en volgen, leerlingen begeleiden en advies geven',
    en: 'organising, giving and following education, guiding pupils and advising them',
    including: [
      { nl: 'roosters maken', en: 'making timetables' },
      { nl: 'resultaten uitleggen', en: 'analysing and interpreting results' },
      { nl: 'persoonlijke en medische omstandigheden bijhouden', en: 'keeping personal and medical circumstances' },
      { nl: 'medewerkers begeleiden', en: 'guiding and supporting staff' },
      { nl: 'leerlingen, ouders en medewerkers berichten sturen', en: 'communicating with pupils, parents and staff' },
      { nl: 'geldzaken beheren', en: 'financial administration' },
      { nl: 'meten en verantwoorden', en: 'monitoring and accounting' },
      { nl: 'geschillen behandelen', en: 'handling disputes' },
      { nl: 'uitwisselen met toezichthouders en zorginstellingen', en: 'exchange with supervisors and care institutions' },
      { nl: 'uitwisselen met samenwerkingsverbanden', en: 'exchange with support partnerships' },
      { nl: 'uitwisselen over stages', en: 'exchange about work placements' },
      { nl: 'uitwisselen met een volgende school', en: 'exchange with a next school' },
    ],
  },
  ...shared('5.2', 'II'),
  { id: 'pp.a', kinds: ['school'], nl: 'onderwijs geven en organiseren', en: 'giving and organising education' },
  { id: 'pp.b', kinds: ['school'], nl: 'leerlingen begeleiden', en: 'guiding pupils' },
  { id: 'pp.c', kinds: ['school'], nl: 'leermiddelen verstrekken', en: 'providing learning material' },
  { id: 'pp.d', kinds: ['school'], nl: 'informatie geven over school en leermiddelen', en: 'informing about school and learning material' },
  { id: 'pp.e', kinds: ['school'], nl: 'nieuws over leerlingen op eigen kanalen', en: 'news about pupils on the school’s own channels' },
  {
    id: 'pp.f',
    kinds: ['school'],
    nl: 'activiteiten bekendmaken op de eigen website',
    en: 'announcing activities on the school’s own website',
  },
  { id: 'pp.g', kinds: ['school'], nl: 'bijdragen berekenen en innen', en: 'calculating and collecting fees' },
  { id: 'pp.h', kinds: ['school'], nl: 'geschillen behandelen', en: 'handling disputes' },
  { id: 'pp.i', kinds: ['school'], nl: 'controle door de accountant', en: 'audit by the accountant' },
  { id: 'pp.j', kinds: ['school'], nl: 'een wet uitvoeren', en: 'carrying out a law' },
  { id: 'image', kinds: ['image'], nl: 'foto, film of geluid laten zien op één kanaal', en: 'showing photo, film or sound on one channel' },
]

const byId = new Map(PURPOSES.map((purpose) => [purpose.id, purpose]))

export function purposeById(id: string): Purpose | undefined {
  return byId.get(id)
}

/**
 * The purpose `id` stands for in processing of this kind. A leaflet may spell what 5.1 and 5.2 share as `5.x.b` … `5.x.i`.
 * Takes ids of the list only; free words are no purpose.
 *
 * @throws Refusal `purpose_unknown` also for a purpose of another kind (C10)
 */
export function purposeFor(kind: PurposeKind, id: string): Purpose {
  const article = kind === 'I' ? '5.1' : kind === 'II' ? '5.2' : undefined
  const purpose = byId.get(article && /^5\.x\.[b-i]$/.test(id) ? id.replace('5.x', article) : id)
  if (!purpose?.kinds.includes(kind)) throw new Refusal('purpose_unknown', { kind })
  return purpose
}
