import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { canonical } from '../canonical.ts'
import { CATEGORIES, type CategoryId } from '../catalog/categories.ts'
import { publishLeaflet } from '../catalog/publish-leaflet.ts'
import { registerClient } from '../catalog/register-client.ts'
import { registerHolder } from '../catalog/register-holder.ts'
import { registerService } from '../catalog/register-service.ts'
import { registerSupplier } from '../catalog/register-supplier.ts'
import { latestLeaflet, servicesOf, supplierById } from '../catalog/store.ts'
import type { Deps } from '../deps.ts'
import type { ClientId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { seal } from '../sealing.ts'
import { EXAMPLE_LEAFLET } from './example-leaflet.ts'
import type { Sandbox } from './sandbox.ts'

/** What the sealed key of a sandbox's holder opens for, and nothing else. */
export const SEALED_FOR = 'sandbox-holder'

/** Where the made-up data of a sandbox are: the audience of its tokens. */
export const resourceOf = (issuer: string, twinId: SupplierId) => `${issuer}/sandbox/${twinId}/`

/**
 * A twin of a supplier in a world of its own, which asks and which holds made-up data of every category. Does NOT check who asks.
 *
 * @throws Refusal `supplier_not_found`
 */
export async function makeTwin(
  deps: Deps,
  supplierId: SupplierId,
): Promise<Pick<Sandbox, 'twinId' | 'holderId' | 'holderClientId' | 'sealedKey'>> {
  const supplier = await supplierById(deps.db, supplierId)
  if (!supplier) throw new Refusal('supplier_not_found')
  const { legalName, kind, country } = supplier
  const twinId = await registerSupplier(deps, { legalName: `${legalName} (oefenomgeving)`, kind, country, world: supplierId })
  const holderId = await registerHolder(deps, {
    supplierId: twinId,
    name: 'Verzonnen gegevens',
    resource: resourceOf(deps.issuer, twinId),
    dataSets: Object.entries(CATEGORIES).map(([category, { nl, en }]) => ({
      datatype: category,
      category: category as CategoryId,
      nameNl: nl,
      nameEn: en,
    })),
  })
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const named = { kid: await calculateJwkThumbprint(jwk), alg: 'ES256' }
  const holderClientId = `sandbox-holder-${twinId}` as ClientId
  const client = { clientId: holderClientId, name: 'Verzonnen gegevens', way: 'holder' as const, holderId, keys: [{ ...jwk, ...named }] }
  await registerClient(deps, client)
  const sealedKey = await seal(deps.secret, SEALED_FOR, JSON.stringify({ ...(await exportJWK(privateKey)), ...named }))
  return { twinId, holderId, holderClientId, sealedKey }
}

/** Gives the twin the services and newest leaflets that the supplier has now; where it has none, one to try things with. */
export async function copyServices(deps: Deps, supplierId: SupplierId, twinId: SupplierId): Promise<void> {
  const wanted = []
  for (const { serviceId, name, kind } of await servicesOf(deps.db, supplierId)) {
    const leaflet = await latestLeaflet(deps.db, serviceId)
    if (leaflet) wanted.push({ name, kind, content: leaflet.content })
  }
  if (wanted.length === 0) wanted.push({ name: 'Oefendienst', kind: 'I' as const, content: EXAMPLE_LEAFLET })
  const there = await servicesOf(deps.db, twinId)
  for (const { name, kind, content } of wanted) {
    const known = there.find((service) => service.name === name && service.kind === kind)
    const serviceId = known?.serviceId ?? (await registerService(deps, { supplierId: twinId, name, kind }))
    const newest = await latestLeaflet(deps.db, serviceId)
    if (!newest || canonical(newest.content) !== canonical(content)) await publishLeaflet(deps, { serviceId, content })
  }
}
