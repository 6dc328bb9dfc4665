import { dpv, dpvPurpose } from '../catalog/dpv.ts'
import {
  ALWAYS_RIGHTS,
  AUTHORITY,
  actorParty,
  gdpr,
  type Party,
  RECEIPT_SCHEMA,
  schoolBoardParty,
  urn,
} from '../consents/receipt-parties.ts'
import type { TransferAct, TransferReceipt } from './transfer-receipt.ts'

const EVENTS: Record<TransferAct, { type: string; state: string }> = {
  looked: { type: 'HumanInvolvementForVerification', state: 'RequestFulfilled' },
  agreed: { type: 'ProvideConsent', state: 'ConsentGiven' },
  disagreed: { type: 'RefuseConsent', state: 'ConsentRefused' },
  withdrawn: { type: 'WithdrawConsent', state: 'ConsentWithdrawn' },
}

/**
 * A receipt on a dossier that goes to another school, in the fields of ISO/IEC TS 27560:2023, as `receiptJson` has them. Where
 * the board asks no consent the basis is the duty of schools to pass on an educational report. A dossier of care and guidance is
 * taken to hold special categories: what is in it is said in words only. A yes serves one handover and nothing after it.
 *
 * @param changing how to say something else, in the language of the receipt
 */
export function transferReceiptJson(receipt: TransferReceipt, issuer: string, changing: string) {
  const { act, inspectionId, subjectId, personId, receiver, contents, madeAt, language, body, shownHash } = receipt
  const asked = act !== 'looked'
  const board = schoolBoardParty(receipt.boardOin, receipt.boardName, 'DataController')
  const school: Party = {
    party_id: `urn:nld:${receiver.scheme.toLowerCase()}:${receiver.value}`,
    party_name: receiver.name,
    party_role: dpv('ThirdParty'),
    party_type: dpv('AcademicScientificOrganisation'),
    party_address: 'NL',
    party_contact: receiver.name,
  }
  return {
    schema_version: RECEIPT_SCHEMA,
    receipt_id: urn(inspectionId),
    record_id: urn(inspectionId),
    pii_principal_id: urn(subjectId),
    processing: [
      {
        privacy_notice: [{ notice_hash: `sha-256:${shownHash}`, notice_text: body }],
        language,
        purpose: contents,
        purpose_type: dpvPurpose('pp.a', { ofStaff: false }),
        lawful_basis: dpv(asked ? 'ExplicitlyExpressedConsent' : 'LegalObligation'),
        pii_information: [
          {
            pii_type: dpv('PersonalData'),
            pii_attribute_id: 'dossier',
            pii_optional: asked,
            sensitive_pii_category: true,
            special_pii_category: true,
          },
        ],
        pii_controllers: [board.party_id],
        collection_method: { method: dpv('Obtain'), source: receipt.boardName },
        processing_method: [dpv('Disclose')],
        storage_locations: ['NL'],
        retention_period: { until: madeAt.toISOString() },
        processing_locations: ['NL'],
        geographic_restrictions: ['EEA'],
        service: receiver.name,
        jurisdiction: ['NL', 'EU'],
        recipient_third_parties: [school.party_id],
        withdrawal_method: { url: `${issuer}/rights/transfers/${receipt.transferId}`, description: changing },
        privacy_rights: (asked ? ['A7-3', ...ALWAYS_RIGHTS, 'A20'] : ALWAYS_RIGHTS).map(gdpr),
        authority_party: AUTHORITY.party_id,
      },
    ],
    party: [actorParty(receipt, issuer), board, school, AUTHORITY],
    event: [
      {
        event_time: madeAt.toISOString(),
        validity_duration: 'PT0S',
        entity_id: urn(personId),
        event_type: dpv(EVENTS[act].type),
        event_state: dpv(EVENTS[act].state),
      },
    ],
  }
}
