import { ended } from './ended.ts'

/** Seeing released data in the web app: who is assigned to whom, and a look. */
export const hostedNl = {
  nav: 'Dossiers',
  title: 'Dossiers',
  intro:
    'Van deze mensen mag u gegevens zien: een school gaf ze vrij, of zij zeiden zelf ja tegen u. Wie bij u aan iemand is gekoppeld, kan die gegevens hier bekijken.',
  none: 'Er is nog niets voor u vrijgegeven, en nog niemand zei zelf ja tegen u.',
  mineNone: 'Er is nog niemand aan u gekoppeld. Een collega met de rol Contracten doet dat.',
  toFiles: 'Koppel een begeleider en bekijk de gegevens',
  reference: (reference: string) => `Dossier ${reference}`,
  assigned: 'Begeleiders',
  assignedNone: 'Nog niemand',
  assign: (reference: string) => `Een begeleider koppelen aan dossier ${reference}`,
  who: 'Wie begeleidt deze persoon?',
  whoHint:
    'Wie toestemming gaf leest deze naam, en de school als het via de school ging. Alleen collega’s met de rol Begeleider staan hier.',
  whoNone: 'Er is nog geen collega met de rol Begeleider. Een beheerder kan die rol geven.',
  whoWrong: 'Kies een begeleider.',
  assignButton: 'Koppel',
  end: (name: string) => `${name} begeleidt deze persoon niet meer`,
  open: (reference: string) => `Bekijk de gegevens van dossier ${reference}`,
  done: {
    assigned: 'De begeleider is gekoppeld.',
    ended: 'De koppeling is gestopt. De begeleider ziet de gegevens niet meer.',
  },
  lookIntro:
    'Iedere keer dat u kijkt, haalt u de gegevens nieuw op. Wie toestemming gaf, ziet dat u hebt gekeken, en wanneer. Wij bewaren de gegevens niet.',
  what: (data: string, holder: string) => `Bij ${holder}: ${data}`,
  until: (day: string) => `U mag dit bekijken tot en met ${ended(day)}`,
  look: 'Bekijk nu',
  lookAgain: 'Bekijk opnieuw',
  stopped: 'Deze gegevens kunt u nu niet bekijken. De toestemming of vrijgave geldt niet meer, of nog niet. Wij zeggen niet waarom.',
  stoppedMore: 'Hebt u eerder gegevens overgeschreven? Wis die dan. De plicht daarvoor staat met een datum bij uw organisatie.',
  unreachable: 'De bron van de gegevens geeft nu geen antwoord dat wij kunnen tonen. Probeer het later nog eens.',
  over: 'Hier is nu niets te bekijken.',
  seenAt: (moment: string) => `Opgehaald op ${ended(moment)}`,
  empty: 'De bron heeft geen gegevens over deze persoon.',
  facts: 'Overige gegevens',
  table: 'Gegevens',
  rows: (table: string, from: string, to: string) => `${table}: regel ${from} tot en met ${to}`,
  find: 'Zoek een dossier',
  findButton: 'Zoek',
  next: 'Volgende dossiers',
  foundNone: 'Er is geen dossier dat zo heet.',
  back: 'Terug naar de lijst',
}
