import { exercisesToBeginWith, rekenPlusAsk } from '../reken-plus.ts'
import { nameOf, type Stage, windowOf } from '../stage.ts'
import { chapter, mustBe, shown, step } from '../teller.ts'
import { askSchool, collect, passOn, say, stopAndBeRefused, type Telling } from './by-school.ts'
import { tellDirectly } from './directly.ts'
import { mustBeRefusedToRelease, releaseAs } from './release.ts'

/** Reken Plus and Fatima's arithmetic results, for the rest of the school year: Kaartenboek, example 1. */
export const rekenPlusTelling = ({ world, suppliers }: Stage): Telling => ({
  supplier: suppliers.rekenplus,
  supplierKey: 'rekenplus',
  supplierName: 'Reken Plus',
  holderName: 'Uitgeverij Rekenrijk',
  ask: rekenPlusAsk({
    serviceId: world.suppliers.rekenplus!.services['rekenplus-dyscalculie']!,
    holder: world.holders.rekenrijk!.resource,
  }),
  brin: '99ZA',
  reference: 'RP-2026-0412',
  subject: 'fatima',
  hint: 'Fatima Amrani, groep 6',
  window: windowOf(365),
  alternative: {
    nl: 'Dan helpt Reken Plus Fatima zonder deze resultaten. Op school verandert er niets.',
    en: 'Then Reken Plus helps Fatima without these results. Nothing changes at school.',
  },
})

export async function fatimaBySchool(stage: Stage): Promise<void> {
  chapter('Fatima and Reken Plus, by way of the school')
  const telling = rekenPlusTelling(stage)
  const requestId = await askSchool(telling)
  await passOn(stage, telling, requestId)
  await mustBeRefusedToRelease(stage, requestId, 'tries to release before anybody has answered, and cannot (step 4 without step 3)')
  const question = await say(stage, 'nadia', telling, 'yes')
  await releaseAs(stage, requestId)
  const collected = await collect(stage, telling, exercisesToBeginWith)
  await stage.settled()
  await step(nameOf('nadia'), 'reads what was delivered, which is something else than what was allowed', async () => {
    const { browser } = await stage.person('nadia')
    const page = await browser.open(`/consents/${question.consentId}`)
    mustBe(page.status === 200 && /rekenresultaten/.test(page.text), 'the delivery is on Nadia’s page')
  })
  await stopAndBeRefused(stage, telling, 'karim', question, collected)
}

export async function fatimaDirectly(stage: Stage): Promise<void> {
  chapter('Fatima and Reken Plus, directly')
  shown(
    'the family has just stopped it',
    'Reken Plus may not ask the same again for ninety days, unless the family invites it with a new code',
  )
  await tellDirectly(stage, { ...rekenPlusTelling(stage), reference: 'RP-0412' }, 'nadia', exercisesToBeginWith)
}
