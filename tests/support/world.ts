import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { PersonActor } from '../../src/actors.ts'
import { sha256 } from '../../src/canonical.ts'
import { inTransaction } from '../../src/database.ts'
import { addHandles } from '../../src/handles.ts'
import {
  type AccountId,
  type AgreementId,
  type BoardId,
  type ClientId,
  type GuardianshipId,
  type HolderId,
  type LeafletId,
  newId,
  type PersonId,
  type SchoolId,
  type ServiceId,
  type SupplierId,
  type TenureId,
} from '../../src/ids.ts'
import type { TestBroker } from './broker.ts'
import { leafletContent } from './leaflet-content.ts'

/** How contracts name the board, and each company that proposed none of its own. */
const boardParty = { legal_form: 'stichting', address: 'Schoolstraat 1, 9999 ZA Voorbeeld', representative: 'mevrouw De Wit, voorzitter' }
export const supplierParty = { address: 'Bedrijfsweg 2, 9999 ZB Voorbeeld', registration: 'KvK 99999999', representative: 'de directeur' }

export interface WorldPerson {
  id: PersonId
  account: AccountId
  email: string
  actor: PersonActor
}

/** What is Reken Plus's own, whatever boards it works for. */
interface OfRekenPlus {
  supplierId: SupplierId
  serviceId: ServiceId
  leafletId: LeafletId
  keys: Record<'organisation' | 'ciba' | 'redirect', Keys>
}

interface Keys {
  publicJwk: JWK
  privateKey: CryptoKey
  privateJwk: JWK
}

const HERE = {
  name: 'Stichting De Waterlelie Onderwijs',
  oin: '00000099999999990001',
  school: 'De Regenboog',
  brin: '99ZA',
  mails: 'gezin.example',
  publisher: 'Uitgeverij Rekenrijk B.V.',
  domain: 'rekenrijk.example',
  resource: 'https://api.rekenrijk.example/',
  holder: 'rekenrijk',
}
const ELSEWHERE = {
  name: 'Stichting De Dotterbloem',
  oin: '00000099999999990055',
  school: 'De Zonnewijzer',
  brin: '99ZE',
  mails: 'elders.example',
  publisher: 'Uitgeverij Cijferland B.V.',
  domain: 'cijferland.example',
  resource: 'https://api.cijferland.example/',
  holder: 'cijferland',
}

/**
 * A small world as it stands before anybody asks anything, put there row by row: one board with one school, Fatima of
 * group 6 with two parents, staff with their mandates, Reken Plus with a service, a publisher that holds arithmetic
 * results, both agreements in force since 1 August and the onward-supply clause.
 *
 * @param beside a world in the same database: this is another board like it then, with people and a publisher of its own, that
 *   the same Reken Plus works for
 */
export async function smallWorld(broker: TestBroker, beside?: OfRekenPlus) {
  const { deps, db } = broker
  const at = deps.now()
  const since = new Date('2026-07-31T22:00:00Z')
  const until = new Date(Math.max(Date.parse('2027-07-31T22:00:00Z'), at.getTime() + 200 * 86_400_000))
  const id = <T extends string>() => newId<never>(at) as unknown as T
  const boardId = id<BoardId>()
  const schoolId = id<SchoolId>()
  const board = beside ? ELSEWHERE : HERE
  const supplierId = beside?.supplierId ?? id<SupplierId>()
  const publisherId = id<SupplierId>()
  const holderId = id<HolderId>()
  const serviceId = beside?.serviceId ?? id<ServiceId>()
  const leafletId = beside?.leafletId ?? id<LeafletId>()
  const agreementId = id<AgreementId>()
  const holderAgreementId = id<AgreementId>()
  const person = (name: string): WorldPerson => {
    const [personId, account] = [id<PersonId>(), id<AccountId>()]
    const actor: PersonActor = {
      accountId: account,
      boardId,
      personId,
      get signedInAt() {
        return broker.clock.now()
      },
    }
    return { id: personId, account, email: `${name}@${board.mails}`, actor }
  }
  const people = {
    fatima: person('fatima'),
    nadia: person('nadia'),
    karim: person('karim'),
    sara: person('sara'),
    mirjam: person('mirjam'),
    ruud: person('ruud'),
    joost: person('joost'),
    els: person('els'),
    pim: person('pim'),
  }
  const keyPair = async (): Promise<Keys> => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    return {
      publicJwk: { ...(await exportJWK(publicKey)), alg: 'EdDSA', use: 'sig', kid: 'k1' } as JWK,
      privateKey,
      privateJwk: await exportJWK(privateKey),
    }
  }
  const keys = {
    ...(beside?.keys ?? { organisation: await keyPair(), ciba: await keyPair(), redirect: await keyPair() }),
    holder: await keyPair(),
  }
  const clients = {
    organisation: 'rekenplus-org' as ClientId,
    ciba: 'rekenplus-ciba' as ClientId,
    redirect: 'rekenplus-web' as ClientId,
    holder: board.holder as ClientId,
  }
  const redirectUri = 'https://rekenplus.example/terug'
  const tenures: Record<string, TenureId> = {}
  const guardianships: Record<'nadia' | 'karim', GuardianshipId> = { nadia: id<GuardianshipId>(), karim: id<GuardianshipId>() }

  await inTransaction(db, { actor: 'operator', boards: [boardId] }, async (tx) => {
    await tx
      .insertInto('boards')
      .values({ board_id: boardId, name: board.name, oin: board.oin, created_at: since, ...boardParty })
      .execute()
    await tx
      .insertInto('schools')
      .values({ board_id: boardId, school_id: schoolId, name: board.school, brin: board.brin, sector: 'po' })
      .execute()
    await tx
      .insertInto('board_directory')
      .values([
        { scheme: 'OIN', value: board.oin, board_id: boardId, school_id: null },
        { scheme: 'BRIN', value: board.brin, board_id: boardId, school_id: schoolId },
      ])
      .execute()
    const birth: Record<string, string> = { fatima: '2017-03-14', nadia: '1985-05-01', karim: '1983-02-02' }
    const name = (key: string) => key[0]!.toUpperCase() + key.slice(1)
    await tx
      .insertInto('persons')
      .values(
        Object.entries(people).map(([key, { id: person_id, email }]) => ({
          board_id: boardId,
          person_id,
          given_name: name(key),
          family_name: 'Amrani',
          birth_date: birth[key] ?? null,
          email: key === 'fatima' ? null : email,
          created_at: since,
          eck_id: key === 'fatima' ? `https://ketenid.nl/pilot/${sha256('fatima').toString('hex').repeat(2)}` : null,
        })),
      )
      .execute()
    await tx
      .insertInto('accounts')
      .values(Object.values(people).map(({ account, email }) => ({ account_id: account, email, created_at: since })))
      .execute()
    await tx
      .insertInto('account_persons')
      .values(
        Object.values(people).map(({ account, id: person_id }) => ({
          account_id: account,
          board_id: boardId,
          person_id,
          claimed_at: since,
        })),
      )
      .execute()
    tenures.fatima = id<TenureId>()
    await tx
      .insertInto('enrolments')
      .values({
        board_id: boardId,
        enrolment_id: tenures.fatima,
        person_id: people.fatima.id,
        school_id: schoolId,
        group_name: 'Groep 6',
        starts_at: since,
      })
      .execute()
    for (const key of ['sara', 'mirjam', 'ruud', 'joost', 'els', 'pim'] as const) {
      tenures[key] = id<TenureId>()
      await tx
        .insertInto('employments')
        .values({
          board_id: boardId,
          employment_id: tenures[key],
          person_id: people[key].id,
          school_id: schoolId,
          job_title: key === 'sara' ? 'secretaresse' : null,
          starts_at: since,
        })
        .execute()
    }
    await tx
      .insertInto('guardianships')
      .values(
        (['nadia', 'karim'] as const).map((key) => ({
          board_id: boardId,
          guardianship_id: guardianships[key],
          guardian_id: people[key].id,
          pupil_id: people.fatima.id,
          authority: 'yes' as const,
          source: 'staff' as const,
          starts_at: since,
        })),
      )
      .execute()
    await tx
      .insertInto('mandates')
      .values(
        (
          [
            ['mirjam', 'school_leader'],
            ['mirjam', 'consent_officer'],
            ['mirjam', 'administrator'],
            ['ruud', 'signatory'],
            ['els', 'dpo'],
            ['pim', 'teacher'],
            ['joost', 'consent_officer'],
          ] as const
        ).map(([key, role]) => ({ board_id: boardId, mandate_id: id<never>(), person_id: people[key].id, role, starts_at: since })),
      )
      .execute()

    if (!beside) {
      await tx
        .insertInto('suppliers')
        .values({
          supplier_id: supplierId,
          legal_name: 'Reken Plus B.V.',
          kind: 'tutoring',
          domain: 'rekenplus.example',
          registered_at: since,
          ...supplierParty,
        })
        .execute()
      await tx
        .insertInto('services')
        .values({ service_id: serviceId, supplier_id: supplierId, name: 'Dyscalculiebegeleiding', kind: 'I', created_at: since })
        .execute()
      const content = JSON.stringify(leafletContent)
      await tx
        .insertInto('leaflets')
        .values({ leaflet_id: leafletId, service_id: serviceId, version: 1, content, content_hash: sha256(content), published_at: since })
        .execute()
      await tx
        .insertInto('clients')
        .values(
          (['organisation', 'ciba', 'redirect'] as const).map((way) => ({
            client_id: clients[way],
            supplier_id: supplierId,
            way,
            name: 'Reken Plus',
            jwks: { keys: [keys[way].publicJwk] },
            ...(way === 'redirect' ? { redirect_uris: [redirectUri] } : {}),
            registered_at: since,
          })),
        )
        .execute()
    }
    await tx
      .insertInto('suppliers')
      .values([
        {
          supplier_id: publisherId,
          legal_name: board.publisher,
          kind: 'publisher',
          domain: board.domain,
          registered_at: since,
          ...supplierParty,
        },
      ])
      .execute()
    await tx
      .insertInto('holders')
      .values({
        holder_id: holderId,
        supplier_id: publisherId,
        name: 'Rekenrijk Oefenen',
        resource: board.resource,
        registered_at: since,
      })
      .execute()
    await tx
      .insertInto('data_sets')
      .values([
        {
          holder_id: holderId,
          datatype: 'arithmetic-results',
          category: 'learning-results',
          name_nl: 'rekenresultaten',
          name_en: 'arithmetic results',
        },
        { holder_id: holderId, datatype: 'practice-time', category: 'usage-data', name_nl: 'oefentijd', name_en: 'practice time' },
      ])
      .execute()
    await tx
      .insertInto('supplier_boards')
      .values([
        { supplier_id: supplierId, board_id: boardId, linked_at: since },
        { supplier_id: publisherId, board_id: boardId, linked_at: since },
      ])
      .execute()
    await tx
      .insertInto('clients')
      .values([
        {
          client_id: clients.holder,
          holder_id: holderId,
          way: 'holder',
          name: 'Rekenrijk',
          jwks: { keys: [keys.holder.publicJwk] },
          registered_at: since,
        },
      ])
      .execute()
    for (const [agreement_id, supplier] of [
      [agreementId, supplierId],
      [holderAgreementId, publisherId],
    ] as const) {
      await addHandles(tx, 'agreement', [{ owner: supplier, handle: agreement_id, boardId, ref: agreement_id }])
      const signed_text = `overeenkomst ${agreement_id}`
      await tx
        .insertInto('supplier_agreements')
        .values({
          board_id: boardId,
          agreement_id,
          supplier_id: supplier,
          kind: 'processor',
          product_agreement: 'Productovereenkomst 2026',
          retention: 'tot einde schooljaar',
          starts_at: since,
          ends_at: until,
          drafted_at: since,
          drafted_by: 'operator',
          checked_at: since,
          checked_by: people.mirjam.id,
          signed_at: since,
          signed_by: people.ruud.id,
          signed_text,
          signed_hash: sha256(signed_text),
        })
        .execute()
    }
    await tx
      .insertInto('agreement_services')
      .values({
        board_id: boardId,
        agreement_id: agreementId,
        service_id: serviceId,
        leaflet_id: leafletId,
        parts: ['begeleiding'],
        accepted_at: since,
      })
      .execute()
    await tx
      .insertInto('onward_clauses')
      .values(
        ['arithmetic-results', 'practice-time'].map((datatype) => ({
          board_id: boardId,
          clause_id: id<never>(),
          agreement_id: holderAgreementId,
          holder_id: holderId,
          datatype,
          instructed_at: since,
          instructed_by: people.ruud.id,
        })),
      )
      .execute()
  })
  return {
    boardId,
    schoolId,
    people,
    tenures,
    guardianships,
    supplierId,
    publisherId,
    holderId,
    resource: board.resource,
    serviceId,
    leafletId,
    agreementId,
    holderAgreementId,
    clients,
    redirectUri,
    keys,
    since,
    until,
  }
}

export type SmallWorld = Awaited<ReturnType<typeof smallWorld>>
