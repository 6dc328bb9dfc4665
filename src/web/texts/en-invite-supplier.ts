import type { Messages } from './shape.ts'

export const inviteSupplierEn: Messages['inviteSupplier'] = {
  title: 'Invite a company',
  intro:
    'Does your board want to work with a company? Invite somebody there. The company then writes itself what it does with data, and proposes a contract.',
  supplier: 'Which company?',
  other: 'A company that is not here yet',
  company: 'Only for a new company',
  companyIntro: 'The operator of this service first looks whether the name and the web address are right. Then the invitation goes out.',
  legalName: 'Name of the company',
  legalNameHint: 'As in the trade register',
  domain: 'Web address of the company',
  domainHint: 'For example: rekenplus.nl',
  kind: 'What kind of company is it?',
  kinds: {
    publisher: 'Publisher',
    administration: 'Pupil administration',
    tutoring: 'Tutoring or guidance',
    research: 'Research',
    care: 'Care',
    photographer: 'Photographer',
    cloud: 'Storage or software',
    distributor: 'Delivery of books and licences',
  },
  contact: 'Whom do you invite?',
  email: 'E-mail address of that person',
  emailHint: 'An address of the company itself: it ends in the web address.',
  send: 'Invite',
  done: {
    invited: 'The invitation was sent. It works for 14 days.',
    nominated: 'Done. The operator looks at the company. Then the invitation goes out.',
  },
  wrong: {
    supplier: 'Choose a company.',
    legalName: 'Fill in the name of the company.',
    domain: 'Fill in the web address, like rekenplus.nl.',
    kind: 'Choose what kind of company it is.',
    name: 'Fill in a name.',
    email: 'Fill in an e-mail address that is right.',
  },
  named: 'Companies that you named',
  states: { open: 'being looked at', accepted: 'invited', declined: 'not taken in' },
}
