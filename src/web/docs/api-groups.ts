import type { apiDocument } from '../../openapi.ts'

export interface ApiField {
  name: string
  type: string
  required: boolean
  description: string | undefined
}

export interface ApiOperation {
  id: string
  method: string
  path: string
  summary: string
  description: string | undefined
  /** Who may call it, and with what. */
  needs: string | undefined
  parameters: ApiField[]
  body: ApiField[]
  answers: { status: string; description: string; fields: ApiField[] }[]
}

export interface ApiGroup {
  slug: string
  name: string
  description: string
  operations: ApiOperation[]
}

interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  const?: unknown
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  description?: string
}
type Content = Record<string, { schema?: Schema }> | undefined
interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema; description?: string }[]
  requestBody?: { content: Content }
  responses: Record<string, { description: string; content?: Content }>
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']
/** Deeper members are in the contract. */
const DEEPEST = 3

/** The operations of the contract by their tag, each flattened to what a page shows. Operations of no tag do not exist. */
export function groupsOf(document: ReturnType<typeof apiDocument>): ApiGroup[] {
  const { tags, paths, components } = document as unknown as {
    tags: { name: string; description: string }[]
    paths: Record<string, Record<string, Operation> & { servers?: unknown }>
    components: { schemas: Record<string, Schema> }
  }
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ operation, method, path: item.servers ? path : `/v1${path}` }] : []
    }),
  )
  return tags.map(({ name, description }) => ({
    slug: name
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, '-')
      .replace(/-$/, ''),
    name,
    description,
    operations: operations.filter(({ operation }) => operation.tags.includes(name)).map((one) => shown(one, components.schemas)),
  }))
}

function shown(
  { operation, method, path }: { operation: Operation; method: string; path: string },
  schemas: Record<string, Schema>,
): ApiOperation {
  const { operationId, summary, description, security, parameters = [], requestBody, responses } = operation
  return {
    id: operationId,
    method: method.toUpperCase(),
    path,
    summary,
    description,
    needs: needsOf(security),
    parameters: parameters.map((parameter) => ({
      name: parameter.name,
      type: `${typeOf(parameter.schema, schemas)} (${parameter.in})`,
      required: parameter.required ?? false,
      description: parameter.description ?? parameter.schema?.description,
    })),
    body: fieldsOf(schemaIn(requestBody?.content), schemas),
    answers: Object.entries(responses).map(([status, answer]) => ({
      status,
      description: answer.description,
      fields: status < '400' ? fieldsOf(schemaIn(answer.content), schemas) : [],
    })),
  }
}

function needsOf(security: Operation['security']): string | undefined {
  const [scheme, scopes] = Object.entries(security?.[0] ?? {})[0] ?? []
  if (scheme === 'dpop') return `Needs an access token bound by DPoP${scopes!.length > 0 ? ` with scope \`${scopes!.join(' ')}\`` : ''}.`
  if (scheme === 'privateKeyJwt') return 'Needs a client assertion (`private_key_jwt`) in the body.'
  if (scheme === 'initialAccessToken') return 'Needs the invitation as a bearer token.'
  return undefined
}

const schemaIn = (content: Content): Schema | undefined => Object.values(content ?? {})[0]?.schema

function resolved(schema: Schema, schemas: Record<string, Schema>): Schema {
  const named = schema.$ref && schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)]
  return named ? resolved(named, schemas) : schema
}

/** Members of an object, those of its objects and lists under `a.b` and `a[].b`. */
function fieldsOf(schema: Schema | undefined, schemas: Record<string, Schema>, before = '', depth = 1): ApiField[] {
  if (!schema) return []
  const whole = resolved(schema, schemas)
  const parts = [whole, ...(whole.allOf ?? []), ...(whole.anyOf ?? []), ...(whole.oneOf ?? [])].map((part) => resolved(part, schemas))
  const seen = new Set<string>()
  return parts.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, member]) => {
      if (seen.has(name)) return []
      seen.add(name)
      const known = resolved(member, schemas)
      const field = { name: before + name, type: typeOf(known, schemas), required: required.includes(name), description: known.description }
      if (depth >= DEEPEST) return [field]
      const inner = known.items
        ? fieldsOf(known.items, schemas, `${before}${name}[].`, depth + 1)
        : fieldsOf(known, schemas, `${before}${name}.`, depth + 1)
      return [field, ...inner]
    }),
  )
}

function typeOf(schema: Schema | undefined, schemas: Record<string, Schema>): string {
  if (!schema) return 'anything'
  const known = resolved(schema, schemas)
  const either = known.anyOf ?? known.oneOf
  if (known.const !== undefined) return JSON.stringify(known.const)
  if (known.enum) return known.enum.map((value) => JSON.stringify(value)).join(' or ')
  if (either) return [...new Set(either.map((one) => typeOf(one, schemas)))].join(' or ')
  if (known.items) return `list of ${typeOf(known.items, schemas)}`
  const type = Array.isArray(known.type) ? known.type.join(' or ') : (known.type ?? 'object')
  return known.format ? `${type} (${known.format})` : type
}
