import type { WrittenLanguage } from '../../languages.ts'
import { refusalsEn } from '../texts/refusals-en.ts'
import { refusalsNl } from '../texts/refusals-nl.ts'
import { type DocPage, type DocWords, heading, list, text } from './block.ts'
import { errorsPageOf, errorsWords } from './errors.ts'
import { eventsPage } from './events.ts'
import { adviceNl } from './nl/advice.ts'
import { errorsWordsNl } from './nl/errors.ts'
import { eventsPageNl } from './nl/events.ts'
import { overviewNl } from './nl/overview.ts'
import { quickStartHolderNl } from './nl/quick-start-holder.ts'
import { quickStartSupplierNl } from './nl/quick-start-supplier.ts'
import { sandboxPageNl } from './nl/sandbox.ts'
import { withdrawalPageNl } from './nl/withdrawal.ts'
import { advice } from './oauth-advice.ts'
import { quickStartHolder } from './quick-start-holder.ts'
import { quickStartSupplier } from './quick-start-supplier.ts'
import { sandboxPage } from './sandbox.ts'
import { withdrawalPage } from './withdrawal.ts'

/** The pages in the order in which they are read, by what they are written in. The code in them is the same. */
export const DOC_PAGES: Record<WrittenLanguage, readonly DocPage[]> = {
  nl: [
    quickStartSupplierNl,
    sandboxPageNl,
    quickStartHolderNl,
    eventsPageNl,
    withdrawalPageNl,
    errorsPageOf(errorsWordsNl, adviceNl, refusalsNl),
  ],
  en: [quickStartSupplier, sandboxPage, quickStartHolder, eventsPage, withdrawalPage, errorsPageOf(errorsWords, advice, refusalsEn)],
}

/** The reference is drawn from the contract, which is in English. */
export const API_TITLE = 'API reference'
export const API_SHORT = 'API'

const overviewEn: DocWords = {
  title: 'Documentation for engineers',
  short: 'Documentation',
  lead: 'The broker is an OAuth 2.0 authorization server in the FAPI 2.0 shape: the libraries you have work with it.',
  intro: 'These pages are in Dutch and English. Code, the names of the interface and the API reference are in English.',
  read: 'What to read',
  api: `[${API_TITLE}](/docs/api): every operation, with its parameters, answers and schemas. The contract itself is [openapi.json](/v1/openapi.json).`,
  words: 'Five words',
  wordsList: [
    '**supplier**: asks for data. **holder**: has the data and hands them over on a token.',
    '**consent**: the answer of a parent, pupil or member of staff. **release**: the school passes it on to the supplier.',
    '**grant**: what stands while all of that does. It is looked at anew for every token, and never stored as a yes.',
  ],
}

const overviewOf = ({ title, short, lead, intro, read, api, words, wordsList }: DocWords, pages: readonly DocPage[]): DocPage => ({
  path: '/docs',
  title,
  short,
  lead,
  blocks: [
    text(intro),
    heading('read', read),
    list(...pages.map((page) => `[${page.title}](${page.path}): ${page.lead}`), api),
    heading('words', words),
    list(...wordsList),
  ],
})

export const OVERVIEW: Record<WrittenLanguage, DocPage> = {
  nl: overviewOf(overviewNl, DOC_PAGES.nl),
  en: overviewOf(overviewEn, DOC_PAGES.en),
}
