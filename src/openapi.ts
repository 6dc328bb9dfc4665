import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { API_VERSION, type Env } from './http.ts'

type Responses = Record<string, { description: string; headers?: Record<string, unknown>; content?: Record<string, unknown> }>
interface Operation {
  responses: Responses
  [member: string]: unknown
}
type Path = Record<string, Operation>

const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable; what a program decides on'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' })

/** What every operation of the REST API can answer besides its own refusals, which come as 403, 404 and 409. */
const everywhere: Record<string, string> = {
  400: 'What was sent does not fit; all errors together',
  401: 'No valid access token with a DPoP proof',
  403: 'This client may not do this',
  429: 'Too many requests',
  500: 'Something went wrong here',
}
const withBody: Record<string, string> = { 413: 'The body is too large', 415: 'The body is not JSON' }

/**
 * The contract: every JSON and OAuth operation as the routes define them, after the NL API Design Rules. Paths of the REST
 * API are relative to `{issuer}/v1`; the others name their own server.
 */
export function apiDocument(app: OpenAPIHono<Env>, issuer: string) {
  app.openAPIRegistry.register('Problem', problem)
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Consent broker',
      version: API_VERSION,
      description:
        'For suppliers and data holders: ask a school for access to data about pupils or staff, redeem grants just in time, and hear what ended.',
      contact: { name: 'The operator of this broker', url: issuer, email: 'api@broker.example' },
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: `${issuer}/v1`, description: 'The REST API' }],
    tags: [
      { name: 'requests', description: 'A supplier asks a school' },
      { name: 'grants', description: 'What a supplier may redeem' },
      { name: 'duties', description: 'What a supplier has to do, and its confirmation' },
      { name: 'assignments', description: 'Which guide of a supplier works with which pupil' },
      { name: 'changes', description: 'What happened, for suppliers and holders' },
      { name: 'event-streams', description: 'To be told what happened by signed events, pushed or fetched' },
      { name: 'holders', description: 'Whom a sub stands for, and what was handed over' },
      { name: 'rosters', description: 'A student administration sends who is at school' },
      { name: 'OAuth 2.0', description: 'The authorization server, in the FAPI 2.0 shape' },
      { name: 'Operation', description: 'For whoever runs the broker' },
    ],
  }) as unknown as { paths: Record<string, Path>; components: Record<string, Record<string, unknown>> }
  const paths: Record<string, Path | (Path & { servers: unknown })> = {}
  for (const [path, operations] of Object.entries(document.paths).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (path.startsWith('/v1/')) paths[path.slice('/v1'.length)] = restPath(operations)
    else paths[path] = { servers: [{ url: issuer }], ...operations } as never
  }
  document.components.securitySchemes = {
    dpop: { type: 'http', scheme: 'dpop', description: 'A DPoP-bound access token (RFC 9449) with the scope the operation names' },
    initialAccessToken: { type: 'http', scheme: 'bearer', description: 'Given to a supplier that was invited (RFC 7591 §3)' },
    privateKeyJwt: { type: 'http', scheme: 'private_key_jwt', description: 'The client assertion stands in the body (RFC 7523 §2.2)' },
  }
  document.components.headers = {
    'API-Version': { description: 'The full version of the API', required: true, schema: { type: 'string', examples: [API_VERSION] } },
  }
  return { ...document, paths }
}

function restPath(operations: Path): Path {
  return Object.fromEntries(
    Object.entries(operations).map(([method, operation]) => [
      method,
      { ...operation, responses: withProblems(operation.responses, 'requestBody' in operation) },
    ]),
  )
}

function withProblems(responses: Responses, hasBody: boolean): Responses {
  const known = { ...everywhere, ...(hasBody ? withBody : {}) }
  const problems = Object.fromEntries(Object.entries(known).map(([status, description]) => [status, { description }]))
  return Object.fromEntries(
    Object.entries<Responses[string]>({ ...problems, ...responses }).map(([status, response]) => [
      status,
      {
        ...response,
        headers: { ...response.headers, 'API-Version': { $ref: '#/components/headers/API-Version' } },
        ...(status >= '400' && !response.content
          ? { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } }
          : {}),
      },
    ]),
  )
}
