type Known = Record<string, { status: number; title: string; as?: string }>

const edge = {
  input_invalid: { status: 400, title: 'The request is not well formed' },
  media_type_not_supported: { status: 415, title: 'The content type is not one this endpoint takes' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  sign_in_again: { status: 403, title: 'This needs a fresh sign-in' },
  not_signed_in: { status: 401, title: 'Sign in first' },
  token_invalid: { status: 401, title: 'The access token is not valid here' },
  scope_insufficient: { status: 403, title: 'The access token lacks the scope for this' },
  not_allowed: { status: 403, title: 'This actor may not do this' },
  not_found: { status: 404, title: 'There is no such thing' },
  too_many_requests: { status: 429, title: 'Too many requests; try again later' },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key was used with another body' },
  idempotency_in_flight: { status: 409, title: 'A request with this Idempotency-Key is still being handled' },
  changed_meanwhile: { status: 409, title: 'Somebody changed this in the meantime; look again' },
} as const satisfies Known

const people = {
  not_assigned: { status: 403, title: 'Only who is assigned to this pupil sees the data' },
  holder_unreachable: { status: 503, title: 'The data holder gives no answer that can be shown' },
  person_not_found: { status: 404, title: 'There is no such person' },
  school_not_found: { status: 404, title: 'There is no such school' },
  mandate_missing: { status: 403, title: 'Nobody without the right mandate may do this' },
  mandate_to_oneself: { status: 403, title: 'Nobody gives oneself a mandate' },
  not_employed: { status: 409, title: 'Only who works for the board can hold a mandate' },
  dpo_cannot_decide: { status: 409, title: 'A data protection officer holds no deciding mandate' },
  last_administrator: { status: 409, title: 'The last administrator cannot be removed' },
  roster_invalid: { status: 400, title: 'The roster has errors; nothing was taken in' },
  roster_ends_too_much: { status: 409, title: 'The roster would end more than a tenth of what is there; say that this is meant' },
  roster_not_found: { status: 404, title: 'There is no such roster' },
  roster_over: { status: 409, title: 'This roster is over, or is being taken in' },
  invitation_invalid: { status: 400, title: 'The invitation is not valid, or no longer' },
  data_set_known: { status: 409, title: 'The holder has a data set of this name already' },
  data_set_instructed: { status: 409, title: 'A board instructed this data set: what it is called stays' },
  already_registered: { status: 409, title: 'This OIN or BRIN is registered already' },
  guardianship_not_found: { status: 404, title: 'There is no such guardianship' },
  tenure_not_found: { status: 404, title: 'There is no such enrolment or employment, or it has ended' },
  mandate_not_found: { status: 404, title: 'There is no such mandate, or it has ended' },
  person_without_email: { status: 409, title: 'There is no e-mail address to bind the invitation to' },
  person_not_claimed: { status: 409, title: 'No account holds this person' },
  person_has_task: { status: 409, title: 'Somebody with a task at the school keeps their account' },
  person_claimed_already: { status: 409, title: 'This person has an account already' },
  pupil_and_guardian_one_account: { status: 409, title: 'One account cannot hold a pupil and their guardian' },
  guardianship_by_oneself: { status: 403, title: 'Nobody speaks for a child because they recorded so themselves' },
  two_guardians_one_account: { status: 409, title: 'One account cannot hold two guardians of one child' },
} as const satisfies Known

const signIn = {
  visit_over: { status: 400, title: 'This way of signing in was not begun in this browser, or is over' },
  provider_refused: { status: 403, title: 'The identity provider signed nobody in' },
  provider_answer_invalid: { status: 502, title: 'The identity provider gave an answer that does not hold' },
  provider_unreachable: { status: 503, title: 'The identity provider does not answer' },
  provider_taken: { status: 409, title: 'This subject of the identity provider belongs to another account' },
  provider_bound_already: { status: 409, title: 'The account is bound to another subject of this identity provider' },
  passkey_invalid: { status: 400, title: 'The passkey could not be used' },
  last_way_in: { status: 409, title: 'Nobody removes the last way into their account' },
  address_taken: { status: 409, title: 'This address is of another account' },
} as const satisfies Known

const catalog = {
  supplier_not_found: { status: 404, title: 'There is no such supplier' },
  service_not_found: { status: 404, title: 'There is no such service' },
  leaflet_not_found: { status: 404, title: 'There is no such leaflet' },
  leaflet_incomplete: { status: 400, title: 'The leaflet is not complete (A to H)' },
  leaflet_unchanged: { status: 409, title: 'The leaflet says what the last version says' },
  purpose_unknown: { status: 400, title: 'This purpose is not in the list for this kind of service' },
  purpose_forbidden: { status: 400, title: 'Advertising and product improvement are never a purpose' },
  datatype_unknown: { status: 400, title: 'The holder offers no such data set' },
  holder_not_found: { status: 404, title: 'There is no such holder' },
  resource_taken: { status: 409, title: 'Another holder answers to this resource' },
  client_not_found: { status: 404, title: 'There is no such client' },
  client_invitation_invalid: { status: 401, title: 'There is no such invitation to register a client, or it was used' },
  client_not_as_invited: { status: 400, title: 'The invitation is for another way of working, another holder or keys at another domain' },
  address_not_of_supplier: { status: 400, title: 'The address is not at the domain of the supplier' },
  supplier_has_people: { status: 409, title: 'Somebody works for this supplier here already: they invite their own people' },
  nominated_already: { status: 409, title: 'This company was named already and waits for the operator' },
  nomination_not_found: { status: 404, title: 'No such company waits for the operator' },
  supplier_without_domain: { status: 409, title: 'The supplier has no verified domain: only the operator can invite its clients' },
  client_id_taken: { status: 409, title: 'This client id is taken' },
  client_key_invalid: { status: 400, title: 'A client has public keys for EdDSA or ES256, each with a key id of its own' },
  stream_endpoint_invalid: { status: 400, title: 'Events are pushed to an https address on port 443, at a public address' },
  stream_is_pushed: { status: 409, title: 'The events of this stream are pushed, not polled' },
  stream_not_found: { status: 404, title: 'There is no such event stream' },
  too_many_streams: { status: 409, title: 'There are five event streams already' },
  member_already: { status: 409, title: 'Whoever has this address works here already' },
  member_is_oneself: { status: 403, title: 'Nobody changes what one may do oneself' },
  member_not_found: { status: 404, title: 'Nobody of that name works here' },
  member_role_missing: { status: 403, title: 'This needs another role at the supplier' },
  jwks_uri_invalid: { status: 400, title: 'There are no keys that work at this jwks_uri' },
  notification_uri_invalid: {
    status: 400,
    title: 'A notification endpoint is https on port 443, at a public address, and only for clients that ask directly',
  },
  redirect_uri_invalid: { status: 400, title: 'Redirect URIs are https, absolute, without fragment, and only for clients that redirect' },
  already_suspended: { status: 409, title: 'This is suspended already' },
  not_suspended: { status: 409, title: 'This is not suspended' },
} as const satisfies Known

const agreements = {
  agreement_not_found: { status: 404, title: 'There is no such agreement' },
  agreement_not_draft: { status: 409, title: 'The agreement is no longer a draft' },
  agreement_not_checked: { status: 409, title: 'The school has not checked the agreement yet' },
  agreement_already_signed: { status: 409, title: 'The agreement is signed already' },
  agreement_not_in_force: { status: 409, title: 'There is no agreement in force for this' },
  agreement_ended: { status: 409, title: 'The agreement has ended' },
  agreement_term_invalid: { status: 400, title: 'An agreement ends after it starts, and not in the past' },
  bases_missing: { status: 400, title: 'An exchange between two controllers names the legal basis at both ends' },
  part_unknown: { status: 400, title: 'The leaflet has no such part' },
  leaflet_superseded: { status: 409, title: 'A later version of the leaflet was accepted' },
  deviation_unmotivated: { status: 400, title: 'A deviation from the model needs its motivation' },
  signatory_only: { status: 403, title: 'Only a signatory of the board signs' },
  parties_incomplete: { status: 409, title: 'The agreement does not say in full who its parties are' },
  signed_text_differs: { status: 409, title: 'The text to sign has changed; read it again' },
  addendum_not_found: { status: 404, title: 'There is no such addendum' },
  addendum_not_draft: { status: 409, title: 'The addendum is no longer a draft' },
  addendum_not_checked: { status: 409, title: 'The school has not checked the addendum yet' },
  addendum_already_signed: { status: 409, title: 'The addendum is signed already' },
  onward_clause_not_found: { status: 404, title: 'There is no such instruction to the holder' },
  approval_in_future: { status: 400, title: 'A council approval is recorded after it was given' },
  proposed_already: { status: 409, title: 'This service was proposed already, and waits for an answer' },
  proposal_not_found: { status: 404, title: 'There is no such proposal' },
  proposal_settled: { status: 409, title: 'This proposal was answered already' },
  duty_not_found: { status: 404, title: 'There is no such destruction duty' },
  destruction_incomplete: { status: 400, title: 'Destruction is confirmed for every subprocessor too' },
  onward_clause_missing: { status: 409, title: 'The board has not instructed the holder to hand over these data' },
} as const satisfies Known

const consents = {
  round_not_found: { status: 404, title: 'There is no such round' },
  round_already_published: { status: 409, title: 'The round is published already' },
  audience_missing: { status: 409, title: 'The round does not say yet whom it is for' },
  item_in_round_already: { status: 409, title: 'This round asks or tells the same already' },
  round_not_open: { status: 409, title: 'These questions can be answered from the day the round opens' },
  round_not_published: { status: 409, title: 'The round has not been published' },
  reminded_lately: { status: 409, title: 'A reminder went out lately, or is waiting' },
  item_not_found: { status: 404, title: 'There is no such item' },
  item_without_alternative: { status: 400, title: 'An item says what happens when the answer is no' },
  basis_is_not_consent: { status: 409, title: 'These data rest on another basis: inform, do not ask' },
  basis_is_consent: { status: 409, title: 'The board agreed that these data rest on consent: ask' },
  basis_unmotivated: { status: 400, title: 'This legal basis needs its motivation in words' },
  purpose_is_anonymous: { status: 400, title: 'Anonymous data are about nobody, and nobody is asked about them' },
  leaflet_lacks_data: { status: 400, title: 'The leaflet does not name these data' },
  image_needs_consent: { status: 400, title: 'Consent is the only basis for publishing images' },
  consent_not_found: { status: 404, title: 'There is no such consent' },
  not_your_consent: { status: 404, title: 'There is no such consent', as: 'consent_not_found' },
  consent_ended: { status: 409, title: 'This consent has ended; a later yes needs a new question' },
  consent_not_given: { status: 409, title: 'There is no standing yes to stop' },
  subject_left: { status: 409, title: 'The pupil or employee left the school, the group or the work that was asked' },
  may_stop_not_give: { status: 403, title: 'A pupil under sixteen may stop, not give' },
  answer_widens: { status: 400, title: 'A narrowed yes is a part of what was asked' },
  shown_text_differs: { status: 409, title: 'The question has changed; read it again' },
  undo_too_late: { status: 409, title: 'There is no answer of this sign-in to take back' },
  inquiry_not_found: { status: 404, title: 'There is no such question to the school, or it was answered' },
  form_used: { status: 409, title: 'This form was sent already' },
  objection_not_possible: { status: 409, title: 'Objection exists on public task and legitimate interest only' },
  objection_not_found: { status: 404, title: 'There is no such objection' },
  objection_pending: { status: 409, title: 'An objection is pending already' },
} as const satisfies Known

const requests = {
  request_not_found: { status: 404, title: 'There is no such access request' },
  board_not_found: { status: 404, title: 'There is no such board or school' },
  blank_cheque_no_end: { status: 400, title: 'A request names the day it ends' },
  blank_cheque_too_long: { status: 400, title: 'A request ends within one school year' },
  blank_cheque_no_purpose: { status: 400, title: 'A request names its purpose' },
  blank_cheque_all_data: { status: 400, title: 'A request names data, not all data' },
  blank_cheque_all_pupils: { status: 400, title: 'A request names subjects, not everybody' },
  blank_cheque_no_occasion: { status: 400, title: 'A request says what gave cause for it' },
  blank_cheque_no_reason: { status: 400, title: 'A request says in plain words why it is needed' },
  request_already_open: { status: 409, title: 'The same is being asked already' },
  request_cooling_down: { status: 409, title: 'The same was refused lately; it may be asked again later' },
  hard_to_read: { status: 409, title: 'Some of it is hard to read: write it more simply, or say why it goes out like this' },
  below_minimum_age: { status: 409, title: 'The pupil is below the minimum age of the service' },
  request_closed: { status: 409, title: 'The request is closed' },
  request_already_forwarded: { status: 409, title: 'The question has gone out already' },
  request_already_released: { status: 409, title: 'The data are released: withdraw the release first' },
  request_not_forwarded: { status: 409, title: 'The question has not gone out yet' },
  request_subject_unmatched: { status: 409, title: 'Some subjects are not matched to a person yet' },
  subject_matched_already: { status: 409, title: 'This person stands in the request already' },
  nobody_to_ask: { status: 409, title: 'There is nobody left to ask' },
  request_widens: { status: 400, title: 'Narrowing only takes away' },
  nothing_to_release: { status: 409, title: 'Nobody has said yes: there is nothing to release' },
  release_not_found: { status: 404, title: 'There is no such release' },
  council_approval_missing: { status: 409, title: 'Data of staff need the consent of the staff council first' },
  link_code_invalid: { status: 400, title: 'The link code is not valid' },
  assignment_not_found: { status: 404, title: 'There is no such assignment' },
  already_assigned: { status: 409, title: 'This guide is assigned to this pupil already, until another moment: end that first' },
  prepared_ask_not_found: { status: 404, title: 'There is no such prepared question' },
  link_code_not_found: { status: 404, title: 'There is no such link code' },
} as const satisfies Known

const grants = {
  key_not_found: { status: 404, title: 'There is no such key' },
  grant_not_found: { status: 404, title: 'There is no such grant' },
  authorization_over: { status: 400, title: 'There is no such authorization request, or it was answered or is too old' },
  use_unknown_token: { status: 404, title: 'There is no such token of this holder' },
} as const satisfies Known

const cases = {
  case_not_found: { status: 404, title: 'There is no such case' },
  case_closed: { status: 409, title: 'This case is closed' },
  right_already_open: { status: 409, title: 'The same request is open already' },
  right_without_words: { status: 400, title: 'A request to change something says what' },
  extension_not_possible: { status: 409, title: 'The time for this request cannot be extended, or was already' },
  extension_too_late: { status: 409, title: 'An extension is told within the first month' },
  suggestion_not_found: { status: 404, title: 'There is no such suggestion, or it has ended' },
  receiver_unknown: { status: 400, title: 'A dossier goes only to a school known by its BRIN or OIN' },
  transfer_not_found: { status: 404, title: 'There is no such transfer' },
  transfer_already_open: { status: 409, title: 'A transfer of this pupil to this school is open already' },
  transfer_over: { status: 409, title: 'This transfer was sent or cancelled' },
  transfer_not_inspected: { status: 409, title: 'Who decides for the pupil has not looked yet, or did not agree where that is asked' },
  deletion_not_due: { status: 409, title: 'Some of these data must still be kept, or were deleted already' },
  incident_not_found: { status: 404, title: 'There is no such incident' },
  incident_closed: { status: 409, title: 'This incident is closed' },
  incident_step_done: { status: 409, title: 'This was done already' },
  incident_not_decided: { status: 409, title: 'It is not decided that this is to be told, or it was not told yet' },
  nobody_got_data: { status: 409, title: 'There is no company left that got data about this person by way of the broker' },
} as const satisfies Known

/** By what they are about, as the documentation tells of them. */
export const refusalGroups = { edge, people, signIn, catalog, agreements, consents, requests, grants, cases } as const

/**
 * Every way the broker says no: the status on the wire, the public name and a sentence for the machine's owner.
 * `as` gives a refusal another public name, so that somebody else's thing and a thing that is not there look the same.
 * Pages have their own sentences (src/web/texts), by the same codes.
 */
export const refusals = {
  ...edge,
  ...people,
  ...signIn,
  ...catalog,
  ...agreements,
  ...consents,
  ...requests,
  ...grants,
  ...cases,
}

export type RefusalCode = keyof typeof refusals

/**
 * A command's no. Thrown, so that its transaction rolls back; the edge turns it into a problem, an OAuth error or a page.
 * `details` go out to the caller: no names, addresses or input in them.
 */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: RefusalCode
  readonly details: Record<string, unknown>

  constructor(code: RefusalCode, details: Record<string, unknown> = {}) {
    super(code)
    this.code = code
    this.details = details
  }
}
