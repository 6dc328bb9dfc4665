import type { Context } from 'hono'
import { z } from 'zod'
import {
  type DataSet,
  dataSetsOf,
  type Holder,
  holders,
  type Leaflet,
  latestLeaflet,
  type Service,
  servicesOf,
} from '../../../catalog/store.ts'
import { idOf } from '../../../http.ts'
import type { HolderId, ServiceId } from '../../../ids.ts'
import { day, endOf, startOf } from '../../../moments.ts'
import { type Refusal, type RefusalCode, refusals } from '../../../refusal.ts'
import type { Ask } from '../../../requests/ask-directly.ts'
import { formToken } from '../../once-form.tsx'
import { type PageEnv, ticked } from '../../page.tsx'
import { publicCodeOf } from '../../texts/public-code.ts'
import type { Messages } from '../../texts/shape.ts'
import type { SupplierDesk } from '../desk.ts'

/** A service with a leaflet, and a holder that has data which the leaflet names. */
export interface Usable {
  service: Service
  leaflet: Leaflet
  holder: Holder
  /** Those that the leaflet names. */
  sets: DataSet[]
}

/** What a supplier can ask for at all: each of its published services, with each holder that has data for it. */
export async function usables(c: Context<PageEnv>, desk: SupplierDesk): Promise<Usable[]> {
  const { db } = c.var.deps
  const found: Usable[] = []
  const offers = await Promise.all(
    (await holders(db))
      .filter(({ suspendedAt }) => !suspendedAt)
      .map(async (holder) => ({ holder, sets: await dataSetsOf(db, holder.holderId) })),
  )
  for (const service of await servicesOf(db, desk.member.supplierId)) {
    const leaflet = await latestLeaflet(db, service.serviceId)
    if (!leaflet) continue
    const named = new Set([...leaflet.content.data.categories, ...leaflet.content.data.optional].map(({ category }) => category))
    for (const { holder, sets } of offers) {
      const fitting = sets.filter(({ category }) => named.has(category))
      if (fitting.length > 0) found.push({ service, leaflet, holder, sets: fitting })
    }
  }
  return found
}

/** The one that the address names (`?service=…&holder=…`), or the only one there is. */
export function usableIn(c: Context<PageEnv>, list: readonly Usable[]): Usable | undefined {
  const [service, holder] = [idOf<ServiceId>().safeParse(c.req.query('service')), idOf<HolderId>().safeParse(c.req.query('holder'))]
  if (!service.success || !holder.success) return list.length === 1 ? list[0] : undefined
  return list.find((one) => one.service.serviceId === service.data && one.holder.holderId === holder.data)
}

const words = (max: number) => z.string().trim().max(max).default('')

/** What is asked, by whatever way. What lacks is refused by the command, each lack with its own reason (K18). */
export const useFields = {
  form: formToken,
  data: ticked(z.string().max(61)),
  part: z.string().max(41).default(''),
  purpose: words(40),
  from: z.union([z.literal(''), day]).default(''),
  until: z.union([z.literal(''), day]).default(''),
  occasion: words(500),
  reason: words(2000),
  reason_en: words(2000),
}

export type UseFields = z.infer<z.ZodObject<typeof useFields>>

/** What was filled in, as the commands take it. */
export function useFrom({ service, holder }: Usable, fields: UseFields): Ask & { serviceId: ServiceId } {
  return {
    serviceId: service.serviceId,
    resource: holder.resource,
    datatypes: fields.data,
    ...(fields.part && { partId: fields.part }),
    ...(fields.purpose && { purpose: fields.purpose }),
    ...(fields.from && { startsAt: startOf(fields.from) }),
    ...(fields.until && { endsAt: endOf(fields.until) }),
    ...(fields.occasion && { occasion: fields.occasion }),
    ...(fields.reason && { reason: { nl: fields.reason, ...(fields.reason_en && { en: fields.reason_en }) } }),
  }
}

/** Everything that was left open and must not be (K18), by field, so that it is told at once. */
export function lackingIn({ asking, errors: { refusals: told } }: Messages, fields: UseFields): Map<string, string> {
  const sentences = {
    data: asking.wrong.data,
    purpose: told.blank_cheque_no_purpose,
    until: told.blank_cheque_no_end,
    occasion: told.blank_cheque_no_occasion,
    reason: told.blank_cheque_no_reason,
  }
  return new Map(Object.entries(sentences).filter(([field]) => fields[field as keyof typeof sentences].length === 0))
}

/** At which field a refusal is told. */
const FIELD_OF: Partial<Record<RefusalCode, string>> = {
  blank_cheque_no_purpose: 'purpose',
  purpose_unknown: 'purpose',
  blank_cheque_all_data: 'data',
  datatype_unknown: 'data',
  leaflet_lacks_data: 'data',
  blank_cheque_no_end: 'until',
  blank_cheque_too_long: 'until',
  blank_cheque_no_occasion: 'occasion',
  blank_cheque_no_reason: 'reason',
  blank_cheque_all_pupils: 'subjects',
  board_not_found: 'school',
  part_unknown: 'part',
  request_already_open: 'subjects',
  request_cooling_down: 'subjects',
  too_many_requests: 'school',
}

/** The fields that a refusal is about, with what to do; nothing when it is about no field of the form. */
export function wrongFields(t: Messages, { code, details }: Refusal): Map<string, string> {
  const named = (place: string) => {
    const [first = ''] = place
      .replace(/^reason\.nl$/, 'reason')
      .replace(/^reason\.en$/, 'reason_en')
      .replace(/^(window|period)\./, '')
      .split('.')
    return first
  }
  if (code === 'purpose_forbidden') return new Map((details.fields as string[]).map((place) => [named(place), t.services.wrong.forbidden]))
  if (code === 'input_invalid' && Array.isArray(details.errors)) {
    const errors = details.errors as { field: string }[]
    return new Map(errors.map(({ field }) => [named(field), t.asking.wrong[named(field) === 'until' ? 'untilPast' : 'text']]))
  }
  const field = FIELD_OF[code]
  return field && refusals[code] ? new Map([[field, t.errors.refusals[publicCodeOf(code)]]]) : new Map()
}
