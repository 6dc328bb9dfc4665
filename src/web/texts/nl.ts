import { ended } from './ended.ts'
import { inquiryNl, leafletNl } from './nl-asking.ts'
import { authorityNl } from './nl-authority.ts'
import { authorizeNl } from './nl-authorize.ts'
import { casesNl } from './nl-cases.ts'
import { checklistNl } from './nl-checklist.ts'
import { contactsNl } from './nl-contacts.ts'
import { contractsNl } from './nl-contracts.ts'
import { dataSetsNl } from './nl-data-sets.ts'
import { demandsNl } from './nl-demands.ts'
import { emergenciesNl } from './nl-emergencies.ts'
import { holderNl } from './nl-holder.ts'
import { hostedNl } from './nl-hosted.ts'
import { incidentsNl } from './nl-incidents.ts'
import { inviteSupplierNl } from './nl-invite-supplier.ts'
import { ledgerEventsNl } from './nl-ledger-events.ts'
import { machineNl } from './nl-machine.ts'
import { oversightNl } from './nl-oversight.ts'
import { peopleNl } from './nl-people.ts'
import { consentsNl, questionNl } from './nl-question.ts'
import { receiptNl } from './nl-receipt.ts'
import { retentionNl } from './nl-retention.ts'
import { rosterNl } from './nl-roster.ts'
import { agreementNl, roundNl } from './nl-rounds.ts'
import { sandboxNl } from './nl-sandbox.ts'
import { schoolNl } from './nl-school.ts'
import { roundsNl } from './nl-school-rounds.ts'
import { servicesNl } from './nl-services.ts'
import { accountNl, signInNl } from './nl-sign-in.ts'
import { suggestionsNl } from './nl-suggestions.ts'
import { supplierNl } from './nl-supplier.ts'
import { supplierAgreementsNl } from './nl-supplier-agreements.ts'
import { askingNl } from './nl-supplier-asking.ts'
import { supplierDutiesNl } from './nl-supplier-duties.ts'
import { teachingNl } from './nl-teaching.ts'
import { transfersNl } from './nl-transfers.ts'
import { refusalsNl } from './refusals-nl.ts'

/** All words on the pages, in Dutch at B1 level: short sentences, everyday words, no passive voice where it can be helped. */
export const nl = {
  language: 'nl',
  locale: 'nl-NL',

  frame: {
    product: 'Toestemmingen',
    skip: 'Naar de inhoud',
    nav: 'Menu',
    home: 'Vragen',
    consents: 'Mijn toestemmingen',
    linkCodes: 'Koppelcodes',
    rights: 'Uw rechten',
    school: 'School',
    supplier: 'Leverancier',
    signIn: 'Inloggen',
    signOut: 'Uitloggen',
    signedInAs: (who: string) => `U bent ingelogd als ${who}.`,
    account: 'Uw account',
    languageSwitch: 'Taal',
    foot: 'Op deze site beslist u wie welke gegevens mag zien. U kunt altijd stoppen.',
    back: 'Terug',
    goHome: 'Naar het begin',
    errorTitle: 'Fout',
  },

  receipt: receiptNl,
  signIn: signInNl,
  account: accountNl,

  invitation: {
    title: 'Uitnodiging van de school',
    intro: 'Heeft u van de school een code gekregen? Vul hem hier in. Dan ziet u de vragen over uw kind of over uzelf.',
    code: 'Code uit de uitnodiging',
    accept: 'Koppel mij aan de school',
    missing: 'Vul de code uit de uitnodiging in.',
    done: 'Gelukt. U bent nu gekoppeld aan de school.',
  },

  linkCodes: {
    title: 'Koppelcodes',
    intro:
      'Met een koppelcode mag één bedrijf u iets vragen over één persoon. Het bedrijf krijgt dan nog niets. U beslist zelf, per vraag.',
    none: 'Er zijn nu geen koppelcodes.',
    nobody: 'U kunt nu voor niemand een koppelcode maken.',
    mine: 'Codes die nu werken',
    make: 'Maak een koppelcode',
    about: 'Over wie mag het bedrijf iets vragen?',
    me: (name: string) => `${name} (uzelf)`,
    supplier: 'Welk bedrijf?',
    one: (name: string, supplier: string) => `${supplier}, over ${name}`,
    until: (day: string) => `Werkt tot en met ${day}.`,
    cancel: 'Trek deze code in',
    over: 'Deze code werkt niet meer: hij is ingetrokken, of te oud. U kunt een nieuwe maken.',
    cancelled: 'De code is ingetrokken. Het bedrijf kan er niets meer mee vragen.',
    madeTitle: 'Uw koppelcode',
    madeIntro: (supplier: string) => `Geef deze code aan ${ended(supplier)} Wij laten hem maar één keer zien.`,
    qr: 'De koppelcode als plaatje om te scannen',
    madeNext: 'Stuurt het bedrijf een vraag? Dan ziet u die op de pagina Vragen.',
    toList: 'Naar mijn koppelcodes',
  },

  home: {
    suggested: {
      title: 'Uw school wijst u op',
      intro: 'U beslist zelf of u er iets mee doet. De school hoort het niet.',
      from: (board: string) => `Tip van ${board}`,
      read: 'Lees er meer over bij het bedrijf',
      code: 'Maak een koppelcode voor dit bedrijf',
    },
    title: 'Vragen voor u',
    released: (board: string, name: string, day: string) =>
      `${board} heeft op ${day} uw account losgemaakt van ${name}. Vroeg u dit niet? Bel dan de school.`,
    nothing: 'Er wacht niets op u.',
    nothingMore: 'Komt er een nieuwe vraag? Dan krijgt u een mail.',
    notConnected: 'U bent nog niet gekoppeld aan een school.',
    about: (name: string) => `Over ${name}`,
    aboutYou: 'Over u',
    direct: 'rechtstreeks',
    viaSchool: (school: string) => `via ${school}`,
    open: 'Lees de vraag',
    progress: (done: string, all: string) => `Beantwoord: ${done} van ${all}`,
    begin: 'Bekijk de vragen',
    goOn: 'Ga verder',
    changed: 'Nieuw sinds uw vorige bezoek',
    changes: {
      told: 'De school deelt dit zonder toestemming',
      ended: 'Dit is gestopt',
      answered: 'Iemand die meebeslist, gaf antwoord',
      objection: 'De school besliste over uw bezwaar',
      inquiry: 'De school gaf antwoord op uw vraag',
      delivered: 'Er zijn gegevens gegeven',
      erased: 'Het bedrijf zegt dat het gewist is',
      taken_down: 'De school zegt dat het weggehaald is',
      conflict: 'U en een ander zijn het niet eens',
      agreement_ended: 'De overeenkomst met het bedrijf is voorbij',
      case_taken: 'De school is bezig met uw verzoek',
      case_extended: 'Uw verzoek duurt langer',
      case_answered: 'De school gaf antwoord op uw verzoek',
      case_done: 'Een bedrijf deed wat u vroeg',
      emergency: 'De school gaf gegevens in een noodgeval',
      sixteen: 'Dit kind is nu 16 en beslist zelf',
      sixteenYou: 'U bent 16: vanaf nu beslist u zelf',
    },
  },

  question: questionNl,
  inquiry: inquiryNl,
  round: roundNl,
  agreement: agreementNl,
  leaflet: leafletNl,
  authorize: authorizeNl,
  consents: consentsNl,
  school: schoolNl,
  people: peopleNl,
  rounds: roundsNl,
  roster: rosterNl,
  supplier: supplierNl,
  services: servicesNl,
  asking: askingNl,
  hosted: hostedNl,
  machine: machineNl,
  supplierAgreements: supplierAgreementsNl,
  supplierDuties: supplierDutiesNl,
  holder: holderNl,
  sandbox: sandboxNl,
  dataSets: dataSetsNl,
  authority: authorityNl,
  cases: casesNl,
  incidents: incidentsNl,
  checklist: checklistNl,
  demands: demandsNl,
  emergencies: emergenciesNl,
  teaching: teachingNl,
  contacts: contactsNl,
  retention: retentionNl,
  transfers: transfersNl,
  suggestions: suggestionsNl,
  inviteSupplier: inviteSupplierNl,
  contracts: contractsNl,
  oversight: oversightNl,
  ledgerEvents: ledgerEventsNl,

  onlyNewest: (shown: string) => `Hier staan de nieuwste ${shown}. Wat ouder is, staat er niet bij.`,

  mailbox: {
    title: 'Postbus van de demo',
    intro: 'Deze pagina bestaat alleen in de demo. Hier staan de mails die naar verzonnen adressen zijn gestuurd.',
    address: 'Adres',
    show: 'Toon de mails',
    none: 'Er zijn geen mails voor dit adres.',
  },

  errors: {
    title: 'Dat lukte niet',
    notFound: 'Deze pagina is er niet. Misschien is de link oud.',
    unexpected: 'Er ging bij ons iets mis. Wij weten niet zeker of het is gelukt. Kijk het na, of probeer het straks opnieuw.',
    unexpectedRef: (id: string) => `Belt of mailt u de school hierover? Noem dan dit nummer: ${id}`,
    formFromElsewhere: 'Dit formulier kwam niet van onze site. Daarom hebben wij niets gedaan.',
    pageStale: 'Deze pagina is verouderd. Open hem opnieuw.',
    filledIn: 'Dit had u ingevuld:',
    asItIsNow: 'Bekijk hoe het nu is',
    refusals: refusalsNl,
  },
}
