import { ended } from './ended.ts'

/** Signing in, in every way there is. */
export const signInNl = {
  title: 'Inloggen',
  intro: 'Vul uw e-mailadres in. Wij sturen u een code. Een wachtwoord heeft u niet nodig.',
  email: 'E-mailadres',
  emailHint: 'Gebruik het adres dat ook de school heeft.',
  emailWrong: 'Dit is geen e-mailadres. Een voorbeeld van een goed adres: naam@voorbeeld.nl',
  send: 'Stuur mij een code',
  codeTitle: 'Vul de code in',
  codeIntro: (email: string) => `Wij hebben een mail gestuurd naar ${email}. Daarin staat een code van 8 cijfers.`,
  codeOld: 'De code werkt 10 minuten, en alleen in deze browser.',
  code: 'Code',
  codeWrong: 'Deze code klopt niet, of hij werkt niet meer. Kijk het nog eens na. Of vraag een nieuwe code aan.',
  codeShape: 'De code heeft 8 cijfers.',
  check: 'Log in',
  noMail: 'Geen mail gekregen? Kijk bij ongewenste mail. Of wacht een kwartier en vraag een nieuwe code aan.',
  again: 'Vraag een nieuwe code aan',
  codeGone: 'Deze code werkt niet meer. Vraag een nieuwe aan.',
  signedOut: 'U bent uitgelogd.',
  mailSubject: 'Uw code om in te loggen',
  mailText: (code: string) =>
    `Uw code is: ${code}\n\nVul deze code in op de pagina waar u wilt inloggen.\nDe code werkt 10 minuten en maar één keer.\n\nHeeft u niet om een code gevraagd? Dan hoeft u niets te doen.\nGeef de code aan niemand anders, ook niet aan de school.`,

  kept: {
    notice: 'U was een tijd weg. Log daarom opnieuw in. Wat u schreef, hebben wij een uur voor u bewaard.',
    title: 'Uw tekst is er nog',
    intro: 'U bent weer ingelogd. Lees na wat u schreef, en verstuur het.',
    yours: 'Wat u schreef',
    send: 'Verstuur',
    back: 'Terug naar de pagina, zonder te versturen',
  },

  otherWays: 'Andere manieren',
  passkey: 'Log in met een passkey',
  passkeyProblem: 'Dat lukte niet. Probeer het opnieuw, of vraag een code per mail.',
  with: (name: string) => `Log in met ${name}`,
  firstTime: (name: string) =>
    `U komt hier voor het eerst via ${name}. Log nu één keer in met uw e-mailadres. Daarna koppelen wij ${ended(name)}`,
  letter: 'Ik heb een brief van de school met een code',
  letterTitle: 'Inloggen met een brief',
  letterIntro: 'Heeft u van de school een brief gekregen met een code van 16 tekens? Vul hem hier in.',
  letterAddress: 'Heeft u zelf een e-mailadres? Log dan liever daarmee in, en vul de code daarna in. Dan kunt u later weer inloggen.',
  letterCode: 'Code uit de brief',
  letterHint: 'Bijvoorbeeld: 7K2M-9QRS-4TVW-X1YZ. Kleine letters mogen ook.',
  letterShape: 'De code heeft 16 tekens. Kijk nog eens in de brief.',
  letterGo: 'Log in met deze code',
  letterOnce: 'De code werkt maar één keer. Regel daarna meteen hoe u later weer inlogt.',

  againTitle: 'Log opnieuw in',
  againIntro: 'Voor deze stap willen wij zeker weten dat u het bent. Daarna gaat u verder waar u was.',
  againCode: 'Stuur mij een code',
  againTo: (email: string) => `Wij sturen de code naar ${email}.`,
  againStop: 'Iets stoppen of nee zeggen kan altijd, ook zonder opnieuw in te loggen.',
  againNoWay:
    'U heeft hier nog geen manier om opnieuw in te loggen. Voeg een e-mailadres toe. Of een passkey: dan logt u in met uw vingerafdruk of gezicht.',
  againNotNow: 'Niet nu, ga terug',
}

/** The account: how one comes in, and where one is signed in. */
export const accountNl = {
  title: 'Uw account',
  intro: 'Hier ziet u hoe u inlogt, en op welke apparaten u nu bent ingelogd.',
  address: 'E-mailadres',
  addressIs: (email: string) => `U logt in met ${email}.`,
  addressNone: 'U heeft hier geen e-mailadres. Uw code op papier werkt niet nog een keer.',
  addressWhy: 'Voeg een e-mailadres toe dat alleen van u is. Dan kunt u later weer inloggen.',
  addressAdd: 'Voeg dit adres toe',
  addressAdded: 'Uw e-mailadres is toegevoegd.',
  addressCodeTitle: 'Vul de code uit de mail in',
  addressMailSubject: 'Uw code om dit adres toe te voegen',
  addressMail: (code: string) =>
    `Uw code is: ${code}\n\nDe code werkt 10 minuten en maar één keer.\n\nHeeft u hier niet om gevraagd? Dan hoeft u niets te doen.`,
  check: 'Controleer de code',

  passkeys: 'Passkeys',
  passkeysIntro:
    'Met een passkey logt u in met uw vingerafdruk, uw gezicht of de pincode van uw apparaat. U heeft dan geen code per mail nodig.',
  passkeyAdd: 'Voeg een passkey toe',
  passkeyNoScript: 'Voor een passkey is JavaScript nodig. Inloggen met een code per mail kan altijd.',
  passkeyMade: (day: string) => `Gemaakt op ${day}.`,
  passkeyUsed: (day: string) => `Voor het laatst gebruikt op ${day}.`,
  passkeyUnused: 'Nog niet gebruikt.',
  passkeySynced: 'Staat in uw wachtwoordkluis, en werkt ook op uw andere apparaten.',
  passkeyHere: 'Werkt alleen op dit ene apparaat.',
  passkeyAdded: 'De passkey is toegevoegd.',
  passkeyRemoved: 'De passkey is verwijderd.',
  remove: 'Verwijder',

  providers: 'Inloggen via een andere organisatie',
  providersIntro: 'U kunt ook inloggen met een account dat u ergens anders al heeft.',
  providerBound: (day: string) => `Gekoppeld op ${day}.`,
  providerBind: (name: string) => `Koppel ${name}`,
  providerAdded: 'De andere organisatie is gekoppeld.',
  providerRemoved: 'De koppeling is verwijderd.',
  bindTitle: (name: string) => `Wilt u ${name} koppelen?`,
  bindThere: (name: string) => `U logde bij ${name} in als`,
  bindHere: 'Uw account hier',
  bindMeans: (name: string) => `Daarna kunt u met ${name} inloggen in dit account. Klopt een van de twee niet? Kies dan nee.`,
  bindYes: 'Ja, koppel ze',
  bindNo: 'Nee',

  mailSubject: 'Er is iets veranderd aan uw account',
  mailText: (what: string) =>
    `${what}\n\nWas u dit? Dan hoeft u niets te doen.\nWas u dit niet? Log in en kijk bij Uw account. Log daar andere apparaten uit, en verwijder wat u niet kent.`,

  sessions: 'Waar u bent ingelogd',
  sessionsIntro: 'Herkent u een apparaat niet? Log het uit.',
  here: 'dit apparaat',
  unknownDevice: 'Onbekend apparaat',
  since: (moment: string) => `Ingelogd op ${moment}`,
  seen: (moment: string) => `Voor het laatst gebruikt op ${moment}`,
  methods: {
    code: 'met een code per mail',
    passkey: 'met vingerafdruk of gezicht (passkey)',
    provider: 'via een andere organisatie',
    paper: 'met een brief van de school',
  },
  endOne: 'Log dit apparaat uit',
  endOthers: 'Log alle andere apparaten uit',
  ended: 'Dat apparaat is uitgelogd.',
  endedOthers: 'Alle andere apparaten zijn uitgelogd.',
}
