import { amsterdamDay, startOfAmsterdamDay } from '../clock.ts'
import type { MandateRole } from '../people/mandate.ts'
import type { SchoolYear } from '../people/school-year.ts'
import { addMonths } from './calendar.ts'

/** What the staff look at once a year, by what it is about (P46; privacy protocol, annex c). */
export const CHECKLIST = {
  administration: [
    'parents_know',
    'marks_explained',
    'one_purpose',
    'no_more_than_needed',
    'access_known',
    'pupils_deleted',
    'dossiers_deleted',
    'leavers_administration',
    'leavers_elsewhere',
    'leavers_mailbox',
  ],
  material: ['agreements_signed'],
  images: ['images_asked'],
  media: ['media_age', 'media_rules'],
  transfer: ['transfer_seen'],
  security: [
    'passwords',
    'passwords_hidden',
    'signed_off',
    'documents_apart',
    'paper_away',
    'own_sign_in',
    'devices_locked',
    'nothing_local',
    'home_devices',
    'no_family',
  ],
  officer: ['officer_named', 'leaks_together'],
} as const
export type ChecklistPart = keyof typeof CHECKLIST
export type Statement = (typeof CHECKLIST)[ChecklistPart][number]
export const STATEMENTS: readonly Statement[] = Object.values(CHECKLIST).flat()

/** Who cannot know, says so: a guess would help nobody. */
export const CHECKLIST_ANSWERS = ['ok', 'not_ok', 'unsure'] as const
export type ChecklistAnswer = (typeof CHECKLIST_ANSWERS)[number]

/** Everybody with a task at the school walks through it, for themselves. */
export const CHECKLIST_WALKERS: MandateRole[] = [
  'school_leader',
  'consent_officer',
  'administrator',
  'signatory',
  'teacher',
  'dpo',
  'concierge',
]
/** Who may be asked to put something right: the data protection officer watches over it and does not do it (P45). */
export const CHECKLIST_MENDERS: MandateRole[] = CHECKLIST_WALKERS.filter((role) => role !== 'dpo')

/** Who makes points of what is not right, at their school or all of them. */
export const CHECKLIST_DECIDERS: MandateRole[] = ['school_leader', 'consent_officer', 'administrator', 'signatory']

const MONTHS_BEFORE_IT_IS_DUE = 6

/** From halfway the school year it waits on the work list: what is found can then still be mended within the year. */
export const isChecklistDue = ({ startsAt }: SchoolYear, at: Date): boolean =>
  at >= startOfAmsterdamDay(addMonths(amsterdamDay(startsAt), MONTHS_BEFORE_IT_IS_DUE))

/** So many sheets are counted at a time: of fewer one could work out who answered what, also by looking twice. */
const COUNTED_BY = 5

/** How many of the sheets that were handed in are in the counts. */
export const countedOf = (handedIn: number): number => handedIn - (handedIn % COUNTED_BY)
