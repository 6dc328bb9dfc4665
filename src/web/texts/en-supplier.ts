import { counted } from './counted.ts'
import { ended } from './ended.ts'
import type { Messages } from './shape.ts'

export const supplierEn: Messages['supplier'] = {
  title: 'Supplier',
  nowhere: 'You do not work for a supplier here yet. Do you have an invitation? Then enter its code.',
  nav: { home: 'Overview', services: 'Services', agreements: 'Agreements', asking: 'Asking', duties: 'Duties', people: 'Colleagues' },
  waiting: {
    title: 'What there is to do now',
    none: 'Nothing waits now.',
    duty: (count, day) =>
      counted('en', count, { one: `One duty, before the end of ${day}`, other: `# duties, the first before the end of ${day}` }),
    right: (count, day) =>
      counted('en', count, {
        one: `Somebody asks something about their own data: answer before the end of ${day}`,
        other: `# people ask something about their own data: answer the first before the end of ${day}`,
      }),
    agreement: {
      signature: (board) => `${board} has signed the agreement. Now sign it yourself`,
      message: (board) => `${board} wrote to you about the agreement`,
      rejected: (board) => `${board} does not want the agreement like this. Read why`,
      addendum_rejected: (board) => `${board} does not want the addendum to the agreement. Read why`,
      leaflet_declined: (board) => `${board} does not want your new leaflet. Read why`,
    },
    incident: (board) => `${board} wrote to you about a data leak`,
    setAside: (board) => `${board} does not take over a request that you sent on`,
    calendar: (count, day) =>
      counted('en', count, {
        one: `There is something on your calendar for ${day}`,
        other: `There are # things on your calendar, the first for ${day}`,
      }),
    laidAside: 'Messages to your program did not arrive. Send them again',
    leaflet: 'Write what your service does with data. Then you can ask, and propose a contract.',
    filesMany: (count) => `At least ${count} files have no case worker yet`,
    files: (count) => counted('en', count, { one: 'One file has no case worker yet', other: '# files have no case worker yet' }),
  },
  legalName: 'Name of the organisation',
  domain: 'Domain',
  noDomain: 'Not verified yet',
  yourRoles: 'Your roles',
  verified: 'Parents and schools see this name. Is something wrong? Contact the operator of the broker.',
  suspended: 'Your organisation is suspended. You get no data now. Contact the operator of the broker.',
  roles: { administrator: 'Administrator', contracts: 'Contracts', engineer: 'Engineer', case_worker: 'Case worker' },
  rolesMean: {
    administrator: 'invites colleagues and gives them roles',
    contracts: 'handles services, agreements, requests and duties',
    engineer: 'handles clients, keys and events',
    case_worker: 'sees the data of pupils they work with',
  },
  join: {
    title: 'Invitation of a supplier',
    intro: 'Were you invited to work for a supplier? Then enter the code from the mail.',
    code: 'Code from the mail',
    accept: 'Continue',
    missing: 'Enter the code from the mail.',
    wrong: 'This code does not work, or no longer. Are you signed in with the address the mail went to?',
    done: (name: string) => `You now work here for ${ended(name)}`,
  },
  people: {
    you: (name: string) => `${name} (you)`,
    since: (day: string) => `Since ${day}`,
    change: (name: string) => `Change the roles of ${name}`,
    changeButton: 'Save the roles',
    end: (name: string) => `${name} no longer works here`,
    leave: 'Leave this supplier',
    leaveIntro: (name: string) => `After that you can do nothing more for ${ended(name)}`,
    leaveButton: 'I leave',
    roles: 'What may this colleague do?',
    rolesWrong: 'Choose at least one role.',
    invite: 'Invite a colleague',
    inviteIntro: 'Your colleague gets a mail with a code. The code works for 14 days.',
    invited: 'Invited, and not here yet',
    invitedIntro: 'Is an address wrong? Take the invitation back: then nobody can come in with it.',
    invitedUntil: (day) => `The code works until ${ended(day)}`,
    withdraw: (name) => `Take back the invitation of ${name}`,
    inviteButton: 'Send the invitation',
    name: 'Name',
    nameWrong: 'Enter the name.',
    email: 'E-mail address at work',
    emailWrong: 'Enter an e-mail address, such as name@example.com.',
    done: {
      invited: 'The invitation was sent.',
      changed: 'The roles were changed.',
      ended: 'This colleague can do nothing more here.',
      withdrawn: 'The invitation was taken back. The code no longer works.',
    },
  },
}
