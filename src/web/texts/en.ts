import { inquiryEn, leafletEn } from './en-asking.ts'
import { authorityEn } from './en-authority.ts'
import { authorizeEn } from './en-authorize.ts'
import { casesEn } from './en-cases.ts'
import { checklistEn } from './en-checklist.ts'
import { contactsEn } from './en-contacts.ts'
import { contractsEn } from './en-contracts.ts'
import { dataSetsEn } from './en-data-sets.ts'
import { demandsEn } from './en-demands.ts'
import { emergenciesEn } from './en-emergencies.ts'
import { holderEn } from './en-holder.ts'
import { hostedEn } from './en-hosted.ts'
import { incidentsEn } from './en-incidents.ts'
import { inviteSupplierEn } from './en-invite-supplier.ts'
import { ledgerEventsEn } from './en-ledger-events.ts'
import { machineEn } from './en-machine.ts'
import { oversightEn } from './en-oversight.ts'
import { peopleEn } from './en-people.ts'
import { consentsEn, questionEn } from './en-question.ts'
import { receiptEn } from './en-receipt.ts'
import { retentionEn } from './en-retention.ts'
import { rosterEn } from './en-roster.ts'
import { agreementEn, roundEn } from './en-rounds.ts'
import { sandboxEn } from './en-sandbox.ts'
import { schoolEn } from './en-school.ts'
import { roundsEn } from './en-school-rounds.ts'
import { servicesEn } from './en-services.ts'
import { accountEn, signInEn } from './en-sign-in.ts'
import { suggestionsEn } from './en-suggestions.ts'
import { supplierEn } from './en-supplier.ts'
import { supplierAgreementsEn } from './en-supplier-agreements.ts'
import { askingEn } from './en-supplier-asking.ts'
import { supplierDutiesEn } from './en-supplier-duties.ts'
import { teachingEn } from './en-teaching.ts'
import { transfersEn } from './en-transfers.ts'
import { ended } from './ended.ts'
import { refusalsEn } from './refusals-en.ts'
import type { Messages } from './shape.ts'

export const en: Messages = {
  language: 'en',
  locale: 'en-GB',

  frame: {
    product: 'Consents',
    skip: 'Skip to the content',
    nav: 'Menu',
    home: 'Questions',
    consents: 'My consents',
    linkCodes: 'Link codes',
    rights: 'Your rights',
    school: 'School',
    supplier: 'Supplier',
    signIn: 'Sign in',
    signOut: 'Sign out',
    signedInAs: (who) => `You are signed in as ${who}.`,
    account: 'Your account',
    languageSwitch: 'Language',
    foot: 'On this site you decide who may see which data. You can stop at any time.',
    back: 'Back',
    goHome: 'Go to the start',
    errorTitle: 'Error',
  },

  receipt: receiptEn,
  signIn: signInEn,
  account: accountEn,

  invitation: {
    title: 'Invitation from the school',
    intro: 'Did the school give you a code? Enter it here. Then you see the questions about your child or about yourself.',
    code: 'Code from the invitation',
    accept: 'Connect me to the school',
    missing: 'Enter the code from the invitation.',
    done: 'Done. You are now connected to the school.',
  },

  linkCodes: {
    title: 'Link codes',
    intro:
      'With a link code one company may ask you something about one person. The company gets nothing yet. You decide, question by question.',
    none: 'There are no link codes now.',
    nobody: 'There is nobody for whom you can make a link code now.',
    mine: 'Codes that work now',
    make: 'Make a link code',
    about: 'Whom may the company ask about?',
    me: (name) => `${name} (yourself)`,
    supplier: 'Which company?',
    one: (name, supplier) => `${supplier}, about ${name}`,
    until: (day) => `Works until and including ${day}.`,
    cancel: 'Cancel this code',
    over: 'This code does not work any more: it was cancelled, or is too old. You can make a new one.',
    cancelled: 'The code is cancelled. The company cannot ask anything with it any more.',
    madeTitle: 'Your link code',
    madeIntro: (supplier) => `Give this code to ${ended(supplier)} We show it only once.`,
    qr: 'The link code as a picture to scan',
    madeNext: 'Does the company send a question? You will see it on the page Questions.',
    toList: 'To my link codes',
  },

  home: {
    suggested: {
      title: 'Your school points you to',
      intro: 'You decide yourself whether to do something with it. The school does not hear it.',
      from: (board) => `Tip from ${board}`,
      read: 'Read more about it at the company',
      code: 'Make a link code for this company',
    },
    title: 'Questions for you',
    released: (board: string, name: string, day: string) =>
      `On ${day} ${board} released your account from ${name}. Did you not ask for this? Then call the school.`,
    nothing: 'Nothing is waiting for you.',
    nothingMore: 'When a new question comes, you get a mail.',
    notConnected: 'You are not connected to a school yet.',
    about: (name) => `About ${name}`,
    aboutYou: 'About you',
    direct: 'directly',
    viaSchool: (school) => `through ${school}`,
    open: 'Read the question',
    progress: (done, all) => `Answered: ${done} of ${all}`,
    begin: 'See the questions',
    goOn: 'Go on',
    changed: 'New since your last visit',
    changes: {
      told: 'The school shares this without consent',
      ended: 'This was stopped',
      answered: 'Somebody who decides with you answered',
      objection: 'The school decided on your objection',
      inquiry: 'The school answered your question',
      delivered: 'Data were handed over',
      erased: 'The company says that it was erased',
      taken_down: 'The school says that it was taken down',
      conflict: 'You and somebody else disagree',
      agreement_ended: 'The agreement with the company is over',
      case_taken: 'The school is working on your request',
      case_extended: 'Your request takes longer',
      case_answered: 'The school answered your request',
      case_done: 'A company did what you asked',
      emergency: 'The school gave data in an emergency',
      sixteen: 'This child is 16 now and decides',
      sixteenYou: 'You are 16: from now on you decide',
    },
  },

  question: questionEn,
  inquiry: inquiryEn,
  round: roundEn,
  agreement: agreementEn,
  leaflet: leafletEn,
  authorize: authorizeEn,
  consents: consentsEn,
  school: schoolEn,
  people: peopleEn,
  rounds: roundsEn,
  roster: rosterEn,
  supplier: supplierEn,
  services: servicesEn,
  asking: askingEn,
  hosted: hostedEn,
  machine: machineEn,
  supplierAgreements: supplierAgreementsEn,
  supplierDuties: supplierDutiesEn,
  holder: holderEn,
  sandbox: sandboxEn,
  dataSets: dataSetsEn,
  authority: authorityEn,
  cases: casesEn,
  incidents: incidentsEn,
  checklist: checklistEn,
  demands: demandsEn,
  emergencies: emergenciesEn,
  teaching: teachingEn,
  contacts: contactsEn,
  retention: retentionEn,
  transfers: transfersEn,
  suggestions: suggestionsEn,
  inviteSupplier: inviteSupplierEn,
  contracts: contractsEn,
  oversight: oversightEn,
  ledgerEvents: ledgerEventsEn,

  onlyNewest: (shown: string) => `Here are the newest ${shown}. What is older is not listed.`,

  mailbox: {
    title: 'Mailbox of the demo',
    intro: 'This page exists in the demo only. Here are the mails that were sent to invented addresses.',
    address: 'Address',
    show: 'Show the mails',
    none: 'There are no mails for this address.',
  },

  errors: {
    title: 'That did not work',
    notFound: 'This page does not exist. Perhaps the link is old.',
    unexpected: 'Something went wrong on our side. We are not sure whether it worked. Check it, or try again later.',
    unexpectedRef: (id) => `Are you calling or writing to the school about this? Name this number: ${id}`,
    formFromElsewhere: 'This form did not come from our site. So we did nothing.',
    pageStale: 'This page is out of date. Open it again.',
    filledIn: 'This is what you had filled in:',
    asItIsNow: 'See how it is now',
    refusals: refusalsEn,
  },
}
