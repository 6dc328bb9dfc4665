import { DETAIL_TYPES } from '../catalog/detail-types.ts'
import { aggregationUri } from './aggregation.ts'
import { ALGORITHMS } from './algorithms.ts'
import { GRANT_SCOPES, grantsResource, REST_SCOPES, restResource } from './scopes.ts'

export const CIBA_GRANT = 'urn:openid:params:grant-type:ciba'

/** Authorization server metadata (RFC 8414), the same document at both well-known places. Lists what is there and nothing else. */
export function serverMetadata(issuer: string) {
  const auth = {
    methods: ['private_key_jwt'],
    algorithms: ALGORITHMS,
  }
  return {
    issuer,
    service_documentation: `${issuer}/docs`,
    jwks_uri: `${issuer}/jwks`,
    authorization_endpoint: `${issuer}/authorize`,
    pushed_authorization_request_endpoint: `${issuer}/par`,
    require_pushed_authorization_requests: true,
    authorization_response_iss_parameter_supported: true,
    prompt_values_supported: ['none', 'login', 'consent'],
    code_challenge_methods_supported: ['S256'],
    request_parameter_supported: true,
    request_uri_parameter_supported: false,
    request_object_signing_alg_values_supported: ALGORITHMS,
    token_endpoint: `${issuer}/token`,
    token_endpoint_auth_methods_supported: auth.methods,
    token_endpoint_auth_signing_alg_values_supported: auth.algorithms,
    backchannel_authentication_endpoint: `${issuer}/bc-authorize`,
    backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    backchannel_user_code_parameter_supported: false,
    introspection_endpoint: `${issuer}/introspect`,
    introspection_endpoint_auth_methods_supported: auth.methods,
    introspection_endpoint_auth_signing_alg_values_supported: auth.algorithms,
    introspection_signing_alg_values_supported: ['EdDSA', 'ES256'],
    registration_endpoint: `${issuer}/register`,
    revocation_endpoint: `${issuer}/revoke`,
    revocation_endpoint_auth_methods_supported: auth.methods,
    revocation_endpoint_auth_signing_alg_values_supported: auth.algorithms,
    status_list_aggregation_endpoint: aggregationUri(issuer),
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', CIBA_GRANT],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    scopes_supported: ['openid', ...REST_SCOPES, ...GRANT_SCOPES],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['EdDSA', 'ES256'],
    dpop_signing_alg_values_supported: ALGORITHMS,
    authorization_details_types_supported: DETAIL_TYPES,
    grant_management_endpoint: grantsResource(issuer),
    grant_management_actions_supported: ['query', 'revoke', 'create', 'replace'],
    grant_management_action_required: false,
    protected_resources: [restResource(issuer), grantsResource(issuer)],
  }
}

/** Protected resource metadata (RFC 9728) of our own REST API. */
export const restMetadata = (issuer: string) => resourceMetadata(issuer, restResource(issuer), REST_SCOPES)

/** The same of grant management. */
export const grantsMetadata = (issuer: string) => resourceMetadata(issuer, grantsResource(issuer), GRANT_SCOPES)

function resourceMetadata(issuer: string, resource: string, scopes: readonly string[]) {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    dpop_bound_access_tokens_required: true,
    dpop_signing_alg_values_supported: ALGORITHMS,
  }
}

/** Where these documents are (RFC 9728 §3.1: the well-known part goes before the path). */
export const restMetadataPath = '/.well-known/oauth-protected-resource/v1'
export const grantsMetadataPath = '/.well-known/oauth-protected-resource/grants'
