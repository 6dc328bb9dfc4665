import { type DocPage, heading, list, text } from './block.ts'
import { errorsPage } from './errors.ts'
import { eventsPage } from './events.ts'
import { quickStartHolder } from './quick-start-holder.ts'
import { quickStartSupplier } from './quick-start-supplier.ts'
import { sandboxPage } from './sandbox.ts'
import { withdrawalPage } from './withdrawal.ts'

/** The pages in the order in which they are read. */
export const DOC_PAGES: readonly DocPage[] = [quickStartSupplier, sandboxPage, quickStartHolder, eventsPage, withdrawalPage, errorsPage]

export const API_TITLE = 'API reference'
export const API_SHORT = 'API'

export const overviewPage: DocPage = {
  path: '/docs',
  title: 'Documentation for engineers',
  short: 'Documentation',
  lead: 'The broker is an OAuth 2.0 authorization server in the FAPI 2.0 shape: the libraries you have work with it.',
  blocks: [
    text(
      'These pages are in English only: they are for engineers, and their words are those of the interface, the standards and the code. Everything for parents, schools and the people of suppliers is in Dutch and English.',
    ),
    heading('read', 'What to read'),
    list(
      ...DOC_PAGES.map(({ path, title, lead }) => `[${title}](${path}): ${lead}`),
      `[${API_TITLE}](/docs/api): every operation, with its parameters, answers and schemas. The contract itself is [openapi.json](/v1/openapi.json).`,
    ),
    heading('words', 'Five words'),
    list(
      '**supplier**: asks for data. **holder**: has the data and hands them over on a token.',
      '**consent**: the answer of a parent, pupil or member of staff. **release**: the school passes it on to the supplier.',
      '**grant**: what stands while all of that does. It is looked at anew for every token, and never stored as a yes.',
    ),
  ],
}
