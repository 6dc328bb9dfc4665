import { calculateJwkThumbprint, type JWK } from 'jose'
import type postgres from 'postgres'
import { sha256 } from '../../src/canonical.ts'
import { newSecret } from '../../src/ids.ts'
import { CHALLENGE, REDIRECT_URI, RESOURCE } from './exchange.ts'
import type { GrantsWorld } from './grants-world.ts'

/** Beside what the schools released: the same pupils, whose parents the same supplier asked directly, one thing answered with yes and one not yet. */
export async function directConsents(owner: postgres.Sql, { clientId }: GrantsWorld): Promise<void> {
  await owner.unsafe(`
    insert into clients (client_id, supplier_id, way, name, jwks, redirect_uris, registered_at)
      select c.client_id || '-' || one.way, c.supplier_id, one.way, c.name, c.jwks, case one.way when 'redirect' then array['${REDIRECT_URI}'] else '{}' end,
        c.registered_at
      from clients c, unnest(array['redirect', 'ciba']) as one(way) where c.client_id = '${clientId}';
    create table direct as select board_id, gen_random_uuid() as request_id, gen_random_uuid() as item_id, answered
      from boards, unnest(array[true, false]) answered;
    insert into access_requests (board_id, request_id, approach, supplier_id, client_id, service_id, leaflet_id, holder_id, datatypes, purpose,
        starts_at, ends_at, occasion, reason_nl, subject_kind, meaning_hash, received_at)
      select q.board_id, d.request_id, 'subject', q.supplier_id, '${clientId}-ciba', q.service_id, q.leaflet_id, q.holder_id, q.datatypes, q.purpose,
        q.starts_at, q.ends_at, q.occasion, q.reason_nl, q.subject_kind, q.meaning_hash, q.received_at
      from access_requests q join direct d using (board_id) where q.approach = 'organisation';
    insert into items (board_id, item_id, approach, request_id, legal_basis, supplier_id, service_id, leaflet_id, holder_id, holder_agreement_id,
        datatypes, purpose, occasion, reason_nl, alternative_nl, special_category, decision_rule, starts_at, ends_at, meaning_hash, created_at)
      select i.board_id, d.item_id, 'subject', d.request_id, 'consent', i.supplier_id, i.service_id, i.leaflet_id, i.holder_id, i.holder_agreement_id,
        i.datatypes, i.purpose, i.occasion, i.reason_nl, i.alternative_nl, i.special_category, i.decision_rule, i.starts_at, i.ends_at,
        i.meaning_hash, i.created_at
      from items i join direct d using (board_id) where i.approach = 'organisation';
    insert into consents (board_id, consent_id, approach, item_id, subject_id, asked_at, revision)
      select c.board_id, gen_random_uuid(), 'subject', d.item_id, c.subject_id, c.asked_at, case when d.answered then 1 else 0 end
      from consents c join direct d using (board_id) where c.approach = 'organisation';
    insert into answers (board_id, answer_id, approach, consent_id, revision, decider_id, answer, authority, guardianship_id, method, shown_hash,
        language, answered_at)
      select a.board_id, gen_random_uuid(), 'subject', direct.consent_id, 1, a.decider_id, a.answer, a.authority, a.guardianship_id, a.method,
        a.shown_hash, a.language, a.answered_at
      from answers a join consents c using (board_id, consent_id)
      join consents direct on direct.board_id = c.board_id and direct.subject_id = c.subject_id and direct.approach = 'subject' and direct.revision = 1
      where a.approach = 'organisation';
    drop table direct;
    analyze`)
}

/** Codes as they are made when somebody said yes, one after the other over all who did. */
export async function makeCodes(owner: postgres.Sql, count: number, jwk: JWK): Promise<string[]> {
  const codes = Array.from({ length: count }, newSecret)
  await owner`
    insert into authorization_codes (code_hash, client_id, supplier_id, redirect_uri, code_challenge, jkt, resource, board_id, consent_id, holder_id,
      datatypes, until_at, consent_revision, made_at, expires_at)
    select decode(code.hash, 'hex'), 'bench-redirect', i.supplier_id, ${REDIRECT_URI}, ${CHALLENGE}, ${await calculateJwkThumbprint(jwk)}, ${RESOURCE},
      c.board_id, c.consent_id, i.holder_id, i.datatypes, i.ends_at, c.revision, now(), now() + interval '60 seconds'
    from unnest(${hashesOf(codes)}::text[]) with ordinality code (hash, nr)
    join (select row_number() over (order by consent_id) as nr, * from consents where approach = 'subject' and revision = 1) c
      on c.nr = 1 + code.nr % (select count(*) from consents where approach = 'subject' and revision = 1)
    join items i on i.board_id = c.board_id and i.item_id = c.item_id`
  return codes
}

/** What a supplier polls with, one after the other over all who were asked and answered, or did not. */
export async function makeAuthReqIds(owner: postgres.Sql, count: number, { answered }: { answered: boolean }): Promise<string[]> {
  const ids = Array.from({ length: count }, newSecret)
  const revision = answered ? 1 : 0
  await owner`
    insert into ciba_requests (auth_req_id_hash, client_id, supplier_id, board_id, request_id, consent_id, scope, interval_seconds, made_at, expires_at)
    select decode(id.hash, 'hex'), 'bench-ciba', i.supplier_id, c.board_id, i.request_id, c.consent_id, 'openid', 5, now(), now() + interval '1 day'
    from unnest(${hashesOf(ids)}::text[]) with ordinality id (hash, nr)
    join (select row_number() over (order by consent_id) as nr, * from consents where approach = 'subject' and revision = ${revision}) c
      on c.nr = 1 + id.nr % (select count(*) from consents where approach = 'subject' and revision = ${revision})
    join items i on i.board_id = c.board_id and i.item_id = c.item_id`
  return ids
}

const hashesOf = (secrets: string[]) => secrets.map((secret) => sha256(secret).toString('hex'))
