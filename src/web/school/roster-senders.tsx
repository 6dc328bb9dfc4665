import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type Holder, holders } from '../../catalog/store.ts'
import { idOf } from '../../http.ts'
import type { BoardId, HolderId } from '../../ids.ts'
import { allowSender, type RosterSender, sendersOf, stopSender } from '../../rosters/senders.ts'
import { P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices } from '../fields.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, signedInForm } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { actOnce, atDesk } from './desk.ts'
import { type RegisterDesk, registerDeskFor } from './register-desk.ts'

const PATH = '/school/roster/senders'
const senderForm = z.strictObject({
  form: formToken,
  board: idOf<BoardId>(),
  holder: idOf<HolderId>(),
  act: z.enum(['allow', 'stop']),
})

/** Which systems may send lists by themselves. */
export function rosterSenderRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.post(PATH, signedInForm, async (c) => {
    const { form, board, holder, act } = await readForm(c, senderForm)
    const desk = registerDeskFor(c, board, 'administer')
    return await actOnce(c, desk, { form, back: '/school/roster', done: act === 'allow' ? 'allowed' : 'stopped' }, () =>
      (act === 'allow' ? allowSender : stopSender)(c.var.deps, desk.around.actor, holder),
    )
  })
  return app
}

export interface Senders {
  allowed: (RosterSender & { name: string })[]
  others: Holder[]
}

export async function sendersAt(c: Context<PageEnv>, desk: RegisterDesk): Promise<Senders> {
  const systems = new Map((await holders(c.var.deps.db)).map((holder) => [holder.holderId, holder]))
  const allowed = await atDesk(c, desk, (tx) => sendersOf(tx, desk.around.actor.boardId))
  const may = new Set(allowed.map(({ holderId }) => holderId))
  return {
    allowed: allowed.map((sender) => ({ ...sender, name: systems.get(sender.holderId)?.name ?? '' })),
    others: [...systems.values()].filter(({ holderId }) => !may.has(holderId)),
  }
}

export function SendersSection({ c, desk, senders: { allowed, others } }: { c: Context<PageEnv>; desk: RegisterDesk; senders: Senders }) {
  const { t, language } = c.var
  const words = t.roster.senders
  const board = desk.around.actor.boardId
  const Hidden = ({ act, holder }: { act: 'allow' | 'stop'; holder?: HolderId }) => (
    <>
      <input type="hidden" name="board" value={board} />
      <input type="hidden" name="act" value={act} />
      {holder && <input type="hidden" name="holder" value={holder} />}
    </>
  )
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.title}</h2>
      <P>{words.intro}</P>
      {allowed.length === 0 && <P>{words.none}</P>}
      {allowed.map(({ holderId, name, allowedAt }) => (
        <div class="card">
          <P>
            {name} <span class="soft">{words.since(dayIn(language, allowedAt))}</span>
          </P>
          {desk.administers && (
            <OnceForm action={PATH}>
              <Hidden act="stop" holder={holderId} />
              <Button primary={false}>{words.stop(name)}</Button>
            </OnceForm>
          )}
        </div>
      ))}
      {desk.administers && others.length > 0 && (
        <details class="more">
          <summary>{words.allow}</summary>
          <div class="more__body">
            <OnceForm action={PATH}>
              <Hidden act="allow" />
              <Choices
                name="holder"
                id={`holder-${board}`}
                label={words.which}
                options={others.map(({ holderId, name }) => ({ value: holderId, text: name }))}
              />
              <Button>{words.allowGo}</Button>
            </OnceForm>
          </div>
        </details>
      )}
    </section>
  )
}
