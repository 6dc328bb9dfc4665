import { setTimeout as sleep } from 'node:timers/promises'
import { amsterdamDay } from '../clock.ts'
import { ADMINISTRATOR, type Adult, EMPLOYEES, GUARDIANS, pupils } from './cast.ts'
import { Refused } from './oauth-client.ts'
import { type Person, signIn } from './person.ts'
import type { ServingDemo } from './serve-demo.ts'
import { type SupplierApp, supplierApp, type Window } from './supplier.ts'
import { NotAsTold } from './teller.ts'
import type { World } from './world.ts'

/** Everything on stage: the broker and the holders at their addresses, the suppliers' software, people with their browsers. */
export interface Stage {
  issuer: string
  world: World
  suppliers: Record<'rekenplus' | 'schoolwerkt' | 'zorgpunt', SupplierApp>
  /** Somebody with a browser in which they are signed in; the second time the same one. */
  person: (key: string) => Promise<Person>
  /** Waits until the holders have told the broker what they delivered. */
  settled: () => Promise<void>
}

export async function setTheStage({ issuer, world, settled }: ServingDemo): Promise<Stage> {
  const app = async (key: string) => {
    const { organisation, ciba } = world.suppliers[key]!.clients
    return await supplierApp({ issuer, organisation: organisation!, ciba: ciba! })
  }
  const [rekenplus, schoolwerkt, zorgpunt] = await Promise.all([app('rekenplus'), app('schoolwerkt'), app('zorgpunt')])
  const signedIn = new Map<string, Person>()
  return {
    issuer,
    world,
    settled,
    suppliers: { rekenplus, schoolwerkt, zorgpunt },
    person: async (key) => {
      const person = signedIn.get(key) ?? (await signIn(issuer, adult(key)))
      signedIn.set(key, person)
      return person
    },
  }
}

function adult(key: string): Adult {
  const found = [ADMINISTRATOR, ...GUARDIANS, ...EMPLOYEES].find((one) => one.key === key)
  if (!found) throw new Error(`nobody is called ${key}`)
  return found
}

export const nameOf = (key: string): string => {
  const { givenName, familyName } = [...GUARDIANS, ...EMPLOYEES, ...pupils(new Date())].find((one) => one.key === key)!
  return `${givenName} ${familyName}`
}

/** From today, for so many days, and not past the school year. */
export function windowOf(days: number, now = new Date()): Window {
  const from = amsterdamDay(now)
  const year = Number(from.slice(0, 4)) + (from.slice(5) < '08-01' ? 0 : 1)
  const wanted = amsterdamDay(new Date(now.getTime() + days * 86_400_000))
  return { from, until: wanted < `${year}-07-31` ? wanted : `${year}-07-31` }
}

/** What somebody says no with. @throws NotAsTold when they say yes */
export async function refusalOf(asking: Promise<unknown>, what: string): Promise<Refused> {
  try {
    await asking
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
  throw new NotAsTold(`${what} is refused`)
}

const PUBLISHED_BOUND_MS = 60_000

/**
 * Goes on asking a holder with the same token until it says no, and tells how long that took.
 *
 * @throws NotAsTold past the published bound of a withdrawal
 */
export async function untilRefused(since: number, collect: () => Promise<unknown>): Promise<{ refusal: Refused; ms: number }> {
  while (performance.now() - since < PUBLISHED_BOUND_MS) {
    try {
      await collect()
    } catch (error) {
      if (error instanceof Refused && error.code === 'invalid_token') return { refusal: error, ms: Math.round(performance.now() - since) }
      throw error
    }
    await sleep(20)
  }
  throw new NotAsTold('the holder refuses the token within a minute')
}
