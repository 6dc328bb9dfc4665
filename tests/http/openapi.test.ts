import { readFile } from 'node:fs/promises'
import type { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { apiDocument } from '../../src/openapi.ts'
import { webRoutes } from '../../src/web/routes.ts'

const ISSUER = 'https://broker.example'
const app = createApp(() => {
  throw new Error('only described, never called')
})
const document = JSON.parse(JSON.stringify(apiDocument(app, ISSUER)))

interface Operation {
  operationId?: string
  security?: unknown[]
  requestBody?: { required?: boolean }
  responses: Record<string, { headers?: Record<string, unknown>; content?: Record<string, unknown> }>
}
const METHODS = ['get', 'put', 'post', 'delete', 'patch']
const operations: { name: string; operation: Operation }[] = Object.entries<Record<string, never>>(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => method in item).map((method) => {
    const [server] = (item.servers as { url: string }[] | undefined) ?? document.servers
    const url = `${server.url}${path}`.slice(ISSUER.length)
    return { name: `${method.toUpperCase()} ${url.replace(/\{(\w+)\}/g, ':$1')}`, operation: item[method] as unknown as Operation }
  }),
)

const names = (routes: Hono['routes']) => routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)

describe('The contract', () => {
  test('every route but the pages and the holder of a sandbox has an operation, and every operation is a route', () => {
    const pages = new Set(names(webRoutes((issuer) => apiDocument(app, issuer)).routes as Hono['routes']))
    const routes = [...new Set(names(app.routes as Hono['routes']))].filter(
      (name) => !pages.has(name) && !name.includes('/sandbox/:twinId/') && name !== 'GET /v1/openapi.json',
    )
    expect(operations.map(({ name }) => name).sort()).toEqual(routes.sort())
  })

  test('every operation has a name of its own, and what it takes as a body it requires', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(ids.every(Boolean), ids.join()).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
    expect(operations.filter(({ operation }) => operation.requestBody && !operation.requestBody.required)).toEqual([])
  })

  test('every operation of the REST API names the scope it needs', () => {
    const open = operations.filter(({ name, operation }) => name.includes(' /v1/') && !operation.security?.length)
    expect(open.map(({ name }) => name)).toEqual([])
  })

  test('openapi/openapi.json is what the routes say; if not: npm run openapi', async () => {
    expect(JSON.parse(await readFile('openapi/openapi.json', 'utf8'))).toEqual(document)
  })
})
