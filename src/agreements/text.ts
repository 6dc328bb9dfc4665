import { sha256 } from '../canonical.ts'
import { CATEGORIES, isCategory } from '../catalog/categories.ts'
import type { LeafletContent } from '../catalog/leaflet.ts'
import { purposeFor } from '../catalog/purposes.ts'
import { type Leaflet, leafletById, type Service, type Supplier, type SupplierParty, serviceById, supplierById } from '../catalog/store.ts'
import { amsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import { BASES, CONTRACT, LEAFLET_ANNEX } from '../messages/contracts.ts'
import { schoolsWithBrin } from '../people/register.ts'
import { boardById } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import type { Agreement } from './agreement.ts'
import { annex2Of } from './annex2.ts'
import { supplierPartyIn } from './parties.ts'
import { servicesOfAgreement } from './store.ts'

/**
 * The text a signatory reads and signs, byte for byte, and its SHA-256 in hexadecimal. Made from the agreement's terms, its
 * services as accepted with the parts that are on, and their leaflets as they were published, so that it is the same
 * for as long as nothing of it changes. Of an agreement that was signed it is what was signed.
 */
export async function agreementText(tx: Tx, agreement: Agreement): Promise<{ text: string; hash: string }> {
  if ('signedText' in agreement) return { text: agreement.signedText, hash: Buffer.from(agreement.signedHash).toString('hex') }
  const board = await boardById(tx, agreement.boardId)
  const supplier = await supplierOf(tx, agreement)
  const lines = [
    kindOf(agreement),
    CONTRACT.agreement(agreement.agreementId),
    '',
    CONTRACT.boardWithOin([board.name, board.legalForm].filter(Boolean).join(', '), board.oin),
    ...partyLines({ address: board.address, representative: board.representative }),
    CONTRACT.schools((await schoolsWithBrin(tx, agreement.boardId)).map(({ name, brin }) => `${name} (BRIN ${brin})`).join(', ')),
    CONTRACT.supplier(supplier.legalName, supplier.country),
    ...partyLines(supplierPartyIn(agreement, supplier)),
    CONTRACT.belongsTo(agreement.productAgreement),
    CONTRACT.runs(amsterdamDay(agreement.startsAt), amsterdamDay(new Date(agreement.endsAt.getTime() - 1))),
    CONTRACT.retention(agreement.retention),
    ...basisLines(agreement),
    ...CONTRACT.never,
    ...(agreement.kind === 'processor' ? [CONTRACT.secret, CONTRACT.prevails] : []),
  ]
  for (const covered of (await servicesOfAgreement(tx, agreement.boardId, agreement.agreementId)).filter(({ addendumId }) => !addendumId)) {
    const service = await serviceById(tx, covered.serviceId)
    const leaflet = await leafletById(tx, covered.leafletId)
    if (!service || !leaflet) throw new Refusal('leaflet_not_found')
    lines.push(...annexLines(service, leaflet, covered.parts))
  }
  lines.push('', CONTRACT.annex2)
  lines.push(...annex2Of(agreement).map(({ what, measure }) => `- ${what}: ${measure}`))
  lines.push('', CONTRACT.annex3)
  lines.push(...agreement.deviations.map(({ article, text, motivation }) => CONTRACT.deviation(article, text, motivation)))
  if (agreement.deviations.length === 0) lines.push(CONTRACT.none)
  const text = `${lines.join('\n')}\n`
  return { text, hash: sha256(text).toString('hex') }
}

/** What an agreement calls itself. */
export function kindOf({ kind, modelVersion }: Pick<Agreement, 'kind' | 'modelVersion'>): string {
  return kind === 'processor' ? CONTRACT.processor(modelVersion) : CONTRACT.controller
}

export async function supplierOf(tx: Tx, { agreementId, supplierId }: Pick<Agreement, 'agreementId' | 'supplierId'>): Promise<Supplier> {
  const supplier = await supplierById(tx, supplierId)
  if (!supplier) throw new Error(`agreement ${agreementId} is with a supplier that is not there`)
  return supplier
}

/** On what each of two controllers rests, and why (D02). */
function basisLines({ supplierBasis, supplierArgument, boardBasis, boardArgument }: Agreement): string[] {
  return [
    ...(supplierBasis ? [CONTRACT.supplierBasis(BASES[supplierBasis], supplierArgument)] : []),
    ...(boardBasis ? [CONTRACT.boardBasis(BASES[boardBasis], boardArgument)] : []),
  ]
}

/** Annex 1: a service with the leaflet that was published of it. */
export function annexLines(service: Service, leaflet: Leaflet, parts: string[]): string[] {
  const hash = Buffer.from(leaflet.contentHash).toString('hex')
  return ['', CONTRACT.annex1(service.name, leaflet.version, hash), ...leafletLines(leaflet.content, parts)]
}

/** What is known of a party besides its name (M01). */
function partyLines({ address, registration, representative }: Partial<SupplierParty>): string[] {
  return [
    ...(address ? [CONTRACT.seat(address)] : []),
    ...(registration ? [CONTRACT.registered(registration)] : []),
    ...(representative ? [CONTRACT.representedBy(representative)] : []),
  ]
}

/** Annex 1 of a contract: a leaflet from A to H, with the parts that are on; at B what cannot be left out comes first. */
export function leafletLines(content: LeafletContent, parts: string[]): string[] {
  const word = (category: string) => (isCategory(category) ? CATEGORIES[category].nl : category)
  const { general, purposes, data, security, contact } = content
  const { research, anonymisation } = purposes
  return [
    `A. ${general.product}, ${general.processor}. ${general.explanation} ${general.link}`,
    LEAFLET_ANNEX.for(general.audience.join(', '), general.users.join(', ')),
    ...content.parts
      .toSorted((one, other) => Number(one.optional) - Number(other.optional))
      .map(({ partId, name, optional, explanation }) => LEAFLET_ANNEX.part(parts.includes(partId), name, optional, explanation)),
    LEAFLET_ANNEX.kind(purposes.kind, purposes.plain),
    ...purposes.purposes.map((id) => `   ${id}: ${purposeFor(purposes.kind, id).nl}`),
    ...(research
      ? [
          LEAFLET_ANNEX.research(research.question, research.institution, research.researcher),
          LEAFLET_ANNEX.researchRules(research.rules),
          LEAFLET_ANNEX.researchKept,
        ]
      : []),
    ...(anonymisation ? [LEAFLET_ANNEX.anonymisation(anonymisation)] : []),
    ...data.categories.map(({ category, why }) => `D. ${word(category)}: ${why}`),
    ...data.optional.map(({ category, why }) => LEAFLET_ANNEX.optionalData(word(category), why)),
    ...(data.incidental.length > 0 ? [LEAFLET_ANNEX.incidental(data.incidental.join(', '))] : []),
    LEAFLET_ANNEX.decides(data.profile, data.automatedDecision),
    LEAFLET_ANNEX.security(security.measures, security.certificates.join(', '), security.storageCountries.join(', ')),
    ...content.subprocessors.map(({ name, task, country }) => `F. ${name} (${country}): ${task}`),
    ...(content.subprocessors.length === 0 ? [LEAFLET_ANNEX.noSubprocessors] : []),
    `G. ${contact.name}, ${contact.email}`,
    LEAFLET_ANNEX.changed(content.changed),
  ]
}
