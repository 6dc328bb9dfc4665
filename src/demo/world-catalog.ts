import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { isCategory } from '../catalog/categories.ts'
import { publishLeaflet } from '../catalog/publish-leaflet.ts'
import { registerClient } from '../catalog/register-client.ts'
import { registerHolder } from '../catalog/register-holder.ts'
import { registerService } from '../catalog/register-service.ts'
import { registerSupplier } from '../catalog/register-supplier.ts'
import { setSupplierParty } from '../catalog/supplier-party.ts'
import type { Deps } from '../deps.ts'
import type { ClientId } from '../ids.ts'
import { SUPPLIERS } from './suppliers.ts'
import type { World } from './world.ts'

export const resourceAt = (port: number) => `http://localhost:${port}/`

/** The operator takes in all suppliers with their services and leaflets, the holders, and a client for each way of working. */
export async function makeCatalog(deps: Deps, port: number): Promise<Pick<World, 'suppliers' | 'holders'>> {
  const suppliers: World['suppliers'] = {}
  const holders: World['holders'] = {}
  for (const { key, legalName, kind, domain, country, services, holder, ways } of SUPPLIERS) {
    const supplierId = await registerSupplier(deps, { legalName, kind, domain, country })
    const party = { address: 'Bedrijfsweg 2, 9999 ZB Voorbeeld', registration: 'KvK 99999999', representative: 'de directeur' }
    await setSupplierParty(deps, 'operator', { supplierId, party })
    const supplier: World['suppliers'][string] = { supplierId, services: {}, clients: {} }
    suppliers[key] = supplier
    for (const service of services) {
      const serviceId = await registerService(deps, { supplierId, name: service.name, kind: service.kind })
      await publishLeaflet(deps, { serviceId, content: service.leaflet })
      supplier.services[service.key] = serviceId
    }
    for (const way of ways) {
      const { privateJwk, publicJwk } = await keyPair(`${key}-${way}`)
      const clientId = `${key}-${way}` as ClientId
      const client = { clientId, name: legalName, keys: [publicJwk], supplierId }
      const redirectUris = [`https://${domain}/terug`]
      await registerClient(deps, way === 'redirect' ? { ...client, way, redirectUris } : { ...client, way })
      supplier.clients[way] = { clientId, privateJwk, ...(way === 'redirect' && { redirectUris }) }
    }
    if (holder) {
      const resource = resourceAt(port + holder.portOffset)
      const dataSets = holder.dataSets.map(({ category, ...rest }) => {
        if (!isCategory(category)) throw new Error(`${category} is no category`)
        return { ...rest, category }
      })
      const holderId = await registerHolder(deps, { supplierId, name: holder.name, resource, dataSets })
      const { privateJwk, publicJwk } = await keyPair(holder.clientId)
      const clientId = holder.clientId as ClientId
      await registerClient(deps, { clientId, name: holder.name, keys: [publicJwk], way: 'holder', holderId })
      const datatypes = dataSets.map(({ datatype }) => datatype)
      holders[holder.key] = { holderId, supplierKey: key, resource, datatypes, clientId, privateJwk }
    }
  }
  return { suppliers, holders }
}

/** The two halves of a client's key: the operator gets the public one only. */
async function keyPair(kid: string): Promise<{ privateJwk: JWK; publicJwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const named = { kid, alg: 'EdDSA', use: 'sig' }
  return { privateJwk: { ...(await exportJWK(privateKey)), ...named }, publicJwk: { ...(await exportJWK(publicKey)), ...named } }
}
