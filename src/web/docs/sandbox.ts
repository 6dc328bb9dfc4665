import { code, type DocPage, heading, list, text } from './block.ts'
import { sandboxCode } from './sandbox-code.ts'

export const sandboxPage: DocPage = {
  path: '/docs/sandbox',
  title: 'The sandbox',
  short: 'Sandbox',
  lead: 'A school that does not exist, with pupils whose parents answer by rules: the same interface as the real one, and nothing real behind it.',
  blocks: [
    heading('make', 'Make it'),
    list(
      'Somebody with the role engineer makes it on the supplier pages, under Sandbox. That page shows all numbers that a program needs.',
      'Register a program there “in the sandbox only”. It works at your sandbox and nowhere else, and no other program of yours gets in. Its keys, limits and log are as those of any other.',
      'Your services are there as copies with their newest leaflet, under numbers of their own; if you have none yet, there is one to try things with. An agreement is in force with all parts on.',
      'The holder of the sandbox has made-up data of every category, at `GET {resource}{data set}`. It runs the holder kit, and asks the broker about each token: what ended has ended at once.',
    ),
    heading('pupils', 'The pupils'),
    {
      kind: 'table',
      caption: 'What the parents do',
      head: ['Pupil', 'Asked by way of the school, or by a link code', 'At your own site (redirect)'],
      rows: [
        { cells: ['Jada Altijd-Ja', 'yes', 'yes: a code'] },
        { cells: ['Nina Altijd-Nee', 'no', 'no: `access_denied`'] },
        { cells: ['Coen Oneens', 'one parent yes, the other no: nothing is released', 'a code that comes to nothing (`invalid_grant`)'] },
        { cells: ['Lotte Langzaam', 'yes, after three minutes', 'yes: a code'] },
        {
          cells: [
            'Sam Stopt-Later',
            'yes, and three minutes later it is withdrawn: the token ends, and there is a duty to erase',
            'yes: a code',
          ],
        },
      ],
    },
    text(
      'Name a pupil in a request by name or ECK iD as the hint, or let the school pick all of them; whom the school does not find is left out. What rests on people takes seconds here. All rules hold as they do elsewhere: who said no is not asked the same again, until you begin anew.',
    ),
    heading('code', 'The whole round in one file'),
    text('With `connect.mjs` of the [quick start for suppliers](/docs/supplier), and what the page of your sandbox shows:'),
    code(sandboxCode, 'sandbox.mjs'),
    text(
      'For CIBA make a link code on the page and use it as `login_hint`. For the redirect send a browser there: nobody signs in, you choose a pupil.',
    ),
    heading('reset', 'Begin anew'),
    text(
      'The button on the page puts a new school in place of the old one. Requests, answers, codes and tokens of before are gone; addresses, services and programs stay. Nobody is ever mailed, and no real school, parent, list or figure knows of it.',
    ),
  ],
}
