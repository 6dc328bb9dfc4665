import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId, SchoolId } from '../ids.ts'
import { CASE_MAIL_TEXTS, type CaseMail } from '../messages/case-mails.ts'
import { enqueueMails } from '../notifications/enqueue.ts'
import { addressesOf } from '../people/addresses.ts'
import { boardById } from '../people/store.ts'

/**
 * Mails these persons, each in the language of their account; who has no address hears nothing and reads the letter. Before
 * events and ledger, as every mail.
 *
 * @param key what it is about and which step: a second mail with it is not sent
 * @returns how many were written
 */
export async function mailAboutCase(
  tx: Tx,
  deps: Deps,
  at: Date,
  boardId: BoardId,
  personIds: readonly PersonId[],
  { mail, path, key, notBefore, byDay = false }: { mail: CaseMail; path: string; key: string; notBefore?: Date; byDay?: boolean },
): Promise<number> {
  if (personIds.length === 0) return 0
  const { name } = await boardById(tx, boardId)
  return await enqueueMails(
    tx,
    deps,
    (await addressesOf(tx, boardId, personIds)).map(({ personId, email, language }) => ({
      to: email,
      ...CASE_MAIL_TEXTS[mail][language](name, `${deps.issuer}${path}`),
      dedupKey: `case:${key}:${personId}`,
      ...(notBefore && { notBefore }),
      byDay,
      at,
    })),
  )
}

/** Who holds one of these mandates now, for this school or for all. For telling only. */
export async function holdersOf(
  tx: Tx,
  boardId: BoardId,
  roles: readonly string[],
  at: Date,
  schoolId?: SchoolId | null,
): Promise<PersonId[]> {
  const { rows } = await sql<{ person_id: PersonId }>`
    select distinct person_id from mandates
    where board_id = ${boardId} and role = any(${roles}::text[]) and starts_at <= ${at} and (ends_at is null or ends_at > ${at})
      and (school_id is null or ${schoolId ?? null}::uuid is null or school_id = ${schoolId ?? null}::uuid)
    order by person_id`.execute(tx)
  return rows.map(({ person_id }) => person_id)
}
