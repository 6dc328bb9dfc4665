import { counted } from './counted.ts'
import { ended } from './ended.ts'

/** The pages of a supplier: who works for it, and what each may do. */
export const supplierNl = {
  title: 'Leverancier',
  nowhere: 'U werkt hier nog voor geen leverancier. Hebt u een uitnodiging? Vul dan de code in.',
  nav: { home: 'Overzicht', services: 'Diensten', agreements: 'Contracten', asking: 'Aanvragen', duties: 'Plichten', people: 'Collega’s' },
  earlier: 'Laat zien wat daarvoor was',
  newest: 'Terug naar het nieuwste',
  waiting: {
    title: 'Wat er nu te doen is',
    none: 'Er ligt nu niets te wachten.',
    duty: (count: string, day: string) =>
      counted('nl', count, { one: `Eén plicht, voor het einde van ${day}`, other: `# plichten, de eerste voor het einde van ${day}` }),
    right: (count: string, day: string) =>
      counted('nl', count, {
        one: `Iemand vraagt iets over eigen gegevens: antwoord voor het einde van ${day}`,
        other: `# mensen vragen iets over eigen gegevens: antwoord op het eerste voor het einde van ${day}`,
      }),
    agreement: {
      signature: (board: string) => `${board} heeft het contract getekend. Teken nu zelf`,
      message: (board: string) => `${board} schreef u iets over het contract`,
      rejected: (board: string) => `${board} wil het contract zo niet. Lees waarom`,
      addendum_signed: (board: string) => `${board} heeft de aanvulling op het contract getekend. Lees wat nu geldt`,
      addendum_rejected: (board: string) => `${board} wil de aanvulling op het contract niet. Lees waarom`,
      leaflet_declined: (board: string) => `${board} wil uw nieuwe uitleg niet. Lees waarom`,
    },
    noAgreement: 'U hebt nu geen contract met een bestuur. Stel er een voor',
    incident: (board: string) => `${board} schreef u iets over een datalek`,
    setAside: (board: string) => `${board} neemt een verzoek dat u doorstuurde niet over`,
    calendar: (count: string, day: string) =>
      counted('nl', count, {
        one: `Op uw kalender staat iets voor ${day}`,
        other: `Op uw kalender staan # dingen, het eerste voor ${day}`,
      }),
    laidAside: 'Berichten aan uw programma kwamen niet aan. Stuur ze opnieuw',
    leaflet: 'Schrijf wat uw dienst met gegevens doet. Daarna kunt u vragen en een contract voorstellen.',
    filesMany: (count: string) => `Ten minste ${count} dossiers hebben nog geen begeleider`,
    files: (count: string) =>
      counted('nl', count, { one: 'Eén dossier heeft nog geen begeleider', other: '# dossiers hebben nog geen begeleider' }),
  },
  legalName: 'Naam van de organisatie',
  domain: 'Domein',
  noDomain: 'Nog niet gecontroleerd',
  yourRoles: 'Uw rollen',
  verified: 'Ouders en scholen zien deze naam. Klopt er iets niet? Neem contact op met de beheerder van de makelaar.',
  suspended: 'Uw organisatie is stilgezet. U krijgt nu geen gegevens. Neem contact op met de beheerder van de makelaar.',
  roles: { administrator: 'Beheerder', contracts: 'Contracten', engineer: 'Techniek', case_worker: 'Begeleider' },
  rolesMean: {
    administrator: 'nodigt collega’s uit en geeft hun rollen',
    contracts: 'regelt diensten, contracten, vragen en plichten',
    engineer: 'regelt programma’s, sleutels en berichten',
    case_worker: 'ziet gegevens van leerlingen die hij begeleidt',
  },
  join: {
    title: 'Uitnodiging van een leverancier',
    intro: 'Hebt u een uitnodiging gekregen om voor een leverancier te werken? Vul dan de code uit de mail in.',
    code: 'Code uit de mail',
    accept: 'Ga verder',
    missing: 'Vul de code uit de mail in.',
    wrong: 'Deze code werkt niet, of niet meer. Bent u ingelogd met het adres waar de mail naartoe ging?',
    done: (name: string) => `U werkt nu hier voor ${ended(name)}`,
  },
  people: {
    you: (name: string) => `${name} (u)`,
    since: (day: string) => `Sinds ${day}`,
    change: (name: string) => `Wijzig de rollen van ${name}`,
    changeButton: 'Bewaar de rollen',
    end: (name: string) => `${name} werkt hier niet meer`,
    leave: 'Stoppen bij deze leverancier',
    leaveIntro: (name: string) => `U kunt daarna niets meer doen voor ${ended(name)}`,
    leaveButton: 'Ik stop',
    roles: 'Wat mag deze collega?',
    rolesWrong: 'Kies ten minste één rol.',
    invite: 'Een collega uitnodigen',
    inviteIntro: 'Uw collega krijgt een mail met een code. De code werkt 14 dagen.',
    invited: 'Uitgenodigd, en nog niet gekomen',
    invitedIntro: 'Klopt een adres niet? Trek de uitnodiging in, dan kan niemand er meer mee binnen.',
    invitedUntil: (day: string) => `De code werkt tot en met ${ended(day)}`,
    withdraw: (name: string) => `Trek de uitnodiging van ${name} in`,
    inviteButton: 'Stuur de uitnodiging',
    name: 'Naam',
    nameWrong: 'Vul de naam in.',
    email: 'E-mailadres op het werk',
    emailWrong: 'Vul een e-mailadres in, zoals naam@voorbeeld.nl.',
    done: {
      invited: 'De uitnodiging is verstuurd.',
      changed: 'De rollen zijn gewijzigd.',
      ended: 'Deze collega kan hier niets meer doen.',
      withdrawn: 'De uitnodiging is ingetrokken. De code werkt niet meer.',
    },
  },
}
