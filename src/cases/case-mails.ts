import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId, SchoolId } from '../ids.ts'
import { enqueueMails } from '../notifications/enqueue.ts'
import { boardById } from '../people/store.ts'

/** What there is to tell; the page behind the link says the rest. No mail says about whom, which right, or why. */
export type CaseMail = 'received' | 'news' | 'to_handle' | 'overdue' | 'incident' | 'transfer'

export const CASE_MAIL_TEXTS: Record<CaseMail, Record<'nl' | 'en', (board: string, link: string) => { subject: string; text: string }>> = {
  received: {
    nl: (board, link) => ({
      subject: 'Wij hebben uw verzoek ontvangen',
      text: `Uw verzoek over gegevens is binnen, via ${board}. U ziet hier wie het behandelt en wanneer u uiterlijk antwoord krijgt:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'We received your request',
      text: `Your request about data has come in, by way of ${board}. See who handles it, and by when you get an answer:\n\n${link}\n`,
    }),
  },
  news: {
    nl: (board, link) => ({ subject: 'Er is nieuws over uw verzoek', text: `Er is nieuws over uw verzoek bij ${board}:\n\n${link}\n` }),
    en: (board, link) => ({ subject: 'News about your request', text: `There is news about your request at ${board}:\n\n${link}\n` }),
  },
  to_handle: {
    nl: (board, link) => ({
      subject: 'Een verzoek wacht op de school',
      text: `Iemand vraagt iets over gegevens bij ${board}. De wet geeft er een vaste tijd voor. Bekijk het verzoek:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'A request waits for the school',
      text: `Somebody asks something about data at ${board}. The law sets a time for it. See the request:\n\n${link}\n`,
    }),
  },
  overdue: {
    nl: (board, link) => ({
      subject: 'Een taak over gegevens is te laat',
      text: `De school moest iets weghalen of verbeteren, en de dag is voorbij. Dat is bij ${board}. Bekijk wat er nog moet:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'A task about data is overdue',
      text: `The school had to take something down or put it right, and the day has passed. It is at ${board}. See what is left to do:\n\n${link}\n`,
    }),
  },
  transfer: {
    nl: (board, link) => ({
      subject: 'Een dossier gaat mee naar een andere school',
      text: `Via ${board} gaat een dossier mee naar een andere school. Kijk of het klopt. Wat u erbij zegt, gaat ook mee:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'A dossier goes along to another school',
      text: `Through ${board} a dossier goes along to another school. See whether it is right. What you say about it goes along too:\n\n${link}\n`,
    }),
  },
  incident: {
    nl: (board, link) => ({
      subject: 'Datalek gemeld: kijk nu',
      text: `Bij ${board} is een datalek gemeld. De tijd om te melden loopt. Bekijk het datalek:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'Data leak reported: look now',
      text: `A data leak was reported at ${board}. The time to notify is running. See the leak:\n\n${link}\n`,
    }),
  },
}

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
  const { rows } = await sql<{ person_id: PersonId; email: string; language: 'nl' | 'en' }>`
    select p.person_id, coalesce(a.email, p.email) as email, case when a.language = 'en' then 'en' else 'nl' end as language
    from persons p -- persons_pkey
    left join account_persons ap on ap.board_id = p.board_id and ap.person_id = p.person_id -- account_persons_one_account_per_person
    left join accounts a on a.account_id = ap.account_id
    where p.board_id = ${boardId} and p.person_id = any(${personIds}::uuid[]) and p.erased_at is null
      and coalesce(a.email, p.email) is not null`.execute(tx)
  return await enqueueMails(
    tx,
    deps,
    rows.map(({ person_id, email, language }) => ({
      to: email,
      ...CASE_MAIL_TEXTS[mail][language](name, `${deps.issuer}${path}`),
      dedupKey: `case:${key}:${person_id}`,
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
