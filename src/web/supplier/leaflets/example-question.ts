import type { LeafletContent } from '../../../catalog/leaflet.ts'
import { purposeFor } from '../../../catalog/purposes.ts'
import type { Service, Supplier } from '../../../catalog/store.ts'
import type { Item } from '../../../consents/item.ts'
import { type Question, questionFrom } from '../../../consents/shown-text.ts'
import type { Language } from '../../../languages.ts'
import { schoolYearOf } from '../../../people/school-year.ts'

/** What stands in the example where a school would say it. */
export interface ExampleWords {
  board: string
  occasion: string
  alternative: string
}

/**
 * The question a parent would read about a leaflet that is being written, made as the real ones are: for this school year, about all
 * data the service cannot do without, at a school of the example.
 */
export function exampleQuestion(
  { supplier, service, content, version }: { supplier: Supplier; service: Service; content: LeafletContent; version: number },
  words: ExampleWords,
  language: Language,
  at: Date,
): Question {
  const none = '' as never
  const item: Item = {
    boardId: none,
    itemId: none,
    approach: 'organisation',
    roundId: null,
    requestId: null,
    legalBasis: 'consent',
    basisMotivation: null,
    supplierId: supplier.supplierId,
    serviceId: service.serviceId,
    partId: null,
    leafletId: none,
    agreementId: null,
    holderId: null,
    holderAgreementId: null,
    datatypes: content.data.categories.map(({ category }) => category),
    purpose: purposeFor(service.kind, content.purposes.purposes[0]!).id,
    occasion: words.occasion,
    cause: null,
    image: null,
    reason: { nl: content.purposes.plain, en: null },
    alternative: { nl: words.alternative, en: null },
    specialCategory: false,
    needsAssignment: false,
    replacesEarlier: false,
    rule: 'veto',
    startsAt: at,
    endsAt: schoolYearOf({ schoolYearStarts: '08-01' }, at).endsAt,
    meaningHash: new Uint8Array(),
  }
  const leaflet = { version, contentHash: new Uint8Array(), content }
  return questionFrom(
    { board: words.board, supplier, service, leaflet, holder: undefined, offered: [], undertakings: null, toStudents: false },
    item,
    language,
  )
}
