import type { Context } from 'hono'
import { readCookie } from '../../accounts/cookies.ts'
import { supplierById } from '../../catalog/store.ts'
import { latestPerDecider } from '../../consents/outcome.ts'
import { itemText, keepShown, type Question, type ShownText, shownBefore } from '../../consents/shown-text.ts'
import { inTransaction } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { InteractionId } from '../../ids.ts'
import { askOf, type InBrowser, type PushedRequest, pushedIn } from '../../oauth/pushed-request.ts'
import { grantToReplace } from '../../oauth/replace-grant.ts'
import { Refusal, type RefusalCode } from '../../refusal.ts'
import { presentQuestion } from '../../requests/ask-present.ts'
import type { Around, Subject } from '../around.ts'
import type { PageEnv } from '../page.tsx'

/** A pushed request as it lies open in this browser, and about whom this account may decide it. */
export interface OpenRequest {
  inBrowser: InBrowser
  pushed: PushedRequest
  supplier: string
  choices: Choice[]
}

export interface Choice {
  around: Around
  subject: Subject
}

/** @throws Refusal `authorization_over` */
export async function openRequest(c: Context<PageEnv>): Promise<OpenRequest> {
  const { deps, around } = c.var
  const id = idOf<InteractionId>().safeParse(c.req.param('interactionId'))
  if (!id.success) throw new Refusal('authorization_over')
  const inBrowser = { interactionId: id.data, browser: readCookie(c, 'browser') }
  const pushed = await pushedIn(deps.db, inBrowser, deps.now())
  const supplier = await supplierById(deps.db, pushed.supplier_id)
  return {
    inBrowser,
    pushed,
    supplier: supplier?.legalName ?? '',
    choices: await choicesFor(c, pushed, around),
  }
}

/**
 * Everybody this account may give for; of a grant to replace only the one it is about.
 *
 * @throws Refusal `authorization_over` when the grant to replace is over, or of others
 */
async function choicesFor(c: Context<PageEnv>, pushed: PushedRequest, around: Around[]): Promise<Choice[]> {
  const choices: Choice[] = []
  let replaceable = false
  for (const one of around) {
    const { boardId } = one.actor
    const replaced = async () =>
      await inTransaction(c.var.deps.db, { actor: 'account', boards: [boardId] }, (tx) =>
        grantToReplace(tx, c.var.deps.now(), boardId, pushed),
      )
    const old = pushed.replaces ? await replaced() : undefined
    replaceable ||= old !== undefined
    const subjects = one.subjects.filter(({ mayGive, personId }) => mayGive && (!pushed.replaces || personId === old?.subjectId))
    choices.push(...subjects.map((subject) => ({ around: one, subject })))
  }
  if (pushed.replaces && !replaceable) throw new Refusal('authorization_over')
  return choices
}

/** Where the forms of its pages lead: the policy names the origin and nothing of the path. */
export const leadsTo = ({ pushed }: OpenRequest): string => new URL(pushed.redirect_uri).origin

/** What would be asked about this subject, as it is shown; or why it cannot be asked. */
export type ShownQuestion =
  | {
      shown: ShownText
      employee: boolean
      before: { answer: 'yes' | 'no'; answeredAt: Date } | null
      /** What was shown under the hash that came back. */
      shownBefore: Question | undefined
    }
  | { cannot: RefusalCode }

export async function questionAbout(
  c: Context<PageEnv>,
  { pushed }: OpenRequest,
  { around, subject }: Choice,
  hash?: Uint8Array,
): Promise<ShownQuestion> {
  const { deps, language } = c.var
  const { boardId, personId } = around.actor
  try {
    return await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
      const question = await presentQuestion(tx, deps.now(), askOf(pushed), { boardId, subjectId: subject.personId })
      const item = 'asked' in question ? question.asked.item : question.item
      const shown = await itemText(tx, item, language)
      await keepShown(tx, item, shown, deps.now())
      const before = hash && (await shownBefore(tx, boardId, item.itemId, hash))
      if (!('asked' in question)) return { shown, employee: question.ids.subjectKind === 'employee', before: null, shownBefore: before }
      const { answers, question: about } = question.asked
      const mine = latestPerDecider(answers).find(({ deciderId }) => deciderId === personId)
      return { shown, employee: about.subject.kind === 'employee', before: mine ?? null, shownBefore: before }
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { cannot: error.code }
  }
}
