/** What can be wrong with a list, by the reader's own words for it; what stands for `#` differs from one to the next. */
const MISTAKES: Record<string, string> = {
  'belongs to somebody else in an earlier row': 'hoort in een eerdere regel bij iemand anders',
  'cannot be read: check the quotation marks': 'is niet te lezen: kijk de aanhalingstekens na',
  'cannot be unpacked: it is damaged, or no zip': 'is niet uit te pakken: het is beschadigd, of geen zip',
  'does not belong in a OneRoster bundle': 'hoort niet in een OneRoster-bestand',
  'does not say yes or no': 'zegt geen ja of nee',
  'does not tell who of the two is the pupil and who the guardian': 'zegt niet wie de leerling is en wie de ouder',
  'has # fields where the header has #': 'heeft # velden, de eerste regel heeft er #',
  'has a document type, which EDEXML does not': 'heeft een documenttype, en dat hoort niet in EDEXML',
  'has a text that is longer than anything in EDEXML': 'heeft een tekst die te lang is voor EDEXML',
  'has more columns than a roster': 'heeft te veel kolommen',
  'has # more errors, with the files after it, that are not listed': 'heeft, met de bestanden erna, nog # fouten die hier niet staan',
  'has more pupils than a school': 'heeft te veel leerlingen voor één school',
  'has no pupils': 'heeft geen leerlingen',
  'holds a file twice': 'heeft een bestand twee keer',
  'holds a folder; the files of a bundle lie side by side': 'heeft een map; de bestanden moeten naast elkaar staan',
  'holds an ECK iD that another user has': 'heeft een ECK iD dat ook iemand anders heeft',
  'holds an ECK iD that is not well formed': 'heeft een ECK iD dat niet klopt',
  'holds control characters': 'heeft tekens die u niet ziet',
  'holds more than # files': 'heeft meer dan # bestanden',
  'is announced in the manifest and missing from the bundle': 'staat in het manifest, maar het bestand ontbreekt',
  'is a delta; send the whole roster (bulk) first': 'is een deel (delta); stuur eerst de hele lijst (bulk)',
  'is a delta, and it is not clear of which roster before it; send the whole roster (bulk) first':
    'is een deel (delta), en het is niet duidelijk van welke eerdere lijst; stuur eerst de hele lijst (bulk)',
  'is another version than the whole roster before it': 'is een andere versie dan de hele lijst ervoor',
  'is older than what was taken in before': 'is ouder dan wat al is verwerkt',
  'is not active or tobedeleted, as in a delta': 'is niet active of tobedeleted, zoals in een deel (delta)',
  'is not a moment written as YYYY-MM-DDThh:mm:ssZ': 'is geen moment, geschreven als JJJJ-MM-DDThh:mm:ssZ',
  'is empty': 'is leeg',
  'is empty in a bulk bundle': 'hoort leeg te zijn in een hele lijst (bulk)',
  'is in the bundle and not announced in the manifest': 'is er wel, maar staat niet in het manifest',
  'is larger than a roster can be': 'is te groot',
  'is locked with a password': 'is op slot met een wachtwoord',
  'is longer than # characters': 'is langer dan # tekens',
  'is missing from the bundle': 'ontbreekt',
  'is missing from the header': 'ontbreekt in de eerste regel',
  'is nested deeper than EDEXML is': 'heeft te veel lagen voor EDEXML',
  'is not UTF-8': 'is geen UTF-8',
  'is not a BRIN': 'is geen BRIN',
  'is not a day somebody living was born': 'kan geen geboortedatum zijn',
  'is not a day written as DD-MM-YYYY or YYYY-MM-DD': 'is geen datum als 31-12-2017 of 2017-12-31',
  'is not a day written as YYYY-MM-DD': 'is geen datum als 2017-12-31',
  'is not a school, where a pupil belongs to one': 'is geen school, en daar hoort een leerling wel bij',
  'is not absent, bulk or delta': 'is geen absent, bulk of delta',
  'is not among the groups of this file': 'staat niet bij de groepen in dit bestand',
  'is not an e-mail address': 'is geen mailadres',
  'is not in #': 'staat niet in #',
  'is not one of #': 'is niet één van #',
  'is not the BRIN of a school of this board': 'is geen BRIN van een school van uw bestuur',
  'is not there': 'is er niet',
  'is not well-formed XML': 'is geen goede XML',
  'is not written as {Type:Id}': 'is niet geschreven als {Type:Id}',
  'is required': 'ontbreekt',
  'is the BRIN of two schools': 'is de BRIN van twee scholen',
  'lies before beginDate': 'ligt voor beginDate',
  'looks like a BSN, which may not be sent': 'lijkt op een BSN, en dat mag u niet sturen',
  'manifest.version is not 1.0': 'manifest.version is geen 1.0',
  'names a session that is not in academicSessions.csv': 'noemt iets dat niet in academicSessions.csv staat',
  'names a user that is not in users.csv': 'noemt iemand die niet in users.csv staat',
  'names an organisation that is not in orgs.csv': 'noemt een school die niet in orgs.csv staat',
  'names the user itself': 'noemt de persoon zelf',
  'no column was chosen for this': 'hiervoor is geen kolom gekozen',
  'oneroster.version is not one of #': 'oneroster.version is niet één van #',
  'stands in the header twice': 'staat twee keer in de eerste regel',
  'stands in this file twice': 'staat twee keer in dit bestand',
  'the header has a column that OneRoster # does not know': 'de eerste regel heeft een kolom die OneRoster # niet kent',
  'unpacks to more than a roster can be': 'wordt te groot bij het uitpakken',
}

const PATTERNS = Object.entries(MISTAKES)
  .filter(([said]) => said.includes('#'))
  .map(([said, nl]) => ({ said: new RegExp(`^${said.replaceAll(/[.()]/g, '\\$&').replaceAll('#', '(.+)')}$`), nl }))

/** The same in Dutch; a mistake that is new here is told as the reader says it. */
export function mistakeNl(message: string): string {
  const known = MISTAKES[message]
  if (known !== undefined) return known
  for (const { said, nl } of PATTERNS) {
    const found = said.exec(message)
    if (found) return found.slice(1).reduce((text, part) => text.replace('#', () => part), nl)
  }
  return message
}
