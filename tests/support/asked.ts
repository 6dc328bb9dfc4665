import type { Approach } from '../../src/approach.ts'
import type { LegalBasis } from '../../src/catalog/legal-basis.ts'
import { askConsents } from '../../src/consents/ask.ts'
import { createItem } from '../../src/consents/create-item.ts'
import { inTransaction } from '../../src/database.ts'
import type { ConsentId, PersonId } from '../../src/ids.ts'
import type { TestBroker } from './broker.ts'
import type { SmallWorld } from './world.ts'

interface Ask {
  approach?: Approach
  basis?: LegalBasis
  datatypes?: string[]
  image?: { channel: string; medium: 'photo' | 'video' | 'sound' }
  about?: PersonId
  reason?: { nl: string; en?: string }
  until?: Date
}

/** Asks (or tells) something about Fatima, or somebody else, through the real gate: a question ready for the pages. */
export async function asked(broker: TestBroker, world: SmallWorld, ask: Ask = {}): Promise<ConsentId> {
  const { approach = 'organisation', basis = 'consent', datatypes = ['arithmetic-results', 'practice-time'], image } = ask
  const at = broker.clock.now()
  return await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, async (tx) => {
    const item = await createItem(tx, at, world.boardId, {
      approach,
      legalBasis: basis,
      basisMotivation: basis === 'legitimate_interest' ? 'De school wil weten of de methode werkt.' : null,
      ...(image
        ? { image, purpose: 'image' }
        : {
            use: {
              supplierId: world.supplierId,
              serviceId: world.serviceId,
              leafletId: world.leafletId,
              holderId: world.holderId,
              datatypes,
            },
            purpose: '5.1.a',
          }),
      occasion: 'Het rekenen gaat moeilijk.',
      reason: ask.reason ?? { nl: 'Om te helpen met rekenen.', en: 'To help with arithmetic.' },
      alternative: { nl: 'De juf helpt zonder deze gegevens.', en: 'The teacher helps without these data.' },
      startsAt: at,
      endsAt: ask.until ?? world.until,
    })
    const [consent] = await askConsents(tx, at, item, [ask.about ?? world.people.fatima.id])
    return consent!.consentId
  })
}
