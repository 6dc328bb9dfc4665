import type { JWK } from 'jose'
import { sql } from 'kysely'
import { z } from 'zod'
import { CATEGORIES, type CategoryId } from '../catalog/categories.ts'
import { changeTokenFormat, type NewTokenFormat } from '../catalog/change-token-format.ts'
import { recordCovenant } from '../catalog/covenant.ts'
import { DETAIL_TYPES } from '../catalog/detail-types.ts'
import { inviteClient } from '../catalog/invite-client.ts'
import { limitClient } from '../catalog/limit-client.ts'
import { publishLeaflet } from '../catalog/publish-leaflet.ts'
import { disableClient, type FirstClient, registerClient } from '../catalog/register-client.ts'
import { registerService } from '../catalog/register-service.ts'
import { registerHolderWithClient, registerSupplierWithClient } from '../catalog/register-with-client.ts'
import { acceptNomination, declineNomination, openNominations } from '../catalog/settle-nomination.ts'
import { SUPPLIER_KINDS } from '../catalog/supplier-kind.ts'
import { setSupplierParty, supplierParty } from '../catalog/supplier-party.ts'
import { reinstateHolder, reinstateSupplier, suspendHolder, suspendSupplier } from '../catalog/suspend.ts'
import type { ClientId, HolderId, ServiceId, SupplierId } from '../ids.ts'
import { inviteAdministrator } from '../members/invite-member.ts'
import { deliverMails } from '../notifications/deliver-mail.ts'
import { REAL_WORLD } from '../worlds.ts'
import { type Command, type Given, type Option, UsageError } from './command.ts'
import { checked, jsonFile, keysFrom, oneOf, parts } from './parts.ts'

const WAYS = ['organisation', 'ciba', 'redirect'] as const

const supplier: Option = { takes: 'ID', about: 'the supplier, as create-supplier printed it' }
const because: Option = { takes: 'TEXT', about: 'why, for the ledger; no names of persons' }
const publicJwk: Option = { takes: 'FILE', about: 'its public key: a JWK (Ed25519 or P-256) with a kid, or a set of them', optional: true }
const jwksUri: Option = {
  takes: 'URL',
  about: 'instead of public-jwk: where its public keys are; tried now, and fetched when it comes',
  optional: true,
}
const forHolder: Option = {
  takes: 'URL',
  about: 'the resource of a holder it may ask for (any when left out)',
  optional: true,
  repeated: true,
}
const forType: Option = {
  takes: 'TYPE',
  about: `a type of authorization_details it may ask for: ${DETAIL_TYPES.join(', ')}, or none (any when left out)`,
  optional: true,
  repeated: true,
}
const clientOptions: Record<string, Option> = {
  'public-jwk': publicJwk,
  'jwks-uri': jwksUri,
  way: { takes: 'WAY', about: `how it works: ${WAYS.join(', ')} (organisation when left out)`, optional: true },
  'client-id': { takes: 'ID', about: 'made up when left out', optional: true },
  'client-name': { takes: 'NAME', about: 'as its own people know it', optional: true },
  'for-type': forType,
  'for-holder': forHolder,
  'redirect-uri': { takes: 'URL', about: 'for way redirect', optional: true, repeated: true },
  'notification-uri': { takes: 'URL', about: 'for way ciba: where it is told that there is an answer (else it polls)', optional: true },
}

const formatOptions: Record<string, Option> = {
  'token-format': {
    takes: 'FORMAT',
    about: 'jwt (when left out), jwe (only the holder can read its tokens) or opaque (the holder asks the broker about each)',
    optional: true,
  },
  'encryption-jwk': { takes: 'FILE', about: 'for jwe: the public key to encrypt to, a JWK (P-256 or X25519)', optional: true },
  ended: {
    takes: 'HOW',
    about: 'how the holder finds that a token was ended: status-list (when left out) or introspection (always for opaque)',
    optional: true,
  },
}

async function formatOf(given: Given): Promise<NewTokenFormat> {
  const tokenFormat = oneOf('token-format', given.maybe('token-format') ?? 'jwt', ['jwt', 'jwe', 'opaque'])
  const file = given.maybe('encryption-jwk')
  if ((tokenFormat === 'jwe') !== (file !== undefined)) throw new UsageError('--encryption-jwk goes with --token-format jwe')
  const ended = given.maybe('ended')
  const endedBy = ended === undefined ? undefined : oneOf('ended', ended, ['status-list', 'introspection'])
  if (tokenFormat === 'opaque' && endedBy === 'status-list') throw new UsageError('--ended introspection goes with --token-format opaque')
  return {
    tokenFormat,
    ...(file !== undefined && { encryptionJwk: (await keysFrom('encryption-jwk', file))[0]! }),
    ...(endedBy && { endedBy }),
  }
}

const typesOf = (given: Given) => (given.is('for-type') ? given.all('for-type').filter((type) => type !== 'none') : undefined)

async function clientKeysOf(given: Given): Promise<{ keys: JWK[]; jwksUri?: undefined } | { jwksUri: string; keys?: undefined }> {
  const [file, uri] = [given.maybe('public-jwk'), given.maybe('jwks-uri')]
  if ((file === undefined) === (uri === undefined)) throw new UsageError('either --public-jwk or --jwks-uri is needed')
  return file !== undefined ? { keys: await keysFrom('public-jwk', file) } : { jwksUri: uri! }
}

async function clientOf(given: Given, name: string): Promise<FirstClient> {
  const way = oneOf('way', given.maybe('way') ?? 'organisation', WAYS)
  const types = typesOf(given)
  const client = {
    clientId: given.maybe('client-id') as ClientId | undefined,
    name: given.maybe('client-name') ?? name,
    ...(await clientKeysOf(given)),
    ...(types && { types }),
    ...(given.is('for-holder') && { holders: given.all('for-holder') }),
  }
  if (way === 'redirect') return { ...client, way, redirectUris: given.all('redirect-uri') }
  if (way === 'ciba') return { ...client, way, notificationUri: given.maybe('notification-uri') }
  return { ...client, way }
}

const id = <Id extends string>(option: string, given: Given) =>
  checked(z.object({ [option]: z.uuid() }), { [option]: given.one(option) })[option] as Id

export const supplierCommands: Record<string, Command> = {
  'create-supplier': {
    about: 'Takes in a supplier with its first client',
    options: {
      name: { takes: 'NAME', about: 'the legal name, which you have verified: people read it first' },
      kind: { takes: 'KIND', about: SUPPLIER_KINDS.join(', ') },
      domain: { takes: 'DOMAIN', about: 'its verified domain', optional: true },
      country: { takes: 'CODE', about: 'of its seat, two letters (NL when left out)', optional: true },
      ...clientOptions,
    },
    run: async (deps, given) => {
      const legalName = given.one('name')
      const kind = oneOf('kind', given.one('kind'), SUPPLIER_KINDS)
      const country = checked(z.object({ country: z.string().regex(/^[A-Z]{2}$/, 'is two capitals') }), {
        country: given.maybe('country') ?? 'NL',
      }).country
      const first = await clientOf(given, legalName)
      const made = await registerSupplierWithClient(deps, { legalName, kind, domain: given.maybe('domain'), country }, first)
      return { ...made, issuer: deps.issuer }
    },
  },
  'create-client': {
    about: 'Adds a client to a supplier; one for each way of working',
    options: { supplier, ...clientOptions },
    run: async (deps, given) => {
      const client = { ...(await clientOf(given, 'client')), supplierId: id<SupplierId>('supplier', given) }
      return { clientId: await registerClient(deps, client), issuer: deps.issuer }
    },
  },
  'invite-client': {
    about: 'Makes a token with which a supplier registers one client by itself (RFC 7591), within 14 days',
    options: {
      supplier,
      way: { takes: 'WAY', about: `how it may work: ${WAYS.join(', ')} (any when left out)`, optional: true, repeated: true },
      'for-type': forType,
      'for-holder': forHolder,
    },
    run: async (deps, given) => {
      const ways = given.is('way') ? given.all('way').map((way) => oneOf('way', way, WAYS)) : WAYS
      const holders = given.is('for-holder') ? { holders: given.all('for-holder') } : {}
      const invitation = await inviteClient(deps, { supplierId: id('supplier', given), ways, types: typesOf(given), ...holders })
      return { ...invitation, registrationEndpoint: `${deps.issuer}/register` }
    },
  },
  'limit-client': {
    about: 'Says for which types of authorization_details, holders and data a client may ask',
    options: {
      'client-id': { takes: 'ID', about: 'the client' },
      'for-type': forType,
      'for-holder': forHolder,
      'for-data': { takes: 'DATATYPE', about: 'a data set it may ask for (any when left out)', optional: true, repeated: true },
    },
    run: async (deps, given) =>
      await limitClient(deps, {
        clientId: given.one('client-id') as ClientId,
        types: typesOf(given),
        holders: given.is('for-holder') ? given.all('for-holder') : null,
        datatypes: given.is('for-data') ? given.all('for-data') : null,
      }),
  },
  'disable-client': {
    about: 'Takes a client out of use',
    options: { 'client-id': { takes: 'ID', about: 'the client' } },
    run: async (deps, given) => await disableClient(deps, { clientId: given.one('client-id') as ClientId }),
  },
  'create-service': {
    about: 'Takes in a service of a supplier',
    options: {
      supplier,
      name: { takes: 'NAME', about: 'as people know it' },
      kind: { takes: 'KIND', about: 'I (learning material and tests) or II (school and pupil information)' },
    },
    run: async (deps, given) => ({
      serviceId: await registerService(deps, {
        supplierId: id('supplier', given),
        name: given.one('name'),
        kind: oneOf('kind', given.one('kind'), ['I', 'II']),
      }),
    }),
  },
  'publish-leaflet': {
    about: 'Publishes the next version of a service’s privacy leaflet',
    options: {
      service: { takes: 'ID', about: 'the service, as create-service printed it' },
      from: { takes: 'FILE', about: 'the sections A to H as JSON' },
    },
    run: async (deps, given) =>
      await publishLeaflet(deps, { serviceId: id<ServiceId>('service', given), content: await jsonFile('from', given.one('from')) }),
  },
  'create-holder': {
    about: 'Takes in a data holder with its data sets and its client',
    options: {
      supplier: { takes: 'ID', about: 'the supplier that holds the data' },
      name: { takes: 'NAME', about: 'as people know it' },
      resource: { takes: 'URL', about: 'its resource indicator, the audience of its tokens' },
      'data-set': {
        takes: 'DATATYPE,CATEGORY,DUTCH,ENGLISH',
        about: `data it can hand over; CATEGORY is one of ${Object.keys(CATEGORIES).join(', ')}`,
        repeated: true,
      },
      ...formatOptions,
      'public-jwk': publicJwk,
      'jwks-uri': jwksUri,
      'client-id': clientOptions['client-id']!,
    },
    run: async (deps, given) => {
      const name = given.one('name')
      const dataSets = given.all('data-set').map((value) => {
        const [datatype, category, nameNl, nameEn] = parts('data-set', value, ['DATATYPE', 'CATEGORY', 'DUTCH', 'ENGLISH'])
        return {
          datatype: datatype!,
          category: oneOf('data-set', category!, Object.keys(CATEGORIES) as CategoryId[]),
          nameNl: nameNl!,
          nameEn: nameEn!,
        }
      })
      const format = await formatOf(given)
      const holder = { supplierId: id<SupplierId>('supplier', given), name, resource: given.one('resource'), dataSets, ...format }
      const clientId = given.maybe('client-id') as ClientId | undefined
      const its = { clientId, name, ...(await clientKeysOf(given)), way: 'holder' } as const
      return { ...(await registerHolderWithClient(deps, holder, its)), issuer: deps.issuer }
    },
  },
  'change-token-format': {
    about: 'Gives a data holder its tokens in another form, or encrypts them to another key, from the next one on',
    options: { holder: { takes: 'ID', about: 'the holder' }, ...formatOptions },
    run: async (deps, given) => await changeTokenFormat(deps, { holderId: id<HolderId>('holder', given), ...(await formatOf(given)) }),
  },
  'set-covenant': {
    about: 'Records that a supplier joined the privacy covenant, or left it, as its register of parties says',
    options: {
      supplier,
      joined: { takes: 'DAY', about: 'the day it joined, YYYY-MM-DD; left out when it never did', optional: true },
      left: { takes: 'DAY', about: 'the day it left; left out while it takes part', optional: true },
    },
    run: async (deps, given) => {
      const days = { joined: given.maybe('joined'), left: given.maybe('left') }
      const { joined, left } = checked(z.object({ joined: z.iso.date().optional(), left: z.iso.date().optional() }), days)
      await recordCovenant(deps, { supplierId: id('supplier', given), joinedOn: joined ?? null, leftOn: left ?? null })
    },
  },
  'set-supplier-party': {
    about: 'Says how contracts name a supplier, on its written word; its own people can do so on their page',
    options: {
      supplier,
      address: { takes: 'TEXT', about: 'street, postal code and place' },
      registration: { takes: 'TEXT', about: 'its number at the chamber of commerce, as "KvK 12345678"' },
      representative: { takes: 'TEXT', about: 'who represents it: name and function' },
    },
    run: async (deps, given) => {
      const party = checked(supplierParty, {
        address: given.one('address'),
        registration: given.one('registration'),
        representative: given.one('representative'),
      })
      await setSupplierParty(deps, 'operator', { supplierId: id('supplier', given), party })
      return party
    },
  },
  'suspend-supplier': {
    about: 'Stops a supplier at every board, and its tokens with it',
    options: { supplier, because },
    run: async (deps, given) => await suspendSupplier(deps, { supplierId: id('supplier', given), because: given.one('because') }),
  },
  'invite-member': {
    about: 'Invites the first administrator of a supplier to the web app, by mail',
    options: {
      supplier,
      name: { takes: 'NAME', about: 'of the person' },
      email: { takes: 'ADDRESS', about: 'at work; the invitation is bound to it' },
    },
    run: async (deps, given) => {
      const { email } = checked(z.object({ email: z.email() }), { email: given.one('email') })
      const invited = await inviteAdministrator(deps, id('supplier', given), { email, name: given.one('name') })
      await deliverMails(deps)
      return { ...invited, page: `${deps.issuer}/supplier/join` }
    },
  },
  'list-nominations': {
    about: 'Shows the companies that boards named and that wait for you to verify them',
    options: {},
    run: async ({ db }) => ({ nominations: await openNominations(db) }),
  },
  'accept-nomination': {
    about: 'Takes in a company that a board named, whose name and domain you have verified, and invites the board’s contact by mail',
    options: {
      nomination: { takes: 'ID', about: 'as list-nominations shows it' },
      name: { takes: 'NAME', about: 'its legal name, where the board wrote it otherwise', optional: true },
      domain: { takes: 'DOMAIN', about: 'its domain, where the board wrote it otherwise', optional: true },
      country: { takes: 'CODE', about: 'of its seat, two letters (NL when left out)', optional: true },
    },
    run: async (deps, given) => {
      const [legalName, domain, country] = [given.maybe('name'), given.maybe('domain'), given.maybe('country')]
      const verified = { ...(legalName && { legalName }), ...(domain && { domain }), ...(country && { country }) }
      const supplierId = await acceptNomination(deps, { nominationId: id('nomination', given), ...verified })
      await deliverMails(deps)
      return { supplierId, page: `${deps.issuer}/supplier/join` }
    },
  },
  'decline-nomination': {
    about: 'Does not take in a company that a board named; the board reads why',
    options: {
      nomination: { takes: 'ID', about: 'as list-nominations shows it' },
      because: { takes: 'TEXT', about: 'for the board; no names of persons' },
    },
    run: async (deps, given) => await declineNomination(deps, { nominationId: id('nomination', given), because: given.one('because') }),
  },
  'reinstate-supplier': {
    about: 'Lets a suspended supplier go on',
    options: { supplier },
    run: async (deps, given) => await reinstateSupplier(deps, { supplierId: id('supplier', given) }),
  },
  'suspend-holder': {
    about: 'Stops a data holder, and the tokens for it',
    options: { holder: { takes: 'ID', about: 'the holder' }, because },
    run: async (deps, given) => await suspendHolder(deps, { holderId: id<HolderId>('holder', given), because: given.one('because') }),
  },
  'reinstate-holder': {
    about: 'Lets a suspended data holder go on',
    options: { holder: { takes: 'ID', about: 'the holder' } },
    run: async (deps, given) => await reinstateHolder(deps, { holderId: id<HolderId>('holder', given) }),
  },
  'list-suppliers': {
    about: 'Shows suppliers, holders and their clients, without those of sandboxes',
    options: {},
    run: async ({ db }) => {
      const suppliers = await db
        .selectFrom('suppliers')
        .select(['supplier_id as supplierId', 'legal_name as name', 'kind', 'suspended_at as suspendedAt'])
        .where('world', '=', REAL_WORLD)
        .orderBy('legal_name')
        .execute()
      const theirs = suppliers.map(({ supplierId }) => supplierId)
      const services = await db
        .selectFrom('services')
        .select(['service_id as serviceId', 'supplier_id as supplierId', 'name', 'kind'])
        .where('supplier_id', '=', sql<SupplierId>`any(${theirs}::uuid[])`)
        .orderBy('name')
        .execute()
      const holders = await db
        .selectFrom('holders')
        .select([
          'holder_id as holderId',
          'supplier_id as supplierId',
          'name',
          'resource',
          'token_format as tokenFormat',
          'ended_by as endedBy',
          'suspended_at as suspendedAt',
        ])
        .where('supplier_id', '=', sql<SupplierId>`any(${theirs}::uuid[])`)
        .orderBy('name')
        .execute()
      const held = holders.map(({ holderId }) => holderId)
      const clients = await db
        .selectFrom('clients')
        .select(['client_id as clientId', 'supplier_id as supplierId', 'holder_id as holderId', 'way', 'name', 'disabled_at as disabledAt'])
        .where((of) =>
          of.or([
            of('supplier_id', '=', sql<SupplierId>`any(${theirs}::uuid[])`),
            of('holder_id', '=', sql<HolderId>`any(${held}::uuid[])`),
          ]),
        )
        .orderBy('client_id')
        .execute()
      return { suppliers, services, holders, clients }
    },
  },
}
