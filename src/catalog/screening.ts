import { Refusal } from '../refusal.ts'

const ADVERTISING = [
  'reclame(?!ren|er)\\w*',
  '\\w*(?<!in)advert(?:eer|eren|entie|ise|ising)\\w*',
  '\\w*marketing\\w*',
  '(?:ongevraagde|commerciele|gerichte|persoonlijke|passende|speciale|gepersonaliseerde) aanbieding(?:en)?',
  'aanbiedingen',
  'commerciele? (?:doel|gebruik|bericht|mail)\\w*',
  'commercial (?:purpose|use|message|mail|offer)\\w*',
  '(?:special|personali[sz]ed|targeted|unsolicited) offers?',
  'promotional\\w*',
  'direct ?mail(?:ing)?',
  'retargeting',
  '(?:cross|up)[ -]?sell(?:ing)?',
  'leadgenerat\\w*',
  'lead generation',
]

const THING =
  '(?:product(?:en|s)?|dienst(?:en)?|services?|apps?|software|programma|algoritmen?|algoritmes|algorithms?|model(?:len|s)?|platforms?|ai)'
const OURS = '(?:(?:van|of|aan) )?(?:(?:ons|onze|het|de|deze|dit|haar|zijn|eigen|our|the|its|their|these|this) )*'
const PRODUCT_IMPROVEMENT = [
  'product(?:en)? ?(?:verbeter|ontwikkel|optimalisat|innovat)\\w*',
  `(?:verbeter|doorontwikkel|optimaliser)\\w* ${OURS}${THING}\\b`,
  `${THING} (?:(?:te|verder|steeds|blijven|kunnen|beter) )*(?:verbeteren|doorontwikkelen|optimaliseren|trainen)`,
  `train(?:en|ing)? ${OURS}${THING}\\b`,
  `(?:product|service) (?:improvement|development|innovation)s?`,
  `(?:improv|enhanc|develop)(?:e|es|ing|ement) ${OURS}${THING}\\b`,
]

const TERM = `(?:${[...ADVERTISING, ...PRODUCT_IMPROVEMENT].join('|')})`
const forbidden = new RegExp(`\\b${TERM}`, 'u')
/** "nooit voor reclame of marketing": the term right after its denial, and what is strung to it. "Niet alleen voor" is no denial. */
const denied = new RegExp(
  `\\b(?:geen|nooit|niet|zonder|no|not|never|without) (?:(?:voor|for|als|enige|any) )?${TERM}(?:,? (?:(?:of|en|noch|or|and|nor) )?(?:(?:voor|for) )?${TERM})*`,
  'gu',
)
/** The same words with something between their letters. */
const squeezed = /reclame(?!ren|er)|advertentie|advertising|marketing|productverbeter|productontwikkel|productimprove/u

/** Cyrillic and Greek letters that look like Latin ones, and what they look like. */
const LOOKALIKES = new Map(Array.from('аеіјкмнорсѕтухαεικνορτυ', (letter, nr) => [letter, 'aeijkmhopcstyxaeiknoptu'[nr]!]))

/** As a reader sees it: no accents, no invisible characters, small letters, Latin look. */
function asRead(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/[\p{sc=Cyrillic}\p{sc=Greek}]/gu, (letter) => LOOKALIKES.get(letter) ?? letter)
}

/**
 * Whether free text wants data for advertising or to make the product better: never a purpose, in whatever words (C11, C14).
 * A screen, not a judge: it knows the usual Dutch and English words, also with letters spaced out, and lets a denial pass
 * ("nooit voor reclame"). What gets by it is still held to one purpose of the list.
 */
export function wantsForbiddenPurpose(text: string): boolean {
  const plain = asRead(text).replace(/[\s\-–—_/]+/gu, ' ')
  const undenied = plain.replace(denied, ' ')
  return forbidden.test(undenied) || squeezed.test(undenied.replace(/[^a-z]/gu, ''))
}

/** @throws Refusal `purpose_forbidden` with the names of the fields, never their words */
export function mustNotAdvertise(fields: Record<string, string | null | undefined>): void {
  const wrong = Object.entries(fields).flatMap(([name, text]) => (text && wantsForbiddenPurpose(text) ? [name] : []))
  if (wrong.length > 0) throw new Refusal('purpose_forbidden', { fields: wrong })
}

const HEALTH =
  /dyscalcul|dysle[xc]|adhd|autis|\bass\b|medisch|medicijn|medication|gezondheid|health|ziek|illness|diagnos|therap|handicap|disabilit|beperking|allerg|epilep|diabet|depress|psych|trauma|logoped|godsdienst|religi|geloof|etni[cs]|ethnic/u

/**
 * Whether an occasion or purpose in free words itself says something of a special category (GDPR art. 9), as "dyscalculie"
 * does. Then the wording to the decider is explicit and mails and codes stay neutral (design §3, C25).
 */
export function tellsSpecialCategory(text: string): boolean {
  return HEALTH.test(asRead(text))
}
