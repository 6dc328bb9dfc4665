import { type Stage, windowOf } from '../stage.ts'
import { chapter } from '../teller.ts'
import { planOf, zorgpuntAsk } from '../zorgpunt-oost.ts'
import { askSchool, collect, passOn, say, stopAndBeRefused, type Telling } from './by-school.ts'
import { releaseAs } from './release.ts'

const SIX_WEEKS = 42

/** Zorgpunt Oost, controller itself, and what support Ali needs: special-category data, for six weeks. */
export async function aliAndZorgpunt(stage: Stage): Promise<void> {
  chapter('Ali and Zorgpunt Oost: six weeks, under an agreement between two controllers')
  const { world, suppliers } = stage
  const telling: Telling = {
    supplier: suppliers.zorgpunt,
    supplierKey: 'zorgpunt',
    supplierName: 'Zorgpunt Oost',
    holderName: 'Leerlinglijn',
    ask: zorgpuntAsk({
      serviceId: world.suppliers.zorgpunt!.services['zorgpunt-begeleiding']!,
      holder: world.holders.leerlinglijn!.resource,
    }),
    brin: '99ZA',
    reference: 'ZO-881',
    subject: 'ali',
    hint: 'Ali Yildiz, groep 8',
    window: windowOf(SIX_WEEKS),
    guide: 'Marit Hoekstra',
    alternative: {
      nl: 'Dan maakt de begeleider zelf een plan, na een gesprek met u. Ali krijgt de hulp ook dan.',
      en: 'Then the guide makes a plan after talking with you. Ali gets the help all the same.',
    },
  }
  const requestId = await askSchool(telling)
  await passOn(stage, telling, requestId)
  const question = await say(stage, 'elif', telling, 'yes')
  await releaseAs(stage, requestId)
  const collected = await collect(stage, telling, planOf)
  await stopAndBeRefused(stage, telling, 'elif', question, collected)
}
