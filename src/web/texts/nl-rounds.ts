import { counted } from './counted.ts'

/** The year's questions on one list. */
export const roundNl = {
  intro: 'Geef op elke vraag apart antwoord. Het hoeft niet in één keer. Wat u verstuurt, blijft bewaard.',
  nothingOpen: 'U heeft overal antwoord op gegeven.',
  open: 'Nog te beantwoorden',
  done: 'Beantwoord',
  facts: 'Wie, wat, hoe lang en buiten Europa',
  ownPage: 'Lees de hele vraag, of deel minder',
  same: (name: string, answer: string) => `Hetzelfde als bij ${name}: ${answer}`,
  review: 'Kijk mijn antwoorden na',
  chooseOne: 'Kies bij één of meer vragen een antwoord.',
  changed: 'Deze vraag is veranderd of gestopt. Lees hem opnieuw.',
  sensitive: 'Extra gevoelig',
  sensitiveIntro: 'Deze vragen gaan over extra gevoelige gegevens. Lees ze eerst helemaal.',
  ownChoice: 'Kies zelf wat u deelt',
  ownChoiceIntro: 'Bij deze vragen mag u zeggen wat u liever niet deelt.',
  stayOpen: (count: string) =>
    `${counted('nl', count, { one: 'Er blijft # vraag open.', other: 'Er blijven # vragen open.' })} U kunt later verdergaan.`,
  send: 'Verstuur deze antwoorden',
  sent: (count: string) => counted('nl', count, { one: 'Verstuurd: # antwoord.', other: 'Verstuurd: # antwoorden.' }),
  agreement: 'Bekijk of print de overeenkomst',
}

/** The year's agreement as a document. */
export const agreementNl = {
  title: 'Ouderovereenkomst',
  fileName: 'ouderovereenkomst',
  version: (version: string) => `Versie ${version}`,
  versions: 'Oudere versies',
  old: 'Dit is een oudere versie. Daarna is er iets veranderd.',
  download: 'Bewaar als bestand',
  back: 'Terug naar de vragen',
  printHint: 'Wilt u een pdf? Druk op printen en kies voor bewaren als pdf.',
  between: 'Tussen',
  about: 'Over',
  year: 'Schooljaar',
  made: 'Gemaakt op',
  undertakings: 'Wat de school u belooft',
  always: {
    change: 'U kunt elk antwoord altijd veranderen of stoppen.',
    pupil: 'Nee zeggen heeft geen gevolgen voor het onderwijs.',
    employee: 'Nee zeggen heeft geen gevolgen voor uw werk. Uw leidinggevende ziet uw antwoorden niet.',
    more: 'Komt er iets nieuws bij? Dan vraagt de school het u apart.',
  },
  yours: 'Wat u antwoordde',
  yoursIntro: 'Hier staan alleen uw eigen antwoorden. Beslist iemand met u mee? Dan heeft die een eigen overeenkomst.',
  open: 'Nog open',
  until: (day: string) => `Tot en met ${day}.`,
  answered: (day: string) => `Beantwoord op ${day}.`,
  stopped: 'Dit is daarna gestopt.',
  hash: (hash: string) => `Kenmerk van deze versie: ${hash}`,
}
