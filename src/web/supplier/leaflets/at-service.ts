import type { Context } from 'hono'
import type { LeafletSectionName } from '../../../catalog/leaflet.ts'
import { SECTION_NAMES } from '../../../catalog/leaflet.ts'
import { type Draft, draftOf, ownService } from '../../../catalog/leaflet-draft.ts'
import type { Leaflet, Service } from '../../../catalog/store.ts'
import { leafletsOf } from '../../../catalog/store.ts'
import { idOf } from '../../../http.ts'
import type { ServiceId } from '../../../ids.ts'
import { Refusal } from '../../../refusal.ts'
import type { PageEnv } from '../../page.tsx'
import { type SupplierDesk, supplierDesk } from '../desk.ts'

/** A service at the desk of its supplier, with what is being written for it. */
export interface AtService {
  desk: SupplierDesk
  service: Service
  draft: Draft
  /** The newest first. */
  versions: Leaflet[]
  path: string
  /** Whether who looks may write and publish. */
  writes: boolean
}

/** @throws Refusal `service_not_found` also for another supplier's; as `supplierDesk` */
export async function atService(c: Context<PageEnv>): Promise<AtService> {
  const desk = await supplierDesk(c)
  const { db } = c.var.deps
  const id = idOf<ServiceId>().safeParse(c.req.param('serviceId'))
  if (!id.success) throw new Refusal('service_not_found')
  const service = await ownService(db, desk.member.supplierId, id.data)
  return {
    desk,
    service,
    draft: await draftOf(db, id.data),
    versions: await leafletsOf(db, id.data),
    path: `${desk.path}/services/${id.data}`,
    writes: desk.may('contracts'),
  }
}

/** The section of the path. @throws Refusal `not_found` */
export function sectionIn(c: Context<PageEnv>): LeafletSectionName {
  const section = SECTION_NAMES.find((name) => name === c.req.param('section'))
  if (!section) throw new Refusal('not_found')
  return section
}
