import { counted } from './counted.ts'
import { ended } from './ended.ts'

/** How long the school keeps what it has, and what has to go. */
export const retentionNl = {
  nav: 'Bewaren',
  title: 'Hoe lang bewaren, en wat moet weg?',
  intro: 'Is een leerling van school? Dan bewaart u de gegevens niet langer dan nodig. Hier ziet u wat weg mag en wat weg moet.',
  none: 'Er hoeft nu niets weg.',
  categories: {
    administration: 'Administratie',
    dossier: 'Dossier van de leerling',
    dossier_special: 'Dossier bij speciaal onderwijs',
  },
  rules: 'De termijnen',
  rule: (category: string, min: string, max: string) => `${category}: minstens ${min} maanden, hoogstens ${max} maanden na vertrek.`,
  protocol: 'Zo staat het in het protocol.',
  own: 'Zo heeft het bestuur het gekozen.',
  change: 'Verander deze termijn',
  min: 'Minstens zoveel maanden',
  max: 'Hoogstens zoveel maanden',
  rangeWrong: 'Vul twee getallen in. Het tweede is niet kleiner dan het eerste.',
  save: 'Bewaar deze termijn',
  saved: 'De termijn is bewaard.',
  due: (category: string) => `${category}: wat weg mag of moet`,
  line: (name: string, left: string, by: string) => `${name}: van school sinds ${left}. Weg vóór ${ended(by)}`,
  must: 'moet weg',
  may: 'mag weg',
  how: 'Hoe is het gewist?',
  howHint: 'Bijvoorbeeld: verwijderd uit ParnasSys, papier vernietigd. Dit is uw bewijs. Schrijf geen namen op.',
  howWrong: 'Schrijf op hoe het is gewist.',
  who: 'Van wie?',
  whoWrong: 'Kruis aan van wie het is gewist.',
  here: 'Met de administratie wist ook deze site wat zij van deze leerlingen heeft. Dat kan niet terug.',
  done: 'Dit is gewist',
  recorded: 'Vastgelegd. Het bewijs staat in het logboek.',
  before: 'Wat al is gewist',
  deleted: (category: string, count: string, day: string, name: string) =>
    `${category}, van ${counted('nl', count, { one: '# leerling', other: '# leerlingen' })}, op ${day} door ${ended(name)}`,
  more: (count: string) => `En nog ${ended(count)} Die ziet u hierna.`,
}
