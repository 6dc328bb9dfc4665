import { isOutsideUrl } from './outside-url.ts'

/** An OpenID provider by which people may sign in: a federation of schools, a broker of DigiD, a portal for parents. */
export interface IdentityProvider {
  /** Stands in addresses, as in `/sign-in/with/entree`. */
  id: string
  /** What people know it by. */
  name: string
  issuer: string
  clientId: string
  clientSecret: string
  scope: string
  /** Any of these levels of assurance is asked for, and one of them has to come back; empty asks for none. */
  acr: readonly string[]
}

const ID = /^[a-z][a-z0-9]{0,19}$/

/**
 * Reads the identity providers from the environment: `OIDC_PROVIDERS` names them, and each has its own variables,
 * `OIDC_<ID>_ISSUER` and so on. Nothing is fetched here: a provider that is down stops nobody from starting.
 *
 * @param allowedLoopback origins on this machine that may be an issuer, for development
 * @returns them, and one line for each variable that is wrong; never with its value
 */
export function readIdentityProviders(
  env: Record<string, string | undefined>,
  allowedLoopback: readonly string[],
): { providers: IdentityProvider[]; wrong: string[] } {
  const ids = (env.OIDC_PROVIDERS ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean)
  const wrong: string[] = []
  if (ids.some((id) => !ID.test(id)) || new Set(ids).size < ids.length) {
    wrong.push('OIDC_PROVIDERS: is a list of different names by commas, each of small letters and digits, at most 20')
  }
  const providers = ids.filter((id) => ID.test(id)).map((id) => readProvider(env, id, allowedLoopback, wrong))
  const issuers = providers.map(({ issuer }) => issuer).filter(Boolean)
  if (new Set(issuers).size < issuers.length) wrong.push('OIDC_PROVIDERS: names the same issuer twice')
  for (const name of Object.keys(env)) {
    const id = /^OIDC_([A-Z0-9]+)_[A-Z_]+$/.exec(name)?.[1]?.toLowerCase()
    if (id && !ids.includes(id)) wrong.push(`${name}: is of a provider that OIDC_PROVIDERS does not name`)
  }
  return { providers, wrong }
}

function readProvider(
  env: Record<string, string | undefined>,
  id: string,
  allowedLoopback: readonly string[],
  wrong: string[],
): IdentityProvider {
  const variable = (name: string) => `OIDC_${id.toUpperCase()}_${name}`
  const needed = (name: string) => {
    const value = env[variable(name)]
    if (!value) wrong.push(`${variable(name)}: is needed for ${id}, which OIDC_PROVIDERS names`)
    return value ?? ''
  }
  const words = (name: string) => (env[variable(name)] ?? '').split(/\s+/).filter(Boolean)
  const issuer = needed('ISSUER')
  if (issuer && (!isOutsideUrl(issuer, allowedLoopback) || issuer.includes('?'))) {
    wrong.push(
      `${variable('ISSUER')}: is an https address on port 443 that is public, without query; one on this machine stands in ALLOWED_LOOPBACK`,
    )
  }
  const name = needed('NAME')
  if (name.length > 60) wrong.push(`${variable('NAME')}: has at most 60 characters`)
  const scope = words('SCOPE')
  if (scope.length > 0 && !scope.includes('openid')) wrong.push(`${variable('SCOPE')}: has openid in it`)
  return {
    id,
    name,
    issuer,
    clientId: needed('CLIENT_ID'),
    clientSecret: needed('CLIENT_SECRET'),
    scope: scope.join(' ') || 'openid email',
    acr: words('ACR'),
  }
}
