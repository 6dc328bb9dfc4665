/** B1 has no official measure; these bounds are the usual stand-ins (P14: understandable language). */
export const MOST_WORDS_IN_A_SENTENCE = 20
export const MOST_WORDS_ON_AVERAGE = 12
export const LEAST_FLESCH_DOUMA = 60

/**
 * Words from the law and the office, each with its plain twin: what a parent would say. A word may stand in a text that also
 * says one of its twins (they are separated by commas): then it is explained.
 */
const HARD_WORDS: Readonly<Record<string, string>> = {
  alsmede: 'en ook',
  authenticatie: 'inloggen, wie u bent',
  autorisatie: 'wie wat mag',
  benchmark: 'vergelijken, vergelijking',
  betreffende: 'over',
  betrokkene: 'uw kind, uzelf',
  betrokkenen: 'de ouders, de kinderen',
  'bevoegd gezag': 'bestuur',
  bewaartermijn: 'hoe lang, bewaren',
  bijsluiter: 'uitleg',
  'bijzondere persoonsgegevens': 'extra gevoelige gegevens',
  conform: 'volgens',
  dataminimalisatie: 'niet meer dan nodig',
  derhalve: 'daarom',
  desgewenst: 'als u wilt',
  'dient te': 'moet',
  doelbinding: 'waarvoor',
  faciliteren: 'helpen',
  'functionaris gegevensbescherming': 'privacy-medewerker',
  geanonimiseerd: 'zonder naam',
  gezaghebbende: 'ouder die beslist',
  grondslag: 'waarom het mag',
  identificatie: 'wie u bent',
  indien: 'als',
  ingevolge: 'door',
  inzage: 'bekijken, zien',
  krachtens: 'door',
  mandaat: 'taak',
  middels: 'met',
  monitoring: 'volgen',
  notificatie: 'bericht, mail',
  omtrent: 'over',
  onderwijsdeelnemer: 'leerling',
  onlosmakelijk: 'hoort erbij',
  optioneel: 'mag u kiezen',
  overdraagbaarheid: 'meenemen',
  passkey: 'vingerafdruk, gezicht',
  privacybijsluiter: 'uitleg',
  profilering: 'profiel',
  pseudoniem: 'schuilnaam',
  rechtmatig: 'volgens de wet',
  rectificatie: 'verbeteren',
  subverwerker: 'bedrijf dat helpt',
  teneinde: 'om te',
  tevens: 'ook',
  toegekend: 'krijgt gelijk',
  uitdrukkelijk: 'duidelijk',
  uitdrukkelijke: 'duidelijk',
  vernietigen: 'wissen',
  vernietiging: 'wissen',
  verstrekken: 'geven',
  verstrekking: 'geven',
  verwerken: 'gebruiken',
  verwerker: 'bedrijf dat voor de school werkt',
  verwerkersovereenkomst: 'contract',
  verwerking: 'gebruik',
  verwerkingsverantwoordelijke: 'de school',
}

/** The hard words in a text that nothing in it explains. */
export function hardWordsIn(text: string): { word: string; plain: string }[] {
  const said = text.toLowerCase()
  const stands = (word: string) => new RegExp(`(?<![\\p{L}-])${word}(?![\\p{L}-])`, 'u').test(said)
  return Object.entries(HARD_WORDS)
    .filter(([word, plain]) => stands(word) && !plain.split(', ').some(stands))
    .map(([word, plain]) => ({ word, plain }))
}

/** How hard a Dutch text is to read, and what makes it so. */
export interface ReadingLevel {
  /** No sentence too long, sentences short, words easy, none from the office. */
  isB1: boolean
  /** Sentences of more words than a reader keeps in mind. */
  tooLong: string[]
  wordsPerSentence: number
  /** Higher is easier: below 60 is hard for many. */
  fleschDouma: number
  hardWords: { word: string; plain: string }[]
}

/** Measures a text, with the same yardstick as our own pages. A measure, not a judge: short sentences can be unclear too. */
export function readingLevelOf(text: string): ReadingLevel {
  const sentences = sentencesIn(text)
  const words = sentences.flatMap(wordsIn)
  const wordsPerSentence = sentences.length === 0 ? 0 : words.length / sentences.length
  const syllables = words.reduce((sum, word) => sum + syllablesIn(word), 0)
  const fleschDouma = words.length === 0 ? 100 : 206.84 - 0.93 * wordsPerSentence - 77 * (syllables / words.length)
  const tooLong = sentences.filter((sentence) => wordsIn(sentence).length > MOST_WORDS_IN_A_SENTENCE).map((sentence) => sentence.trim())
  const hardWords = hardWordsIn(text)
  const isB1 =
    tooLong.length === 0 &&
    hardWords.length === 0 &&
    wordsPerSentence <= MOST_WORDS_ON_AVERAGE &&
    (fleschDouma >= LEAST_FLESCH_DOUMA || words.length < FEWEST_WORDS_TO_JUDGE)
  return { isB1, tooLong, wordsPerSentence, fleschDouma, hardWords }
}

/** One long word in a line of six says nothing about a text. */
export const FEWEST_WORDS_TO_JUDGE = 12

/** The sentences of a text that have words. A full stop within an abbreviation of capitals (B.V.) ends none. */
export function sentencesIn(text: string): string[] {
  return text
    .replace(/\b([A-Z])\.(?=[A-Z]\.| [A-Za-z])/g, '$1')
    .split(/[.!?:]+(?:\s|$)|\n+/)
    .filter((sentence) => wordsIn(sentence).length > 0)
}

const wordsIn = (sentence: string): string[] => sentence.match(/[\p{L}\p{N}@-]+/gu) ?? []

const syllablesIn = (word: string): number =>
  Math.max(1, word.toLowerCase().match(/aai|ooi|oei|eeuw|ieuw|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|au|ou|[aeiouyáéíóúëïöü]/g)?.length ?? 0)
