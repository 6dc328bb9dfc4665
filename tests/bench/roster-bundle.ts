import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface RosterRow {
  sourcedId: string
  givenName: string
  familyName: string
  email: string
  birthDate: string
}

/** The schools of the bundle, as the board has them: matched by BRIN. */
export const SCHOOLS = Array.from({ length: 12 }, (_, s) => ({ name: `School ${s}`, brin: `0${s % 10}${s < 10 ? 'A' : 'B'}A` }))

/**
 * Writes a OneRoster 1.2 bundle of about `users` people: of every five two pupils with a birth date and three guardians.
 * Returns the same people as rows, for the bare COPY beside it.
 */
export async function writeRosterBundle(folder: string, users: number): Promise<RosterRow[]> {
  await mkdir(folder, { recursive: true })
  const schools = SCHOOLS.length
  const rows: RosterRow[] = []
  const roles: string[] = []
  const demographics: string[] = []
  const enrolments: string[] = []
  const lines: string[] = []
  const pupils = Math.floor((users * 2) / 5)
  for (let n = 0; n < users; n++) {
    const isPupil = n < pupils
    const sourcedId = `${isPupil ? 'p' : 'g'}${n}`
    const agents = isPupil
      ? [pupils + n, pupils + ((n * 3) % (users - pupils))].filter((g, i, all) => g < users && all.indexOf(g) === i).map((g) => `g${g}`)
      : []
    const birthDate = isPupil ? `20${String(10 + (n % 10)).padStart(2, '0')}-0${1 + (n % 9)}-1${n % 9}` : ''
    rows.push({
      sourcedId,
      givenName: `Naam${n}`,
      familyName: `Van der ${n % 977}`,
      email: isPupil ? '' : `g${n}@gezin.example`,
      birthDate,
    })
    lines.push(
      `${sourcedId},,,true,${sourcedId},,Naam${n},Van der ${n % 977},,,${isPupil ? '' : `g${n}@gezin.example`},,,"${agents.join(',')}",,,,,,,s${n % schools},`,
    )
    roles.push(`r${n},,,${sourcedId},primary,${isPupil ? 'student' : 'guardian'},,,s${n % schools},`)
    if (!isPupil) continue
    demographics.push(`${sourcedId},,,${birthDate},,,,,,,,,,,,`)
    enrolments.push(`e${n},,,c${n % 240},s${n % schools},${sourcedId},student,true,2026-08-01,2027-07-31`)
  }
  const range = (count: number) => Array.from({ length: count }, (_, n) => n)
  const files: Record<string, [header: string, lines: string[]]> = {
    'manifest.csv': [
      'propertyName,value',
      [
        'manifest.version,1.0',
        'oneroster.version,1.2.1',
        ...['academicSessions', 'classes', 'courses', 'demographics', 'enrollments', 'orgs', 'roles', 'users'].map(
          (file) => `file.${file},bulk`,
        ),
      ],
    ],
    'orgs.csv': [
      'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId',
      ['b,,,Bestuur,district,,', ...SCHOOLS.map(({ name, brin }, s) => `s${s},,,${name},school,${brin},b`)],
    ],
    'academicSessions.csv': [
      'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear',
      ['y,,,2026-2027,schoolYear,2026-08-01,2027-07-31,,2027'],
    ],
    'courses.csv': [
      'sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes',
      ['k,,,y,Groep,,,b,,'],
    ],
    'classes.csv': [
      'sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods',
      range(240).map((c) => `c${c},,,Groep ${c % 20},,k,,homeroom,,s${c % schools},y,,,`),
    ],
    'enrollments.csv': [
      'sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
      enrolments,
    ],
    'demographics.csv': [
      'sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus',
      demographics,
    ],
    'roles.csv': [
      'sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId',
      roles,
    ],
    'users.csv': [
      'sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns',
      lines,
    ],
  }
  await Promise.all(
    Object.entries(files).map(([name, [header, body]]) => writeFile(join(folder, name), `${[header, ...body].join('\r\n')}\r\n`)),
  )
  return rows
}
