import type { JWK } from 'jose'
import type { MemberActor, PersonActor } from '../actors.ts'
import type { AgreementId, BoardId, ClientId, HolderId, PersonId, RoundId, SchoolId, ServiceId, SupplierId } from '../ids.ts'

export interface WorldPerson {
  personId: PersonId
  /** Whoever has an e-mail address has claimed their person; small children have not. */
  actor?: PersonActor
}

export interface WorldClient {
  clientId: ClientId
  privateJwk: JWK
  redirectUris?: string[]
}

export interface WorldSupplier {
  supplierId: SupplierId
  services: Record<string, ServiceId>
  clients: Partial<Record<'organisation' | 'ciba' | 'redirect', WorldClient>>
  agreementId?: AgreementId
}

export interface WorldHolder extends WorldClient {
  holderId: HolderId
  supplierKey: string
  resource: string
  datatypes: string[]
}

/** The ids of everything in the demo world, by the keys of the cast. What they are called stands in the cast. */
export interface World {
  madeAt: Date
  boardId: BoardId
  schools: Record<string, SchoolId>
  people: Record<string, WorldPerson>
  suppliers: Record<string, WorldSupplier>
  holders: Record<string, WorldHolder>
  rounds: RoundId[]
  /** The people of suppliers. */
  members: Record<string, MemberActor>
}

/** The actor of somebody who has claimed their person. */
export function actorOf({ people }: Pick<World, 'people'>, key: string): PersonActor {
  const actor = people[key]?.actor
  if (!actor) throw new Error(`${key} has not claimed a person`)
  return actor
}
