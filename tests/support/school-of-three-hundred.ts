import { bundleOf, type Rows, regenboog, zipOf } from './oneroster.ts'

/** So many children each have one parent with an address, over the eight groups of a primary school. */
export const CHILDREN = 300

export const groupOfChild = (nr: number) => `Groep ${1 + (nr % 8)}`

/** De Regenboog as its administration sends it in September: Fatima and Ali with their parents, and three hundred children more. */
export async function rosterOfThreeHundred(): Promise<Uint8Array> {
  const { orgs, ...rows } = regenboog()
  const children = Array.from({ length: CHILDREN }, (_, nr) => nr)
  const groups = [...new Set(children.map(groupOfChild))].filter((group) => group !== 'Groep 6')
  const user = (sourcedId: string, givenName: string, nr: number, more: Record<string, string>) => {
    return { sourcedId, enabledUser: 'true', username: sourcedId, givenName, familyName: `de Vries ${nr}`, ...more }
  }
  const role = (userSourcedId: string, role: string) => {
    return { sourcedId: `r-${userSourcedId}`, userSourcedId, roleType: 'primary', role, orgSourcedId: 'org-1' }
  }
  const classOf = (group: string) => `class-${group.slice('Groep '.length)}`
  const all: Rows = {
    orgs,
    users: [
      ...rows.users,
      ...children.flatMap((nr) => [
        user(`kind-${nr}`, 'Kind', nr, { agentSourcedIds: `ouder-${nr}` }),
        user(`ouder-${nr}`, 'Ouder', nr, { email: `ouder-${nr}@gezin.example` }),
      ]),
    ],
    roles: [...rows.roles, ...children.flatMap((nr) => [role(`kind-${nr}`, 'student'), role(`ouder-${nr}`, 'parent')])],
    classes: [
      ...rows.classes,
      ...groups.map((title) => ({ sourcedId: classOf(title), title, classType: 'homeroom', schoolSourcedId: 'org-1' })),
    ],
    enrollments: [
      ...rows.enrollments,
      ...children.map((nr) => ({
        sourcedId: `e-kind-${nr}`,
        classSourcedId: classOf(groupOfChild(nr)),
        schoolSourcedId: 'org-1',
        userSourcedId: `kind-${nr}`,
        role: 'student',
        primary: '',
      })),
    ],
    demographics: [...rows.demographics, ...children.map((nr) => ({ sourcedId: `kind-${nr}`, birthDate: `201${4 + (nr % 5)}-06-15` }))],
  }
  return await zipOf(bundleOf(all))
}
