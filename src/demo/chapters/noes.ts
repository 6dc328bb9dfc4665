import { refusalOf, type Stage, windowOf } from '../stage.ts'
import { chapter, mustBe, shown, step } from '../teller.ts'
import { askSchool, passOn, say, type Telling } from './by-school.ts'
import { rekenPlusTelling } from './fatima.ts'
import { mustBeRefusedToRelease } from './release.ts'

/** What a supplier may not ask: everything, of everybody, for ever. */
export async function blankCheques(stage: Stage): Promise<void> {
  chapter('A blank cheque is refused')
  const { supplier, supplierName, brin, ask, reference, hint, window } = rekenPlusTelling(stage)
  const files = [{ reference, hint }]
  const cheques: [what: string, code: string, asking: () => Promise<unknown>][] = [
    ['without an end', 'blank_cheque_no_end', () => supplier.askSchool(brin, ask, files, { from: window.from })],
    ['for ten years', 'blank_cheque_too_long', () => supplier.askSchool(brin, ask, files, { ...window, until: '2036-07-31' })],
    ['about all pupils', 'blank_cheque_all_pupils', () => supplier.askSchool(brin, ask, [{ reference: 'all', hint: 'iedereen' }], window)],
    ['for all data', 'blank_cheque_all_data', () => supplier.askSchool(brin, { ...ask, datatype: 'all' }, files, window)],
    ['for no purpose', 'blank_cheque_no_purpose', () => supplier.askSchool(brin, { ...ask, purpose: '' }, files, window)],
  ]
  for (const [what, code, asking] of cheques) {
    await step(supplierName, `asks ${what} and is refused`, async () => {
      const refusal = await refusalOf(asking(), `a request ${what}`)
      mustBe(refusal.code === code, `${code}, and it was ${refusal.code}`)
      shown('the refusal', refusal.message)
    })
  }
}

const telling = (stage: Stage, subject: string, hint: string, reference: string): Telling => ({
  ...rekenPlusTelling(stage),
  subject,
  hint,
  reference,
  ask: {
    ...rekenPlusTelling(stage).ask,
    occasion: 'De leerkracht vroeg Reken Plus om mee te kijken.',
    reason: {
      nl: 'Wij willen zien welke sommen lastig zijn, zodat wij daarmee kunnen oefenen.',
      en: 'We want to see which sums are hard, so that we can practise those.',
    },
  },
  window: windowOf(90),
})

export async function aRefusal(stage: Stage): Promise<void> {
  chapter('A father says no')
  const sem = telling(stage, 'sem', 'Sem Jansen, groep 6', 'RP-2026-0413')
  const requestId = await askSchool(sem)
  await passOn(stage, sem, requestId)
  await say(stage, 'kees', sem, 'no')
  await mustBeRefusedToRelease(stage, requestId, 'has nothing to release')
  await mustNotBeReleased(sem, requestId)
}

export async function aConflict(stage: Stage): Promise<void> {
  chapter('Two homes: one parent says yes, the other no')
  const daan = telling(stage, 'daan', 'Daan Visscher, groep 6', 'RP-2026-0414')
  const requestId = await askSchool(daan)
  await passOn(stage, daan, requestId)
  const question = await say(stage, 'marieke', daan, 'yes')
  await say(stage, 'tom', daan, 'no')
  await step('Marieke Visscher', 'sees that there are two answers, and that the school will call', async () => {
    const { browser } = await stage.person('marieke')
    const page = await browser.open(`/consents/${question.consentId}`)
    mustBe(page.status === 200 && page.text.includes('De ene ouder zei ja, de andere nee.'), 'the page says that the answers differ')
    shown('the page', page.text.slice(0, 110))
  })
  await mustBeRefusedToRelease(stage, requestId, 'has nothing to release: a conflict is no yes')
  await mustNotBeReleased(daan, requestId)
}

/** The supplier learns that there is nothing for it; not who said what. */
async function mustNotBeReleased({ supplier, supplierName, reference }: Telling, requestId: string): Promise<void> {
  await step(supplierName, 'learns that nothing was released, and not who said what', async () => {
    const { subjects, status } = (await supplier.request(requestId)) as {
      status: string
      subjects: { reference: string; status: string }[]
    }
    const found = subjects.find((one) => one.reference === reference)
    mustBe(found !== undefined && found.status !== 'released', 'nothing is released')
    shown('the request', { status, subjects })
  })
}
