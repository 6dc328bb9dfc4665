import type { Approach } from '../approach.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import { type Consent, standingAndUndone } from '../consents/consent.ts'
import type { DecisionRule } from '../consents/outcome.ts'
import { isTooYoung } from '../consents/too-young.ts'
import type { AtSixteen } from '../consents/whose-answers-count.ts'
import type {
  AgreementId,
  BoardId,
  ConsentId,
  GrantId,
  GuardianshipId,
  ItemId,
  ObjectionId,
  PersonId,
  ReleaseId,
  RequestId,
  TenureId,
} from '../ids.ts'
import type { Authority, GuardianshipKind } from '../people/who-may-answer.ts'
import type { StandingFacts } from './standing.ts'

/** One way in which a grant about one subject might stand: a consent with, by way of the school, one release. */
export interface Candidate {
  facts: StandingFacts
  consentId: ConsentId
  subjectId: PersonId
  approach: Approach
  purpose: string
  requestId: RequestId | null
  releaseId: ReleaseId | null
  agreementId: AgreementId | null
  holderAgreementId: AgreementId | null
  tenureId: TenureId | null
  /** The supplier's own name for the subject, in its request to the school. */
  reference: string | null
  /** Null until one was made. So are the subject's pseudonyms with the supplier and with the holder. */
  grantId: GrantId | null
  supplierPseudonym: string | null
  holderPseudonym: string | null
}

/** One row of the statement in `facts.ts`. */
export interface FactsRow {
  consent_id: ConsentId
  subject_id: PersonId
  item_id: ItemId
  approach: Approach
  asked_at: Date
  revision: number
  ended_at: Date | null
  ended_as: NonNullable<Consent['ended']>['as'] | null
  ended_by: string | null
  legal_basis: LegalBasis
  decision_rule: DecisionRule
  purpose: string
  datatypes: string[]
  starts_at: Date
  ends_at: Date
  needs_assignment: boolean
  round_starts_at: Date | null
  round_ends_at: Date | null
  request_id: RequestId | null
  request_datatypes: string[] | null
  request_starts_at: Date | null
  request_ends_at: Date | null
  request_closed_at: Date | null
  release_id: ReleaseId | null
  release_withdrawn_at: Date | null
  joined_at: Date | null
  reference: string | null
  agreement_id: AgreementId | null
  signed_at: Date | null
  agreement_starts_at: Date | null
  agreement_ends_at: Date | null
  agreement_ended_at: Date | null
  accepted_at: Date | null
  superseded_at: Date | null
  holder_agreement_id: AgreementId | null
  onward_signed_at: Date | null
  onward_starts_at: Date | null
  onward_ends_at: Date | null
  onward_ended_at: Date | null
  onward_datatypes: string[] | null
  tenure_id: TenureId | null
  tenure_starts_at: Date | null
  tenure_ends_at: Date | null
  guide_starts_at: Date | null
  guide_ends_at: Date | null
  birth_date: string | null
  is_employee: boolean
  minimum_age: number | null
  at_sixteen: AtSixteen
  supplier_suspended_at: Date | null
  holder_suspended_at: Date | null
  holders_supplier_suspended_at: Date | null
  grant_id: GrantId | null
  supplier_pseudonym: string | null
  holder_pseudonym: string | null
  answers: AnswerJson[]
  objections: ObjectionJson[]
  guardianships: GuardianshipJson[]
}

interface AnswerJson {
  revision: number
  deciderId: PersonId
  answer: 'yes' | 'no'
  datatypes: string[] | null
  untilAt: string | null
  authority: 'self' | 'guardianship'
  guardianshipId: GuardianshipId | null
  answeredAt: string
  undoneAt: string | null
  undoneIn: number | null
}

interface ObjectionJson {
  objectionId: ObjectionId
  madeBy: PersonId
  madeAt: string
  decidedAt: string | null
  granted: boolean | null
}

interface GuardianshipJson {
  guardianshipId: GuardianshipId
  guardianId: PersonId
  kind: GuardianshipKind
  authority: Authority
  startsAt: string
  endsAt: string | null
}

/** A row as domain values. An impossible row is an error. */
export function candidateOf(row: FactsRow, boardId: BoardId, at: Date): Candidate {
  const consent = consentOf(row, boardId)
  return {
    facts: {
      consent,
      item: { startsAt: row.starts_at, endsAt: row.ends_at, datatypes: row.datatypes, needsAssignment: row.needs_assignment },
      round: row.round_starts_at && { startsAt: row.round_starts_at, endsAt: row.round_ends_at },
      request: row.request_starts_at && {
        startsAt: row.request_starts_at,
        endsAt: row.request_ends_at,
        datatypes: row.request_datatypes!,
        closedAt: row.request_closed_at,
      },
      release: row.joined_at && { joinedAt: row.joined_at, withdrawnAt: row.release_withdrawn_at },
      agreement: row.agreement_starts_at && {
        startsAt: row.agreement_starts_at,
        endsAt: row.agreement_ends_at,
        signedAt: row.signed_at,
        endedAt: row.agreement_ended_at,
        accepted: row.accepted_at && { startsAt: row.accepted_at, endsAt: row.superseded_at },
      },
      onward: row.onward_starts_at && {
        startsAt: row.onward_starts_at,
        endsAt: row.onward_ends_at,
        signedAt: row.onward_signed_at,
        endedAt: row.onward_ended_at,
        datatypes: row.onward_datatypes!,
      },
      tenure: row.tenure_starts_at && { startsAt: row.tenure_starts_at, endsAt: row.tenure_ends_at },
      tooYoung: isTooYoung(consent.question.subject, row.minimum_age, at),
      assignment: row.guide_starts_at && { startsAt: row.guide_starts_at, endsAt: row.guide_ends_at },
      suspended: {
        supplier: row.supplier_suspended_at,
        holder: row.holder_suspended_at,
        holdersSupplier: row.holders_supplier_suspended_at,
      },
    },
    consentId: row.consent_id,
    subjectId: row.subject_id,
    approach: row.approach,
    purpose: row.purpose,
    requestId: row.request_id,
    releaseId: row.release_id,
    agreementId: row.agreement_id,
    holderAgreementId: row.holder_agreement_id,
    tenureId: row.tenure_id,
    reference: row.reference,
    grantId: row.grant_id,
    supplierPseudonym: row.supplier_pseudonym,
    holderPseudonym: row.holder_pseudonym,
  }
}

function consentOf(row: FactsRow, boardId: BoardId): Consent {
  if ((row.ended_at === null) !== (row.ended_as === null)) throw new Error(`consents row ${row.consent_id} is in no known state`)
  return {
    boardId,
    consentId: row.consent_id,
    itemId: row.item_id,
    approach: row.approach,
    legalBasis: row.legal_basis,
    question: {
      rule: row.decision_rule,
      asked: { datatypes: row.datatypes, endsAt: row.ends_at },
      atSixteen: row.at_sixteen,
      subject: {
        personId: row.subject_id,
        kind: row.is_employee ? 'employee' : 'pupil',
        birthDate: row.birth_date,
        guardianships: row.guardianships.map(({ startsAt, endsAt, ...guardianship }) => ({
          ...guardianship,
          startsAt: new Date(startsAt),
          endsAt: timeOf(endsAt),
        })),
      },
    },
    askedAt: row.asked_at,
    revision: row.revision,
    ...standingAndUndone(
      row.answers.map(({ untilAt, answeredAt, undoneAt, ...answer }) => ({
        ...answer,
        untilAt: timeOf(untilAt),
        answeredAt: new Date(answeredAt),
        undoneAt: timeOf(undoneAt),
      })),
    ),
    objections: row.objections.map(({ objectionId, madeBy, madeAt, decidedAt, granted }) => ({
      objectionId,
      madeBy,
      madeAt: new Date(madeAt),
      decided: decidedAt === null ? null : { at: new Date(decidedAt), granted: granted === true },
    })),
    ended: row.ended_at && { at: row.ended_at, as: row.ended_as!, by: row.ended_by! },
  }
}

const timeOf = (json: string | null) => (json === null ? null : new Date(json))
