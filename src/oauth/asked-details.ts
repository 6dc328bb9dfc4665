import type { Deps } from '../deps.ts'
import { recordRefused } from '../ledger/refused.ts'
import type { Cause } from '../messages/questions.ts'
import { endOf, startOf } from '../moments.ts'
import { Refusal, type RefusalCode, refusals } from '../refusal.ts'
import { type ReadAsk, readAsk } from '../requests/ask-directly.ts'
import { askingEntry, mustBeAllowed } from './authorization-details.ts'
import type { AuthenticatedClient } from './client-authentication.ts'
import { OAuthError } from './oauth-error.ts'
import { mustFitOne } from './token-size.ts'

export type SupplierClient = Extract<AuthenticatedClient, { holderId: null }>

/**
 * What a supplier's program wants to ask somebody, wherever they are: read, and everything refused that is wrong with it whoever
 * it is about.
 *
 * @param of.subject how the supplier names the one subject it is about
 * @param of.cause what gave cause to ask, where the supplier does not say
 * @throws OAuthError `invalid_authorization_details`, `invalid_target`, `access_denied`
 */
export async function askedDetails(
  deps: Deps,
  client: SupplierClient,
  form: Map<string, string>,
  at: Date,
  of: { subject: string; cause: Cause },
): Promise<ReadAsk> {
  const { locations, datatypes, purpose, service, part, occasion, reason, period } = askingEntry(form.get('authorization_details'))
  const [resource] = locations
  mustBeAllowed(client, resource, datatypes)
  if ((form.get('resource') ?? resource) !== resource) throw new OAuthError('invalid_target', 'resource is another than locations names')
  const ask = {
    serviceId: service,
    partId: part,
    resource,
    datatypes,
    purpose,
    startsAt: period?.from === undefined ? undefined : startOf(period.from),
    endsAt: period?.until === undefined ? undefined : endOf(period.until),
    occasion,
    reason,
  }
  try {
    const read = await readAsk(deps.db, client, ask, at, of)
    await mustFitOne(deps, client.clientId)(deps.db, { resource, purpose: read.use.purpose, datatypes: [...read.use.datatypes] })
    return read
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await recordRefused(deps, { boardId: null, approach: 'operator', actor: `client:${client.clientId}`, code: error.code })
    throw told(error.code)
  }
}

/** What is wrong with the ask itself, each in its own words. */
function told(code: RefusalCode): OAuthError {
  if (code === 'supplier_not_found') return new OAuthError('access_denied', 'this supplier may not ask now', { status: 403 })
  return new OAuthError('invalid_authorization_details', `${code}: ${refusals[code].title}`)
}
