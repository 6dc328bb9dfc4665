/** The files of a OneRoster 1.1, 1.2 or 1.2.1 bundle that we read, with their columns. */
const common = ['sourcedId', 'status', 'dateLastModified']

const users = [
  ...common,
  'enabledUser',
  'username',
  'userIds',
  'givenName',
  'familyName',
  'middleName',
  'identifier',
  'email',
  'sms',
  'phone',
  'agentSourcedIds',
  'grades',
  'password',
]

export type Version = '1.1' | '1.2' | '1.2.1'

const users12 = [
  ...users,
  'userMasterIdentifier',
  'preferredGivenName',
  'preferredMiddleName',
  'preferredFamilyName',
  'primaryOrgSourcedId',
  'pronouns',
]

export const USERS_HEADERS: Record<Version, string[]> = {
  '1.1': [...users, 'orgSourcedIds', 'role'],
  '1.2': users12,
  '1.2.1': users12,
}

export const HEADERS = {
  'manifest.csv': ['propertyName', 'value'],
  'orgs.csv': [...common, 'name', 'type', 'identifier', 'parentSourcedId'],
  'academicSessions.csv': [...common, 'title', 'type', 'startDate', 'endDate', 'parentSourcedId', 'schoolYear'],
  'courses.csv': [...common, 'schoolYearSourcedId', 'title', 'courseCode', 'grades', 'orgSourcedId', 'subjects', 'subjectCodes'],
  'classes.csv': [
    ...common,
    'title',
    'grades',
    'courseSourcedId',
    'classCode',
    'classType',
    'location',
    'schoolSourcedId',
    'termSourcedIds',
    'subjects',
    'subjectCodes',
    'periods',
  ],
  'enrollments.csv': [...common, 'classSourcedId', 'schoolSourcedId', 'userSourcedId', 'role', 'primary', 'beginDate', 'endDate'],
  'demographics.csv': [
    ...common,
    'birthDate',
    'sex',
    'americanIndianOrAlaskaNative',
    'asian',
    'blackOrAfricanAmerican',
    'nativeHawaiianOrOtherPacificIslander',
    'white',
    'demographicRaceTwoOrMoreRaces',
    'hispanicOrLatinoEthnicity',
    'countryOfBirthCode',
    'stateOfBirthAbbreviation',
    'cityOfBirth',
    'publicSchoolResidenceStatus',
  ],
  'roles.csv': [...common, 'userSourcedId', 'roleType', 'role', 'beginDate', 'endDate', 'orgSourcedId', 'userProfileSourcedId'],
} as const satisfies Record<string, string[]>

export type RosterFile = keyof typeof HEADERS | 'users.csv'

/** What is never stored: it is nobody's business here, or not even the school's to send (GDPR art. 9). */
export const NEVER_KEPT: readonly string[] = [
  'password',
  'sex',
  'pronouns',
  'americanIndianOrAlaskaNative',
  'asian',
  'blackOrAfricanAmerican',
  'nativeHawaiianOrOtherPacificIslander',
  'white',
  'demographicRaceTwoOrMoreRaces',
  'hispanicOrLatinoEthnicity',
  'countryOfBirthCode',
  'stateOfBirthAbbreviation',
  'cityOfBirth',
  'publicSchoolResidenceStatus',
]

/** Columns a bundle may leave out. What is never kept is better not sent; 1.2.1 dropped `resourceSourcedIds`. */
export const MAY_BE_ABSENT: readonly string[] = [...NEVER_KEPT, 'resourceSourcedIds']

/** What else may lie in a bundle. It is not opened: nobody here needs marks, resources or profiles with passwords. */
export const NOT_READ: readonly string[] = [
  'userProfiles',
  'categories',
  'classResources',
  'courseResources',
  'lineItemLearningObjectiveIds',
  'lineItems',
  'lineItemScoreScales',
  'resources',
  'resultLearningObjectiveIds',
  'results',
  'resultScoreScales',
  'scoreScales',
  'userResources',
].map((name) => `${name}.csv`)
