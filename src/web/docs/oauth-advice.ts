import type { OAuthErrorCode } from '../../oauth/oauth-error.ts'

/** As the holder kit answers (src/holder/access-error.ts). */
export const holderStatuses = {
  token_missing: 401,
  invalid_token: 401,
  invalid_dpop_proof: 401,
  invalid_request: 400,
  insufficient_scope: 403,
  broker_unavailable: 503,
} as const

/** What each error means here and what to do. A code without its line does not compile. */
export interface AdviceOf {
  oauth: Record<OAuthErrorCode, { means: string; todo: string }>
  holder: Record<keyof typeof holderStatuses, string>
}

export const advice: AdviceOf = {
  oauth: {
    invalid_request: {
      means: 'Something in the request is missing, twice there, or not as the standard wants it.',
      todo: 'Read `error_description`: it names the parameter.',
    },
    invalid_client: {
      means: 'The client assertion does not prove who you are.',
      todo: 'Look at `aud` (the issuer, as a text), `exp`, `kid`, and whether the `jti` was used before. Is the key still registered?',
    },
    invalid_grant: {
      means: 'The code, refresh token or request is unknown, used, expired or of another client or key; or what it stood for has ended.',
      todo: 'Begin anew. After a withdrawal there is nothing to refresh.',
    },
    unauthorized_client: {
      means: 'This client is not registered for this way of working.',
      todo: 'Use your client for this, or register one.',
    },
    unsupported_grant_type: { means: 'There is no such grant type here.', todo: 'See `grant_types_supported` in the metadata.' },
    invalid_scope: {
      means: 'The scope is unknown, or not for this client.',
      todo: 'Ask for the scope that the operation in the API reference names, and no other.',
    },
    temporarily_unavailable: { means: 'Too many requests.', todo: 'Wait as long as `Retry-After` says.' },
    unsupported_response_type: { means: 'Only `code` is supported.', todo: 'Ask for `response_type=code`.' },
    invalid_grant_id: {
      means: 'There is no such grant, or it is not yours.',
      todo: 'Use a `grant_id` that came with a token of this client.',
    },
    invalid_request_object: {
      means: 'The signed request is not valid.',
      todo: 'Sign it with a registered key, for this issuer, and send it once.',
    },
    invalid_target: {
      means: '`resource` is not a holder that is known here, or is not the one in `locations`.',
      todo: 'Use the holder’s resource exactly as registered.',
    },
    invalid_authorization_details: {
      means:
        'What you ask for is not granted, or not well formed. When it is not granted the answer is always the same, so that nobody learns who refused.',
      todo: 'Check the form against the quick start. If that is right: it was stopped, has ended or was never released. Do not try again in a loop; wait for an event.',
    },
    invalid_dpop_proof: {
      means: 'The proof is not for this request, is old, was used before, or is signed with another key.',
      todo: 'Make a new proof for each request, with a clock that is right.',
    },
    use_dpop_nonce: {
      means: 'Your clock is off, so the proof has to carry the nonce in the header `DPoP-Nonce` of this answer.',
      todo: 'Send the request again with a proof that has it in `nonce`; openid-client does so by itself. Then set your clock.',
    },
    invalid_redirect_uri: {
      means: 'The redirect URI is not one that may be registered.',
      todo: 'https, absolute, without a fragment, at your own domain.',
    },
    invalid_client_metadata: {
      means: 'The registration is not possible like this.',
      todo: 'Read `error_description`: it names the member.',
    },
    invalid_token: { means: 'The token is unknown, expired, ended, or not for this resource.', todo: 'Get a new one.' },
    authorization_pending: { means: 'Nobody has answered yet.', todo: 'Ask again after `interval` seconds.' },
    slow_down: { means: 'You ask too often.', todo: 'Add five seconds to the interval.' },
    expired_token: { means: 'Nobody answered in time.', todo: 'Ask anew, when there is cause to.' },
    access_denied: {
      means: 'The answer was no, or what was asked could not be asked.',
      todo: 'Do not ask again for the same: it is refused.',
    },
    invalid_binding_message: {
      means: 'The binding message is too long or has signs in it that a person could be misled by.',
      todo: 'Use a few plain words.',
    },
  },
  holder: {
    token_missing: 'Read `resource_metadata` in the challenge, and get a token at the broker it names.',
    invalid_token: 'Get a new token. When it was ended there will be none.',
    invalid_dpop_proof: 'Make a new proof for this very request.',
    invalid_request: 'Send `Authorization: DPoP`, then the token.',
    insufficient_scope: 'Ask for these data first; the token does not name them.',
    broker_unavailable: 'Try again: what cannot be checked is refused.',
  },
}
