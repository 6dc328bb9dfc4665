import { ALGORITHMS } from './access-error.ts'

/** A holder's protected resource metadata (RFC 9728 §2): with it a client finds the broker by itself. */
export interface ResourceMetadata {
  resource: string
  authorization_servers: string[]
  bearer_methods_supported: ['header']
  authorization_details_types_supported: ['pupil-data']
  dpop_bound_access_tokens_required: true
  dpop_signing_alg_values_supported: string[]
  resource_name?: string
  resource_documentation?: string
}

export function resourceMetadata({
  issuer,
  resource,
  name,
  documentation,
}: {
  issuer: string
  resource: string
  name?: string
  documentation?: string
}): ResourceMetadata {
  return {
    resource,
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    authorization_details_types_supported: ['pupil-data'],
    dpop_bound_access_tokens_required: true,
    dpop_signing_alg_values_supported: ALGORITHMS,
    ...(name && { resource_name: name }),
    ...(documentation && { resource_documentation: documentation }),
  }
}

/** Where that document belongs: the well-known part goes between host and path, a lone slash goes (RFC 9728 §3.1). */
export function metadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource)
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`
}
