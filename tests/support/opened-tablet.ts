import { openTablet, prepareAsk } from '../../src/requests/prepared-asks.ts'
import type { ToldDemo } from './told-demo.ts'

/** The page on the tablet of Reken Plus, where a parent types a link code. */
export async function openedTablet({ deps, world }: ToldDemo): Promise<string> {
  const roos = world.members.roos!
  const holder = world.holders[Object.keys(world.holders)[0]!]!
  const [serviceId] = Object.values(world.suppliers.rekenplus!.services)
  const ask = {
    serviceId: serviceId!,
    resource: holder.resource,
    datatypes: ['practice-time'],
    purpose: '5.1.a',
    endsAt: new Date(deps.now().getTime() + 20 * 86_400_000),
  }
  const askId = await prepareAsk(deps, roos, { reference: 'RP-7', ask })
  return `/tablet/${await openTablet(deps, roos, askId)}`
}
