import { deSchoolWerktAsk, registrationsPerMonth } from '../de-school-werkt.ts'
import { nameOf, type Stage, windowOf } from '../stage.ts'
import { chapter, mustBe, step } from '../teller.ts'
import { askSchool, collect, passOn, say, stopAndBeRefused, type Telling } from './by-school.ts'
import { tellDirectly } from './directly.ts'

/** De school werkt and Sara's productivity data, for a benchmark of two months: Kaartenboek, example 2. */
const telling = ({ world, suppliers }: Stage): Telling => ({
  supplier: suppliers.schoolwerkt,
  supplierKey: 'schoolwerkt',
  supplierName: 'De school werkt',
  holderName: 'Leerlinglijn',
  ask: deSchoolWerktAsk({
    serviceId: world.suppliers.schoolwerkt!.services['schoolwerkt-benchmark']!,
    holder: world.holders.leerlinglijn!.resource,
  }),
  brin: '99ZA',
  reference: 'BM-17',
  subject: 'sara',
  hint: 'Sara Visser, secretaresse',
  window: windowOf(61),
  alternative: {
    nl: 'Dan doet u niet mee. Dat heeft geen gevolgen voor uw werk; uw leidinggevende ziet niet wat u kiest.',
    en: 'Then you do not take part. That has no consequences for your work; your manager does not see what you choose.',
  },
})

export async function saraBySchool(stage: Stage): Promise<void> {
  chapter('Sara and De school werkt, by way of the school')
  const sara = telling(stage)
  const requestId = await askSchool(sara)
  await passOn(stage, sara, requestId)
  const question = await say(stage, 'sara', sara, 'yes')
  await step('The school', 'has released by itself whatever staff say yes to, so that no superior has to see it (step 4)', async () => {
    const { status } = await sara.supplier.request(requestId)
    mustBe(status === 'released', 'it is released')
  })
  const collected = await collect(stage, sara, registrationsPerMonth)
  await step(nameOf('mirjam'), 'manages Sara, and does not see what she answered', async () => {
    const { browser } = await stage.person('mirjam')
    const page = await browser.open(`/school/requests/${requestId}`)
    mustBe(page.status === 200 && !page.html.includes(question.consentId), 'nothing of Sara’s answer on the school’s page')
  })
  await stopAndBeRefused(stage, sara, 'sara', question, collected)
}

export async function saraDirectly(stage: Stage): Promise<void> {
  chapter('Sara and De school werkt, directly')
  await tellDirectly(stage, telling(stage), 'sara', registrationsPerMonth)
}
