import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { JWK } from 'jose'
import { PURPOSES } from '../catalog/purposes.ts'
import type { Deps } from '../deps.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'
import { LINK_CODE_DAYS, makeLinkCode } from '../requests/link-codes.ts'
import { ADMINISTRATOR, type Adult, BOARD, EMPLOYEES, GUARDIANS, pupils, SCHOOLS } from './cast.ts'
import { type DemoService, SUPPLIERS } from './suppliers.ts'
import { actorOf, type World } from './world.ts'

/** What a script outside needs to drive the demo over HTTP. Fictional people, and keys of nobody. */
export interface WorldFile {
  issuer: string
  mailbox: string
  board: { id: string; name: string; oin: string }
  schools: { id: string; name: string; brin: string }[]
  persons: {
    id: string
    name: string
    email: string | null
    role: 'pupil' | 'guardian' | 'employee'
    school: string | null
    birthDate: string | null
    children: string[]
    mandates: string[]
  }[]
  suppliers: {
    id: string
    name: string
    clients: { clientId: string; way: 'organisation' | 'ciba' | 'redirect'; privateJwk: JWK; redirectUris: string[] }[]
  }[]
  holders: { id: string; name: string; resource: string; datatypes: string[]; url: string; clientId: string; privateJwk: JWK }[]
  agreements: {
    id: string
    supplier: string
    kind: 'processor' | 'controller'
    services: { id: string; name: string; parts: string[]; purposes: string[] }[]
  }[]
  purposes: { id: string; nl: string; en: string }[]
  loginHints: { supplier: string; decider: string; subject: string; hint: string }[]
}

/** Who asks whom directly in this world. */
const DIRECT = [
  { supplier: 'rekenplus', of: 'pupil' },
  { supplier: 'zorgpunt', of: 'pupil' },
  { supplier: 'schoolwerkt', of: 'employee' },
] as const

/** Writes `demo-world.json` at `path`. The link codes in it are kept beside it and made anew before they run out. */
export async function writeWorldFile(deps: Deps, world: World, path: string): Promise<WorldFile> {
  await mkdir(dirname(path), { recursive: true })
  const content: WorldFile = {
    issuer: deps.issuer,
    mailbox: `${deps.issuer}/mailbox`,
    board: { id: world.boardId, ...BOARD },
    schools: SCHOOLS.map(({ key, name, brin }) => ({ id: world.schools[key]!, name, brin })),
    persons: personsOf(world),
    suppliers: SUPPLIERS.map(({ key, legalName }) => {
      const supplier = world.suppliers[key]!
      return {
        id: supplier.supplierId,
        name: legalName,
        clients: Object.entries(supplier.clients).map(([way, { clientId, privateJwk, redirectUris = [] }]) => ({
          clientId,
          way: way as 'organisation' | 'ciba' | 'redirect',
          privateJwk,
          redirectUris,
        })),
      }
    }),
    holders: SUPPLIERS.flatMap(({ holder }) => {
      if (!holder) return []
      const { holderId, resource, datatypes, clientId, privateJwk } = world.holders[holder.key]!
      return [{ id: holderId, name: holder.name, resource, datatypes, url: resource, clientId, privateJwk }]
    }),
    agreements: SUPPLIERS.flatMap(({ key, agreement, services }) => {
      const { agreementId, supplierId, services: serviceIds } = world.suppliers[key]!
      if (!agreement || !agreementId) return []
      return [
        {
          id: agreementId,
          supplier: supplierId,
          kind: agreement.kind,
          services: services.map((service) => serviceOf(service, serviceIds)),
        },
      ]
    }),
    purposes: PURPOSES.map(({ id, nl, en }) => ({ id, nl, en })),
    loginHints: await keptHints(deps, world, join(dirname(path), 'login-hints.json')),
  }
  await writeFile(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  return content
}

function serviceOf({ key, name, leaflet: { parts, purposes } }: DemoService, ids: Record<string, string>) {
  return {
    id: ids[key]!,
    name,
    parts: parts.map(({ partId }) => partId),
    purposes: purposes.purposes.map((id) => id.replace('.x.', purposes.kind === 'I' ? '.1.' : '.2.')),
  }
}

function personsOf(world: World): WorldFile['persons'] {
  const idOf = (key: string) => world.people[key]!.personId
  const children = pupils(world.madeAt)
  const nameOf = ({ givenName, familyName }: Pick<Adult, 'givenName' | 'familyName'>) => `${givenName} ${familyName}`
  return [
    ...children.map((pupil) => ({
      id: idOf(pupil.key),
      name: nameOf(pupil),
      email: pupil.email ?? null,
      role: 'pupil' as const,
      school: world.schools[pupil.school]!,
      birthDate: pupil.birthDate,
      children: [],
      mandates: [],
    })),
    ...GUARDIANS.map((guardian) => ({
      id: idOf(guardian.key),
      name: nameOf(guardian),
      email: guardian.email,
      role: 'guardian' as const,
      school: null,
      birthDate: null,
      children: children
        .filter(({ guardians, contacts = [] }) => [...guardians, ...contacts].includes(guardian.key))
        .map(({ key }) => idOf(key)),
      mandates: [],
    })),
    ...[{ ...ADMINISTRATOR, school: undefined, mandates: [{ role: 'administrator' }] }, ...EMPLOYEES].map((member) => ({
      id: idOf(member.key),
      name: nameOf(member),
      email: member.email,
      role: 'employee' as const,
      school: member.school ? world.schools[member.school]! : null,
      birthDate: null,
      children: [],
      mandates: member.mandates.map(({ role }) => role),
    })),
  ]
}

/** A code is shown once and the broker keeps only its hash: so the demo keeps them, for half the time they are good. */
async function keptHints(deps: Deps, world: World, file: string): Promise<WorldFile['loginHints']> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  const kept = text === undefined ? undefined : (JSON.parse(text) as { boardId: string; madeAt: string; hints: WorldFile['loginHints'] })
  const isGood = kept?.boardId === world.boardId && deps.now().getTime() - Date.parse(kept.madeAt) < (LINK_CODE_DAYS / 2) * 86_400_000
  if (kept && isGood) return kept.hints
  const hints = await loginHints(deps, world)
  await writeFile(file, JSON.stringify({ boardId: world.boardId, madeAt: deps.now(), hints }), { mode: 0o600 })
  return hints
}

/** What a kept world comes to: the pupil turned sixteen, a guardian's authority ended, a supplier was suspended. */
const NO_HINT: ReadonlySet<RefusalCode> = new Set(['person_not_found', 'supplier_not_found'])

/** A hint for each pair of whom the broker gives one today. */
async function loginHints(deps: Deps, world: World): Promise<WorldFile['loginHints']> {
  const pairs = [
    ...pupils(world.madeAt).flatMap(({ key, email, guardians }) =>
      [...guardians, ...(email ? [key] : [])].map((decider) => ({ of: 'pupil', decider, subject: key })),
    ),
    ...['sara', 'pim'].map((key) => ({ of: 'employee', decider: key, subject: key })),
  ]
  const hints: WorldFile['loginHints'] = []
  for (const { supplier, of } of DIRECT) {
    const { supplierId } = world.suppliers[supplier]!
    for (const { decider, subject } of pairs.filter((pair) => pair.of === of)) {
      const subjectId = world.people[subject]!.personId
      try {
        const { code } = await makeLinkCode(deps, actorOf(world, decider), { subjectId, supplierId })
        hints.push({ supplier: supplierId, decider: world.people[decider]!.personId, subject: subjectId, hint: code })
      } catch (error) {
        if (!(error instanceof Refusal && NO_HINT.has(error.code))) throw error
      }
    }
  }
  return hints
}
