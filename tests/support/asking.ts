import { answerConsent, type GivenReply } from '../../src/consents/answer.ts'
import { type ConsentState, stateOf } from '../../src/consents/consent.ts'
import { addItem, type RoundItem } from '../../src/consents/draft-items.ts'
import { draftRound } from '../../src/consents/draft-round.ts'
import { publishRound } from '../../src/consents/publish-round.ts'
import { questionText } from '../../src/consents/shown-text.ts'
import { consentById, openConsentsOn } from '../../src/consents/store.ts'
import { inTransaction, type Tx } from '../../src/database.ts'
import { type ConsentId, type ItemId, newSecret, type PersonId, type RoundId } from '../../src/ids.ts'
import type { Language } from '../../src/languages.ts'
import type { TestBroker } from './broker.ts'
import type { SmallWorld, WorldPerson } from './world.ts'

/** What staff fill in for pictures on one channel. */
export const imageFields = (channel: string) => ({
  channel,
  medium: 'photo',
  occasion: 'Gewone schooldagen.',
  reason: 'Wij laten zien wat wij doen.',
  reason_en: '',
  alternative: 'Uw kind doet gewoon mee.',
  alternative_en: '',
  rule: '',
})

/** Reken Plus wants Fatima's results, which the publisher holds: the Kaartenboek's example, foreseen at the start of the year. */
export function arithmeticItem(world: SmallWorld, change: Partial<RoundItem> = {}): RoundItem {
  return {
    legalBasis: 'consent',
    use: {
      supplierId: world.supplierId,
      serviceId: world.serviceId,
      partId: 'begeleiding',
      leafletId: world.leafletId,
      holderId: world.holderId,
      datatypes: ['arithmetic-results', 'practice-time'],
    },
    purpose: '5.1.a',
    occasion: 'Begeleiding bij dyscalculie.',
    reason: { nl: 'Zo ziet de begeleider wat uw kind moeilijk vindt.', en: 'So the guide sees what your child finds hard.' },
    alternative: { nl: 'De begeleider doet eerst zelf een toets met uw kind.' },
    ...change,
  }
}

export function imageItem(channel: string): RoundItem {
  return {
    legalBasis: 'consent',
    image: { channel, medium: 'photo' },
    purpose: 'image',
    occasion: 'Foto’s van activiteiten in de klas.',
    reason: { nl: 'Zo laten we zien wat we doen.' },
    alternative: { nl: 'Uw kind staat niet op de foto.' },
  }
}

/** The steps of asking and answering as the stories tell them. */
export function asking(broker: TestBroker, world: SmallWorld) {
  const { boardId, people, schoolId } = world
  const as = <T>(actor: 'staff' | 'account' | 'job' | 'client', work: (tx: Tx) => Promise<T>) =>
    inTransaction(broker.db, { actor, boards: [boardId] }, work)
  const consent = async (consentId: ConsentId) => {
    const found = await as('job', (tx) => consentById(tx, boardId, consentId))
    if (!found) throw new Error('there is no such consent')
    return found
  }
  const shown = async (consentId: ConsentId, language: Language = 'nl') => {
    const text = await as('account', (tx) => questionText(tx, boardId, consentId, language))
    if (!text) throw new Error('there is no such question')
    return text
  }

  return {
    as,
    consent,
    shown,

    /** A round for the school with these items, published. Gives the consents about Fatima, in the order of the items. */
    async round(
      items: RoundItem[],
      { during }: { during?: Date } = {},
    ): Promise<{ roundId: RoundId; itemIds: ItemId[]; consentIds: ConsentId[] }> {
      const staff = people.mirjam.actor
      const { roundId } = await draftRound(broker.deps, staff, {
        title: 'Ouderovereenkomst',
        subjectKind: 'pupil',
        undertakings: 'Wij delen niet meer dan nodig is.',
        ...(during ? { during } : {}),
      })
      const itemIds: ItemId[] = []
      for (const item of items) itemIds.push((await addItem(broker.deps, staff, roundId, item)).itemId)
      await publishRound(broker.deps, staff, { roundId, audience: { schools: [schoolId], groups: [], persons: [] } })
      const open = await as('staff', (tx) => openConsentsOn(tx, boardId, itemIds))
      const about = open.filter(({ question }) => question.subject.personId === people.fatima.id)
      return { roundId, itemIds, consentIds: itemIds.map((itemId) => about.find((one) => one.itemId === itemId)!.consentId) }
    },

    /** Somebody answers a form that they were just shown. */
    async answer(
      who: WorldPerson,
      consentId: ConsentId,
      answer: 'yes' | 'no',
      more: Partial<GivenReply & { formToken: string }> = {},
    ): Promise<ConsentState> {
      const language = more.language ?? 'nl'
      const { hash } = await shown(consentId, language)
      return await answerConsent(broker.deps, who.actor, { consentId, answer, shownHash: hash, language, formToken: newSecret(), ...more })
    },

    async state(consentId: ConsentId): Promise<ConsentState['state']> {
      return stateOf(await consent(consentId), broker.clock.now()).state
    },

    /** The events of a thing in the ledger, oldest first. */
    async ledgerOf(ref: string): Promise<{ event: string; actor: string; facts: Record<string, unknown> }[]> {
      const rows = await broker.owner<
        { event: string; actor: string; body: string }[]
      >`select event, actor, body from ledger where ref = ${ref} order by at, seq`
      return rows.map(({ event, actor, body }) => ({ event, actor, facts: JSON.parse(body) }))
    },

    /** What a supplier or holder was told, oldest first. */
    async told(receiverId: string): Promise<{ event: string; facts: Record<string, unknown> }[]> {
      return await broker.owner<
        { event: string; facts: Record<string, unknown> }[]
      >`select event, facts from events where receiver_id = ${receiverId} order by subject_seq`
    },

    /** How many mails told somebody of a question, or of a first yes to one. */
    async noticesTo(person: PersonId | WorldPerson['account']): Promise<number> {
      const [row] = await broker.owner<
        { count: number }[]
      >`select count(*)::int from deliveries where dedup_key like ${`notice:${person}:%`} or dedup_key like ${`first_yes:%:${person}`}`
      return row!.count
    },
  }
}

export type Asking = ReturnType<typeof asking>
