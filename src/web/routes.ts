import { Hono } from 'hono'
import type { Env } from '../http.ts'
import { accountRoutes } from './account/account-page.tsx'
import { addressRoutes } from './account/address-pages.tsx'
import { bindingRoutes } from './account/provider-page.tsx'
import { sessionRoutes } from './account/session-forms.ts'
import { authorizeRoutes } from './authorize/authorize-page.tsx'
import { authorizeInSandboxRoutes } from './authorize/sandbox-page.tsx'
import { apiReferenceRoutes, type ContractOf } from './docs/api-page.tsx'
import { docsRoutes } from './docs/docs-pages.tsx'
import { languageRoutes } from './language-form.ts'
import { mailboxRoutes } from './mailbox-page.tsx'
import { agreementDocumentRoutes } from './parent/agreement-page.tsx'
import { consentRoutes } from './parent/consent-page.tsx'
import { consentsRoutes } from './parent/consents-page.tsx'
import { heldRoutes } from './parent/held-page.tsx'
import { homeRoutes } from './parent/home-page.tsx'
import { imagesRoutes } from './parent/images-page.tsx'
import { inquiryRoutes } from './parent/inquiry-page.tsx'
import { linkCodeRoutes } from './parent/link-code-pages.tsx'
import { myEmergencyRoutes } from './parent/my-emergencies.tsx'
import { myTransferRoutes } from './parent/my-transfer-page.tsx'
import { ownPhoneRoutes } from './parent/own-phone-page.tsx'
import { questionRoutes } from './parent/question-page.tsx'
import { receiptRoutes } from './parent/receipt-pages.tsx'
import { rightsCaseRoutes } from './parent/rights-case-page.tsx'
import { rightsRoutes } from './parent/rights-page.tsx'
import { roundRoutes } from './parent/round-page.tsx'
import { schoolRoutes } from './public/school-page.tsx'
import { addendumRoutes } from './school/addendum-page.tsx'
import { affectedRoutes } from './school/affected-file.ts'
import { authorityRoutes } from './school/authority-page.tsx'
import { caseLetterRoutes } from './school/case-letter.tsx'
import { caseRoutes } from './school/case-page.tsx'
import { casesRoutes } from './school/cases-page.tsx'
import { checklistOutcomeRoutes } from './school/checklist-outcome-page.tsx'
import { checklistRoutes } from './school/checklist-page.tsx'
import { contactsRoutes } from './school/contacts-page.tsx'
import { contractDocumentRoutes } from './school/contract-document.tsx'
import { contractLeafletRoutes } from './school/contract-leaflet-page.tsx'
import { contractRoutes } from './school/contract-page.tsx'
import { contractsRoutes } from './school/contracts-page.tsx'
import { demandsRoutes } from './school/demands-page.tsx'
import { departureRoutes } from './school/departures-page.tsx'
import { dutiesRoutes } from './school/duties-page.tsx'
import { emergenciesRoutes } from './school/emergencies-page.tsx'
import { guardianRoutes } from './school/guardian-page.tsx'
import { inboxRoutes } from './school/inbox-page.tsx'
import { incidentRoutes } from './school/incident-page.tsx'
import { incidentsRoutes } from './school/incidents-page.tsx'
import { inquiriesRoutes } from './school/inquiries-page.tsx'
import { inviteProgramRoutes } from './school/invite-program-page.tsx'
import { inviteSupplierRoutes } from './school/invite-supplier-page.tsx'
import { ledgerFileRoutes } from './school/ledger-file-page.tsx'
import { ledgerRoutes } from './school/ledger-page.tsx'
import { letterRoutes as printedLetterRoutes } from './school/letter-page.tsx'
import { mandatesRoutes } from './school/mandates-page.tsx'
import { objectionRoutes } from './school/objections-page.tsx'
import { oneRosterRoutes } from './school/one-roster-page.tsx'
import { overviewRoutes } from './school/overview-page.tsx'
import { peopleRoutes } from './school/people-page.tsx'
import { personRoutes } from './school/person-page.tsx'
import { recordCaseRoutes } from './school/record-case-page.tsx'
import { registerRoutes } from './school/register-page.tsx'
import { reportIncidentRoutes } from './school/report-incident-page.tsx'
import { requestRoutes } from './school/request-page.tsx'
import { retentionRoutes } from './school/retention-page.tsx'
import { rosterColumnsRoutes } from './school/roster-columns-page.tsx'
import { rosterRoutes } from './school/roster-page.tsx'
import { rosterSenderRoutes } from './school/roster-senders.tsx'
import { addRoutes } from './school/rounds/add-page.tsx'
import { audienceRoutes } from './school/rounds/audience-page.tsx'
import { draftRoutes } from './school/rounds/draft-page.tsx'
import { figuresRoutes } from './school/rounds/figures-page.tsx'
import { groupRoutes } from './school/rounds/group-page.tsx'
import { itemFormRoutes } from './school/rounds/item-form-page.tsx'
import { lettersRoutes } from './school/rounds/letters-page.tsx'
import { newRoundRoutes } from './school/rounds/new-round-page.tsx'
import { previewRoutes } from './school/rounds/preview-page.tsx'
import { publishRoutes } from './school/rounds/publish-page.tsx'
import { pupilRoutes } from './school/rounds/pupil-page.tsx'
import { remindRoutes } from './school/rounds/remind-page.tsx'
import { roundsRoutes } from './school/rounds/rounds-page.tsx'
import { servicesRoutes } from './school/services-page.tsx'
import { settingsRoutes } from './school/settings-page.tsx'
import { suggestionsRoutes } from './school/suggestions-page.tsx'
import { transferRoutes } from './school/transfer-page.tsx'
import { transfersRoutes } from './school/transfers-page.tsx'
import { whoMayRoutes } from './school/who-may-page.tsx'
import { workRoutes } from './school/work-page.tsx'
import { againRoutes } from './sign-in/again-page.tsx'
import { invitationRoutes } from './sign-in/invitation-pages.tsx'
import { keptRoutes } from './sign-in/kept-page.tsx'
import { letterRoutes } from './sign-in/letter-page.tsx'
import { passkeyRoutes } from './sign-in/passkey-routes.ts'
import { providerRoutes } from './sign-in/provider-routes.ts'
import { signInRoutes } from './sign-in/sign-in-pages.tsx'
import { assetRoutes } from './style/route.ts'
import { supplierAgreementRoutes } from './supplier/agreements/agreement-page.tsx'
import { supplierAgreementsRoutes } from './supplier/agreements/agreements-page.tsx'
import { calendarRoutes } from './supplier/agreements/calendar.tsx'
import { newAgreementRoutes } from './supplier/agreements/new-agreement-page.tsx'
import { partyRoutes } from './supplier/agreements/party-page.tsx'
import { askPersonRoutes } from './supplier/asking/ask-person-page.tsx'
import { askSchoolRoutes } from './supplier/asking/ask-school-page.tsx'
import { askingRoutes } from './supplier/asking/asking-page.tsx'
import { personAskRoutes } from './supplier/asking/person-page.tsx'
import { supplierRequestRoutes } from './supplier/asking/request-page.tsx'
import { scannedRoutes } from './supplier/asking/scanned-page.tsx'
import { tabletRoutes } from './supplier/asking/tablet-page.tsx'
import { supplierClientRoutes } from './supplier/client-page.tsx'
import { supplierClientsRoutes } from './supplier/clients-page.tsx'
import { dataSetRoutes } from './supplier/data-sets-page.tsx'
import { supplierDemandRoutes } from './supplier/duties/demand-page.tsx'
import { supplierDutiesRoutes } from './supplier/duties/duties-page.tsx'
import { forwardRightRoutes } from './supplier/duties/forward-page.tsx'
import { supplierLeakRoutes } from './supplier/duties/leak-pages.tsx'
import { supplierEventsRoutes } from './supplier/events-page.tsx'
import { supplierHolderRoutes } from './supplier/holder-page.tsx'
import { supplierHomeRoutes } from './supplier/home-page.tsx'
import { joinRoutes } from './supplier/join-page.tsx'
import { leafletImportRoutes } from './supplier/leaflets/import-page.tsx'
import { leafletPreviewRoutes } from './supplier/leaflets/preview-page.tsx'
import { leafletPublishRoutes } from './supplier/leaflets/publish-page.tsx'
import { leafletSectionRoutes } from './supplier/leaflets/section-page.tsx'
import { supplierServiceRoutes } from './supplier/leaflets/service-page.tsx'
import { supplierServicesRoutes } from './supplier/leaflets/services-page.tsx'
import { leafletVersionRoutes } from './supplier/leaflets/version-page.tsx'
import { supplierLookRoutes } from './supplier/look-page.tsx'
import { supplierPeopleRoutes } from './supplier/people-page.tsx'
import { supplierSandboxRoutes } from './supplier/sandbox-page.tsx'
import { supplierSubjectsRoutes } from './supplier/subjects-page.tsx'

/**
 * Every page of the web app. Each handler brings its own guard; nothing hangs on a path.
 *
 * @param contractOf the contract of the machine interface, which the documentation draws
 */
export function webRoutes(contractOf: ContractOf): Hono<Env> {
  const app = new Hono<Env>()
  app.route('/', assetRoutes())
  app.route('/', signInRoutes())
  app.route('/', keptRoutes())
  app.route('/', againRoutes())
  app.route('/', letterRoutes())
  app.route('/', passkeyRoutes())
  app.route('/', providerRoutes())
  app.route('/', accountRoutes())
  app.route('/', bindingRoutes())
  app.route('/', sessionRoutes())
  app.route('/', addressRoutes())
  app.route('/', languageRoutes())
  app.route('/', homeRoutes())
  app.route('/', questionRoutes())
  app.route('/', inquiryRoutes())
  app.route('/', roundRoutes())
  app.route('/', agreementDocumentRoutes())
  app.route('/', authorizeRoutes())
  app.route('/', authorizeInSandboxRoutes())
  app.route('/', consentsRoutes())
  app.route('/', imagesRoutes())
  app.route('/', consentRoutes())
  app.route('/', receiptRoutes())
  app.route('/', invitationRoutes())
  app.route('/', linkCodeRoutes())
  app.route('/', inboxRoutes())
  app.route('/', requestRoutes())
  app.route('/', objectionRoutes())
  app.route('/', inquiriesRoutes())
  app.route('/', contractsRoutes())
  app.route('/', contractRoutes())
  app.route('/', contractDocumentRoutes())
  app.route('/', contractLeafletRoutes())
  app.route('/', addendumRoutes())
  app.route('/', peopleRoutes())
  app.route('/', personRoutes())
  app.route('/', mandatesRoutes())
  app.route('/', printedLetterRoutes())
  app.route('/', guardianRoutes())
  app.route('/', departureRoutes())
  app.route('/', rosterRoutes())
  app.route('/', rosterSenderRoutes())
  app.route('/', oneRosterRoutes())
  app.route('/', authorityRoutes())
  app.route('/', rosterColumnsRoutes())
  app.route('/', settingsRoutes())
  app.route('/', inviteSupplierRoutes())
  app.route('/', inviteProgramRoutes())
  app.route('/', rightsRoutes())
  app.route('/', rightsCaseRoutes())
  app.route('/', heldRoutes())
  app.route('/', casesRoutes())
  app.route('/', recordCaseRoutes())
  app.route('/', caseRoutes())
  app.route('/', caseLetterRoutes())
  app.route('/', dutiesRoutes())
  app.route('/', retentionRoutes())
  app.route('/', transfersRoutes())
  app.route('/', transferRoutes())
  app.route('/', myEmergencyRoutes())
  app.route('/', myTransferRoutes())
  app.route('/', incidentsRoutes())
  app.route('/', reportIncidentRoutes())
  app.route('/', affectedRoutes())
  app.route('/', incidentRoutes())
  app.route('/', checklistRoutes())
  app.route('/', checklistOutcomeRoutes())
  app.route('/', demandsRoutes())
  app.route('/', emergenciesRoutes())
  app.route('/', workRoutes())
  app.route('/', whoMayRoutes())
  app.route('/', contactsRoutes())
  app.route('/', servicesRoutes())
  app.route('/', suggestionsRoutes())
  app.route('/', roundsRoutes())
  app.route('/', newRoundRoutes())
  app.route('/', draftRoutes())
  app.route('/', addRoutes())
  app.route('/', itemFormRoutes())
  app.route('/', previewRoutes())
  app.route('/', audienceRoutes())
  app.route('/', publishRoutes())
  app.route('/', remindRoutes())
  app.route('/', lettersRoutes())
  app.route('/', figuresRoutes())
  app.route('/', groupRoutes())
  app.route('/', pupilRoutes())
  app.route('/', joinRoutes())
  app.route('/', scannedRoutes())
  app.route('/', ownPhoneRoutes())
  app.route('/', tabletRoutes())
  app.route('/', supplierHomeRoutes())
  app.route('/', supplierPeopleRoutes())
  app.route('/', supplierServicesRoutes())
  app.route('/', supplierServiceRoutes())
  app.route('/', leafletSectionRoutes())
  app.route('/', leafletPreviewRoutes())
  app.route('/', leafletPublishRoutes())
  app.route('/', leafletVersionRoutes())
  app.route('/', leafletImportRoutes())
  app.route('/', forwardRightRoutes())
  app.route('/', supplierLeakRoutes())
  app.route('/', supplierDemandRoutes())
  app.route('/', supplierDutiesRoutes())
  app.route('/', newAgreementRoutes())
  app.route('/', supplierAgreementsRoutes())
  app.route('/', partyRoutes())
  app.route('/', calendarRoutes())
  app.route('/', supplierAgreementRoutes())
  app.route('/', askingRoutes())
  app.route('/', askSchoolRoutes())
  app.route('/', askPersonRoutes())
  app.route('/', personAskRoutes())
  app.route('/', supplierRequestRoutes())
  app.route('/', supplierSubjectsRoutes())
  app.route('/', supplierLookRoutes())
  app.route('/', supplierClientsRoutes())
  app.route('/', supplierClientRoutes())
  app.route('/', supplierEventsRoutes())
  app.route('/', supplierSandboxRoutes())
  app.route('/', supplierHolderRoutes())
  app.route('/', dataSetRoutes())
  app.route('/', overviewRoutes())
  app.route('/', ledgerRoutes())
  app.route('/', ledgerFileRoutes())
  app.route('/', registerRoutes())
  app.route('/', schoolRoutes())
  app.route('/', docsRoutes())
  app.route('/', apiReferenceRoutes(contractOf))
  app.route('/', mailboxRoutes())
  return app
}
