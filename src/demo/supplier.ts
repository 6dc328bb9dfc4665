import type { JWK } from 'jose'
import { oauthClient, type Tokens, type Wanted } from './oauth-client.ts'

export interface SupplierOptions {
  issuer: string
  /** For asking schools and redeeming what they release. */
  organisation: { clientId: string; privateJwk: JWK }
  /** For asking people directly. */
  ciba: { clientId: string; privateJwk: JWK }
}

/** What a supplier wants to see and why, in its own words. */
export interface Ask {
  serviceId: string
  partId: string
  /** The holder that has the data, by its resource. */
  holder: string
  datatype: string
  purpose: string
  occasion: string
  reason: { nl: string; en: string }
  subjectKind: 'pupil' | 'employee'
}

/** A child or member of staff by a file number of the supplier's own, and by words the school understands. */
export interface FileOf {
  reference: string
  hint: string
}

/** Days, YYYY-MM-DD. */
export interface Window {
  from: string
  until: string
}

const wantedBy = ({ holder, datatype, purpose }: Ask): Wanted => ({
  type: 'pupil-data',
  locations: [holder],
  actions: ['read'],
  datatypes: [datatype],
  purpose,
})

/**
 * A supplier's software: it asks schools and people, and collects what it may see at the moment it needs it. It knows the
 * broker by its address and its standards only.
 */
export async function supplierApp(options: SupplierOptions) {
  const { issuer } = options
  const [school, people] = await Promise.all([oauthClient({ issuer, ...options.organisation }), oauthClient({ issuer, ...options.ciba })])
  const rest = (method: 'GET' | 'POST' | 'DELETE', path: string, json?: unknown) => school.call('access_requests', method, path, json)

  return {
    /** Step 1 of four: asks a school, by its BRIN, about these files. */
    askSchool: (brin: string, ask: Ask, files: FileOf[], window: Partial<Window>) =>
      rest('POST', '/v1/access-requests', {
        addressed_to: { scheme: 'BRIN', value: brin },
        service_id: ask.serviceId,
        part_id: ask.partId,
        authorization_details: [wantedBy(ask)],
        window,
        occasion: ask.occasion,
        reason: ask.reason,
        subject_kind: ask.subjectKind,
        subjects: files,
      }),
    request: (requestId: string) => rest('GET', `/v1/access-requests/${requestId}`),
    /** Under which pseudonym each file of an agreement is known to this supplier, and until when. */
    grants: (agreementId: string) => rest('GET', `/v1/agreements/${agreementId}/grants`),
    /** Says which of its guides works with this pupil. */
    assignGuide: (identifier: string, guide: string) => rest('POST', '/v1/assignments', { identifier, guide }),
    /** Just in time: a token for one subject, now. */
    redeem: (ask: Ask, identifier: string) => school.redeem({ ...wantedBy(ask), identifier }),
    collect: ({ accessToken }: Tokens, { holder, datatype }: Ask) => school.fetchData(accessToken, holder + datatype),

    /** The other way: asks a person directly, with the link code they handed over. */
    askDirectly: (ask: Ask, loginHint: string, window: Window, bindingMessage: string) =>
      people.askDirectly({
        loginHint,
        bindingMessage,
        wanted: {
          ...wantedBy(ask),
          service: ask.serviceId,
          part: ask.partId,
          occasion: ask.occasion,
          reason: ask.reason,
          period: window,
        },
      }),
    collectDirectly: ({ accessToken }: Tokens, { holder, datatype }: Ask) => people.fetchData(accessToken, holder + datatype),
  }
}

export type SupplierApp = Awaited<ReturnType<typeof supplierApp>>
