import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ServiceId } from '../ids.ts'

/** A service the school may use now, under a signed agreement. */
export interface ServiceInUse {
  serviceId: ServiceId
  name: string
  supplier: string
  explanation: string
}

/** What staff may use: the services of agreements in force, by the newest leaflet that was accepted (P31). Does NOT check who asks. */
export async function servicesInUse(tx: Tx, boardId: BoardId, at: Date): Promise<ServiceInUse[]> {
  const { rows } = await sql<{ service_id: ServiceId; name: string; supplier: string; explanation: string }>`
    select distinct on (s.name, s.service_id) s.service_id, s.name, p.legal_name as supplier,
      l.content::jsonb #>> '{general,explanation}' as explanation
    from supplier_agreements a
    join agreement_services g on g.board_id = a.board_id and g.agreement_id = a.agreement_id and g.superseded_at is null -- agreement_services_pkey
    join services s on s.service_id = g.service_id
    join suppliers p on p.supplier_id = s.supplier_id
    join leaflets l on l.leaflet_id = g.leaflet_id
    where a.board_id = ${boardId} and a.signed_at <= ${at} and a.starts_at <= ${at} and a.ends_at > ${at}
      and (a.ended_at is null or a.ended_at > ${at})
    order by s.name, s.service_id, l.version desc`.execute(tx)
  return rows.map(({ service_id, ...row }) => ({ ...row, serviceId: service_id }))
}
