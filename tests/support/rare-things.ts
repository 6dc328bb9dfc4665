import type { MemberActor, PersonActor } from '../../src/actors.ts'
import { makeChecklistPoint } from '../../src/cases/checklist-points.ts'
import { askLedgerExport } from '../../src/cases/ledger-export.ts'
import { recordEmergency } from '../../src/cases/record-emergency.ts'
import { tellLegalDemand } from '../../src/cases/tell-demand.ts'
import { offerTransfer } from '../../src/cases/transfer-acts.ts'
import type { LeafletContent } from '../../src/catalog/leaflet.ts'
import { publishLeaflet } from '../../src/catalog/publish-leaflet.ts'
import { askForLetters } from '../../src/consents/ask-for-letters.ts'
import type { BoardId, PersonId, RoundId, ServiceId } from '../../src/ids.ts'
import { runLongWork } from '../../src/long-work.ts'
import type { ToldDemo } from './told-demo.ts'

/**
 * What happens at a school and not in the demo's story: a supplier brings out a newer leaflet that changes nothing for people,
 * a dossier is made ready for another school, a doctor is called, something of the yearly checklist has to get better, data are
 * demanded of a supplier by law, letters are made, and the ledger goes into a file. They have pages of their own.
 */
export async function rareThings({ deps, owner }: ToldDemo): Promise<void> {
  const [service] = await owner<{ service_id: ServiceId; content: string }[]>`
    select l.service_id, l.content from agreement_services s join leaflets l using (leaflet_id)
    join supplier_agreements a on a.board_id = s.board_id and a.agreement_id = s.agreement_id
    where a.signed_at is not null and a.ended_at is null and s.superseded_at is null order by l.service_id limit 1`
  const content = JSON.parse(service!.content) as LeafletContent
  const certificates = [...content.security.certificates, 'NEN 7510']
  await publishLeaflet(deps, { serviceId: service!.service_id, content: { ...content, security: { ...content.security, certificates } } })

  const actorNamed = async (name: string) => {
    const [actor] = await owner<PersonActor[]>`
      select account_id as "accountId", board_id as "boardId", person_id as "personId"
      from account_persons join accounts using (account_id) where email like ${`${name}%`}`
    return actor!
  }
  await askLedgerExport(deps, await actorNamed('els'), { format: 'csv', query: {} })
  const [pupil] = await owner<{ board_id: BoardId; person_id: PersonId }[]>`
    select board_id, person_id from persons where given_name = 'Fatima'`
  await offerTransfer(deps, await actorNamed('mirjam'), {
    subjectId: pupil!.person_id,
    receiver: { scheme: 'BRIN', value: '99ZC', name: 'Lyceum De Brug' },
    contents: 'Naam, adres en resultaten.',
  })
  await recordEmergency(deps, await actorNamed('mirjam'), {
    subjectId: pupil!.person_id,
    receiver: 'Huisarts De Linde',
    data: 'Allergie voor noten',
    reason: 'Fatima kreeg geen lucht.',
    tried: 'Moeder en vader gebeld.',
    givenAt: deps.now(),
  })
  const leader = await actorNamed('mirjam')
  await makeChecklistPoint(deps, leader, {
    schoolId: null,
    statement: 'paper_away',
    words: 'Lijsten met cijfers opruimen.',
    ownerId: leader.personId,
    dueAt: new Date(deps.now().getTime() + 30 * 86_400_000),
  })
  const [teller] = await owner<(MemberActor & { boardId: BoardId })[]>`
    select m.account_id as "accountId", m.member_id as "memberId", m.supplier_id as "supplierId", a.board_id as "boardId"
    from members m join supplier_agreements a using (supplier_id)
    where 'contracts' = any(m.roles) and m.ended_at is null and a.signed_at is not null order by a.signed_at, m.member_id limit 1`
  await tellLegalDemand(deps, teller!, {
    boardId: teller!.boardId,
    authority: 'Politie Oost',
    ground: 'Artikel 126nd Sv',
    checkedHow: 'Teruggebeld via het hoofdnummer.',
    checkedBy: 'Roos',
    data: 'Inlogtijden',
    groupSize: 1,
    reference: null,
    outcome: 'waits',
    givenAt: null,
    secret: true,
  })
  const [round] = await owner<{ round_id: RoundId }[]>`
    select round_id from rounds where published_at is not null and ends_at > now() order by published_at limit 1`
  const runId = await askForLetters(deps, await actorNamed('mirjam'), { roundId: round!.round_id })
  await runLongWork(deps)
  // Everybody in the story has an address; here somebody had a letter and has used it.
  await owner`insert into letter_run_people (board_id, run_id, nr, person_id, outcome)
    values (${pupil!.board_id}, ${runId}, 0, ${pupil!.person_id}, 'made')`
}
