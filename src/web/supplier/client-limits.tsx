import type { Context } from 'hono'
import { z } from 'zod'
import { DETAIL_TYPES } from '../../catalog/detail-types.ts'
import { type DataSet, dataSetsOf, type Holder, holders } from '../../catalog/store.ts'
import type { SupplierId } from '../../ids.ts'
import { writtenIn } from '../../languages.ts'
import { sandboxOf } from '../../sandbox/sandbox.ts'
import { Button, ErrorAt, Tick } from '../fields.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, ticked } from '../page.tsx'
import type { OwnedClient } from './owned-clients.ts'

export const limitForm = z.strictObject({
  form: formToken,
  types: ticked(z.enum(DETAIL_TYPES)),
  holders: ticked(z.string().max(500)),
  datatypes: ticked(z.string().max(61)),
})

/** What was ticked, and does not go together. */
export interface LimitsTicked {
  types: string[]
  holders: string[]
  datatypes: string[]
}

/** What a client can be limited to: the holders of its world, and what they offer. */
export interface Offered {
  holder: Holder
  dataSets: DataSet[]
}

/** The holders at which a client of this supplier could ask, with their data sets. */
export async function offeredTo(c: Context<PageEnv>, supplierId: SupplierId, { inSandbox }: OwnedClient): Promise<Offered[]> {
  const { db } = c.var.deps
  const sandbox = inSandbox ? await sandboxOf(db, supplierId) : undefined
  const all = await holders(db, sandbox?.twinId)
  return await Promise.all(all.map(async (holder) => ({ holder, dataSets: await dataSetsOf(db, holder.holderId) })))
}

/** Whether a program asks for data of people at all, and then at which holders and for which data; of those, with nothing ticked for all. */
export function Limits({
  c,
  action,
  client,
  offered,
  wrong,
}: {
  c: Context<PageEnv>
  action: string
  client: OwnedClient
  offered: Offered[]
  wrong: LimitsTicked | undefined
}) {
  const t = c.var.t.machine.clients
  const chosen = wrong ?? { types: client.types, holders: client.holders ?? [], datatypes: client.datatypes ?? [] }
  const names = new Map<string, Set<string>>()
  for (const { dataSets } of offered) {
    for (const { datatype, nameNl, nameEn } of dataSets) {
      names.set(datatype, (names.get(datatype) ?? new Set()).add(writtenIn(c.var.language) === 'en' ? nameEn : nameNl))
    }
  }
  return (
    <details class="more" open={wrong !== undefined}>
      <summary>{t.limit}</summary>
      <div class="more__body">
        <OnceForm action={action}>
          {DETAIL_TYPES.map((type) => (
            <Tick name="types" value={type} text={t.detailTypes[type]} id={`type-${type}`} ticked={chosen.types.includes(type)} />
          ))}
          <fieldset class="utrecht-form-fieldset">
            <legend class="utrecht-form-label">{t.limitHolders}</legend>
            {offered.map(({ holder: { resource, name } }, nr) => (
              <Tick
                name="holders"
                value={resource}
                text={`${name} (${resource})`}
                id={`holder-${nr}`}
                ticked={chosen.holders.includes(resource)}
              />
            ))}
          </fieldset>
          <fieldset class="utrecht-form-fieldset" id="datatypes">
            <legend class="utrecht-form-label">{t.limitData}</legend>
            <ErrorAt field="datatypes" sentence={wrong !== undefined && t.limitWrong} />
            {[...names].map(([datatype, called], nr) => (
              <Tick
                name="datatypes"
                value={datatype}
                text={`${[...called].join(', ')} (${datatype})`}
                id={`data-${nr}`}
                ticked={chosen.datatypes.includes(datatype)}
              />
            ))}
          </fieldset>
          <Button>{t.limitButton}</Button>
        </OnceForm>
      </div>
    </details>
  )
}
