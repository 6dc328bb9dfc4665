import type { Context } from 'hono'
import { z } from 'zod'
import type { WholeAgreement } from '../../../agreements/agreements-of-supplier.ts'
import { latestLeaflet, servicesOf } from '../../../catalog/store.ts'
import { idOf } from '../../../http.ts'
import type { ServiceId } from '../../../ids.ts'
import { Button, Choices } from '../../fields.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import type { PageEnv } from '../../page.tsx'

/** What comes in: a service, or of a service one part that is not chosen yet. */
const brought = z.string().transform((value, context): { serviceId: ServiceId; partIds: string[] } => {
  const [service, part] = [value.slice(0, 36), value.slice(37)]
  const serviceId = idOf<ServiceId>().safeParse(service)
  if (serviceId.success) return { serviceId: serviceId.data, partIds: part ? [part] : [] }
  context.addIssue({ code: 'custom', message: 'is no service' })
  return z.NEVER
})
export const addendumForm = z.strictObject({ form: formToken, brings: brought })

/** Proposes what the agreement does not have yet: another service, a newer leaflet, or an optional part (K11, M26). */
export async function AddendumForm({ c, action, one }: { c: Context<PageEnv>; action: string; one: WholeAgreement }) {
  const words = c.var.t.supplierAgreements
  const options = await notYetIn(c, one)
  if (options.length === 0) return null
  return (
    <OnceForm action={action}>
      <Choices name="brings" label={words.addendumService} options={options} />
      <Button primary={false}>{words.addendum}</Button>
    </OnceForm>
  )
}

async function notYetIn(c: Context<PageEnv>, { agreement, services }: WholeAgreement): Promise<{ value: string; text: string }[]> {
  const words = c.var.t.supplierAgreements
  const options: { value: string; text: string }[] = []
  for (const { serviceId, name } of await servicesOf(c.var.deps.db, agreement.supplierId)) {
    const newest = await latestLeaflet(c.var.deps.db, serviceId)
    if (!newest) continue
    const [covered] = services.filter(({ service }) => service.serviceId === serviceId)
    if (covered?.leafletId !== newest.leafletId) options.push({ value: serviceId, text: words.service(name, String(newest.version)) })
    for (const { partId, name: part, optional } of newest.content.parts) {
      if (optional && !covered?.parts.includes(partId)) options.push({ value: `${serviceId}:${partId}`, text: words.part(name, part) })
    }
  }
  return options
}
