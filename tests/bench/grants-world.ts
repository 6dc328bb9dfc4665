import { randomBytes } from 'node:crypto'
import type { JWK } from 'jose'
import postgres from 'postgres'
import { sha256 } from '../../src/canonical.ts'
import { newId } from '../../src/ids.ts'
import { leafletContent } from '../support/leaflet-content.ts'

export interface GrantsWorld {
  clientId: string
  holderClientId: string
  resource: string
  /** The supplier's pseudonyms of subjects whose grant stands, per board. */
  subjects: string[][]
}

/**
 * One supplier and one holder that work for `boards` boards, each with `pupils` pupils whose parent said yes and whose
 * school released: put there as rows, because what is measured is the redeeming.
 */
export async function grantsWorld(
  owner: postgres.Sql,
  { boards, pupils, supplierKey, holderKey }: { boards: number; pupils: number; supplierKey: JWK; holderKey: JWK },
): Promise<GrantsWorld> {
  const now = new Date()
  const since = new Date(now.getTime() - 30 * 86_400_000)
  const until = new Date(now.getTime() + 200 * 86_400_000)
  const id = () => newId(now) as string
  const resource = 'https://api.rekenrijk.example/'
  const [supplier_id, publisher_id, holder_id, service_id, leaflet_id] = [id(), id(), id(), id(), id()]
  const content = JSON.stringify(leafletContent)
  const put = (sql: postgres.TransactionSql | postgres.Sql, table: string, rows: Record<string, unknown>[]) =>
    sql`insert into ${sql(table)} ${sql(rows)}`
  const json = (value: unknown) => owner.json(value as postgres.JSONValue)
  await put(owner, 'suppliers', [
    { supplier_id, legal_name: 'Reken Plus B.V.', kind: 'tutoring', registered_at: since },
    { supplier_id: publisher_id, legal_name: 'Uitgeverij Rekenrijk B.V.', kind: 'publisher', registered_at: since },
  ])
  await put(owner, 'holders', [{ holder_id, supplier_id: publisher_id, name: 'Rekenrijk Oefenen', resource, registered_at: since }])
  await put(owner, 'data_sets', [
    { holder_id, datatype: 'arithmetic-results', category: 'learning-results', name_nl: 'rekenresultaten', name_en: 'arithmetic results' },
  ])
  await put(owner, 'services', [{ service_id, supplier_id, name: 'Dyscalculiebegeleiding', kind: 'I', created_at: since }])
  await put(owner, 'leaflets', [{ leaflet_id, service_id, version: 1, content, content_hash: sha256(content), published_at: since }])
  await put(owner, 'clients', [
    {
      client_id: 'bench',
      supplier_id,
      holder_id: null,
      way: 'organisation',
      name: 'Reken Plus',
      jwks: json({ keys: [supplierKey] }),
      registered_at: since,
    },
    {
      client_id: 'bench-holder',
      supplier_id: null,
      holder_id,
      way: 'holder',
      name: 'Rekenrijk',
      jwks: json({ keys: [holderKey] }),
      registered_at: since,
    },
  ])
  const subjects: string[][] = []
  for (let b = 0; b < boards; b++) {
    const [board_id, school_id, staff, agreement_id, holder_agreement_id, request_id, item_id, release_id] = [
      id(),
      id(),
      id(),
      id(),
      id(),
      id(),
      id(),
      id(),
    ]
    const children = Array.from({ length: pupils }, () => ({
      person_id: id(),
      parent_id: id(),
      consent_id: id(),
      guardianship_id: id(),
      pseudonym: `ps_${randomBytes(18).toString('base64url')}`,
      holderPseudonym: `ph_${randomBytes(18).toString('base64url')}`,
    }))
    const use = {
      supplier_id,
      service_id,
      part_id: null,
      leaflet_id,
      holder_id,
      datatypes: ['arithmetic-results'],
      purpose: '5.1.a',
      occasion: 'vastgelopen',
      reason_nl: 'om te helpen',
      meaning_hash: sha256(item_id),
    }
    const shown = sha256(`vraag ${board_id}`)
    await owner.begin(async (sql) => {
      await put(sql, 'boards', [{ board_id, name: `Bestuur ${b}`, oin: String(b).padStart(20, '0'), created_at: since }])
      await put(sql, 'schools', [{ board_id, school_id, name: 'School', brin: `${10 + b}AB`, sector: 'po' }])
      await put(sql, 'persons', [
        { board_id, person_id: staff, given_name: 'S', family_name: 'S', birth_date: null, created_at: since },
        ...children.flatMap(({ person_id, parent_id }) => [
          { board_id, person_id, given_name: 'K', family_name: 'K', birth_date: '2017-03-14', created_at: since },
          { board_id, person_id: parent_id, given_name: 'O', family_name: 'O', birth_date: null, created_at: since },
        ]),
      ])
      await put(
        sql,
        'enrolments',
        children.map(({ person_id }) => ({ board_id, enrolment_id: id(), person_id, school_id, group_name: 'Groep 6', starts_at: since })),
      )
      await put(
        sql,
        'guardianships',
        children.map(({ person_id, parent_id, guardianship_id }) => ({
          board_id,
          guardianship_id,
          guardian_id: parent_id,
          pupil_id: person_id,
          authority: 'yes',
          source: 'staff',
          starts_at: since,
        })),
      )
      await put(
        sql,
        'supplier_boards',
        [supplier_id, publisher_id].map((supplier) => ({ supplier_id: supplier, board_id, linked_at: since })),
      )
      await put(
        sql,
        'supplier_agreements',
        (
          [
            [agreement_id, supplier_id],
            [holder_agreement_id, publisher_id],
          ] as const
        ).map(([agreement, supplier]) => ({
          board_id,
          agreement_id: agreement,
          supplier_id: supplier,
          kind: 'processor',
          product_agreement: 'p',
          retention: 'r',
          starts_at: since,
          ends_at: until,
          drafted_at: since,
          drafted_by: 'operator',
          checked_at: since,
          checked_by: staff,
          signed_at: since,
          signed_by: staff,
          signed_text: 't',
          signed_hash: sha256('t'),
        })),
      )
      await put(sql, 'agreement_services', [{ board_id, agreement_id, service_id, leaflet_id, parts: ['begeleiding'], accepted_at: since }])
      await put(sql, 'onward_clauses', [
        {
          board_id,
          clause_id: id(),
          agreement_id: holder_agreement_id,
          holder_id,
          datatype: 'arithmetic-results',
          instructed_at: since,
          instructed_by: staff,
        },
      ])
      await put(sql, 'access_requests', [
        {
          ...use,
          board_id,
          request_id,
          approach: 'organisation',
          client_id: 'bench',
          subject_kind: 'pupil',
          starts_at: since,
          ends_at: until,
          received_at: since,
        },
      ])
      await put(sql, 'items', [
        {
          ...use,
          board_id,
          item_id,
          approach: 'organisation',
          request_id,
          legal_basis: 'consent',
          agreement_id,
          holder_agreement_id,
          alternative_nl: 'zonder',
          special_category: false,
          decision_rule: 'veto',
          starts_at: since,
          ends_at: until,
          created_at: since,
        },
      ])
      await put(
        sql,
        'consents',
        children.map(({ consent_id, person_id }) => ({
          board_id,
          consent_id,
          approach: 'organisation',
          item_id,
          subject_id: person_id,
          asked_at: since,
          revision: 1,
        })),
      )
      await put(sql, 'shown_texts', [
        { board_id, shown_hash: shown, approach: 'organisation', language: 'nl', body: 'vraag', first_shown_at: since },
      ])
      await put(
        sql,
        'answers',
        children.map(({ consent_id, parent_id, guardianship_id }) => ({
          board_id,
          answer_id: id(),
          approach: 'organisation',
          consent_id,
          revision: 1,
          decider_id: parent_id,
          answer: 'yes',
          authority: 'guardianship',
          guardianship_id,
          method: 'web',
          shown_hash: shown,
          language: 'nl',
          answered_at: since,
        })),
      )
      await put(sql, 'releases', [
        { board_id, release_id, request_id, agreement_id, covers_later: false, released_at: since, released_by: `person:${staff}` },
      ])
      await put(
        sql,
        'release_subjects',
        children.map(({ consent_id }, n) => ({ board_id, release_id, consent_id, reference: `l${n}`, joined_at: since })),
      )
      await put(
        sql,
        'pseudonyms',
        children.flatMap(({ person_id, pseudonym, holderPseudonym }) => [
          { board_id, audience_id: supplier_id, subject_id: person_id, pseudonym },
          { board_id, audience_id: holder_id, subject_id: person_id, pseudonym: holderPseudonym },
        ]),
      )
      await put(
        sql,
        'handles',
        children.map(({ person_id, pseudonym }) => ({
          kind: 'pseudonym',
          handle: pseudonym,
          owner: supplier_id,
          board_id,
          ref: person_id,
        })),
      )
    })
    subjects.push(children.map(({ pseudonym }) => pseudonym))
  }
  await owner`analyze`
  return { clientId: 'bench', holderClientId: 'bench-holder', resource, subjects }
}
