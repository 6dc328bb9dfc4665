import { ended } from './ended.ts'

/** The data sets of a holder, for its engineer. */
export const dataSetsNl = {
  title: 'Welke gegevens biedt u aan?',
  intro:
    'Elk soort gegevens heeft een naam voor programma’s en een naam voor mensen. Er gaat pas iets uit als een bestuur u daar opdracht voor geeft.',
  open: 'Gegevens toevoegen of wijzigen',
  back: 'Terug naar uw bron',
  kind: 'Soort',
  address: 'Adres',
  choose: 'Kies',
  change: 'Wijzig',
  changeButton: 'Bewaar',
  add: 'Gegevens toevoegen',
  addButton: 'Voeg toe',
  off: 'staat niet op de lijst',
  end: {
    link: 'Niet meer aanbieden',
    title: (name: string) => `Niet meer aanbieden: ${ended(name)}`,
    intro: 'Dit stopt er meteen:',
    nowhere: 'Geen bestuur gaf u hiervoor opdracht. Er stopt dus niets.',
    people: (count: string) => `De vraag hierover gaat over ${count} mensen.`,
    peopleFew: 'De vraag hierover gaat over minder dan vijf mensen.',
    peopleNone: 'Aan niemand wordt hier iets over gevraagd.',
    after:
      'De opdracht van deze besturen eindigt. Wie met toestemming gegevens bij u ophaalt, krijgt deze dan niet meer. Andere gegevens haalt hij opnieuw op. Het bestuur ziet in zijn logboek dat dit stopte.',
    sure: 'Ja, ik weet het zeker',
    sureWrong: 'Kruis aan dat u het zeker weet.',
    button: 'Haal van de lijst',
    again: 'Bied weer aan',
  },
  done: {
    withdrawn: 'De gegevens staan niet meer op uw lijst.',
    again: 'De gegevens staan weer op uw lijst. Een bestuur moet u opnieuw opdracht geven.',
    added: 'De gegevens staan erbij. Een bestuur kan u nu opdracht geven.',
    changed: 'De wijziging is bewaard.',
  },
  datatype: 'Naam voor programma’s (datatype)',
  datatypeHint: 'Kleine letters, cijfers en streepjes, zoals arithmetic-results. Dit verandert nooit meer.',
  category: 'Wat voor gegevens zijn het?',
  categoryHint: 'Dit bepaalt hoe gevoelig ze zijn, en verandert nooit meer.',
  nameNl: 'Naam voor ouders, in het Nederlands',
  nameEn: 'Naam voor ouders, in het Engels',
  path: 'Waar staan ze onder uw adres?',
  pathHint: 'Leeg: op de naam voor programma’s. Anders bijvoorbeeld v2/results.',
  wrong: {
    datatype: 'Begin met een kleine letter. Gebruik verder kleine letters, cijfers en streepjes: 3 tot 61 tekens.',
    category: 'Kies wat voor gegevens het zijn.',
    nameNl: 'Vul een Nederlandse naam in.',
    nameEn: 'Vul een Engelse naam in.',
    path: 'Dit is geen pad onder uw adres. Begin zonder schuine streep, en gebruik geen vraagteken of twee punten achter elkaar.',
    known: 'Deze naam is er al.',
    instructed:
      'Een bestuur gaf u al opdracht onder deze naam. De naam blijft zo, want ouders zeiden er ja of nee op. Het pad kunt u wel wijzigen.',
  },
}
