import type { Context } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import type { BoardId } from '../../../ids.ts'
import { Heading, Link, P } from '../../blocks.tsx'
import { Button, Choices } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { OnceForm } from '../../once-form.tsx'
import type { PageEnv } from '../../page.tsx'
import type { SupplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'

/** A form that was not taken: which fields are wrong, and what was typed. */
export interface Again {
  wrong: Set<string>
  typed: Record<string, string>
}

interface Told {
  c: Context<PageEnv>
  desk: SupplierDesk
  path: 'demand' | 'forward'
  words: { do: string; lead: string; noBoards: string; send: string }
  /** The schools it can be told to. */
  boards: { boardId: BoardId; name: string }[]
  /** Of each field that can be wrong what is said then. */
  sentences: Record<string, string>
  again: Again
}

/** What a supplier has to tell one school: which school, then the fields of what it is. */
export function TellPage({ c, desk, path, words, boards, sentences, again: { wrong, typed }, children }: PropsWithChildren<Told>) {
  const { forward } = c.var.t.supplierDuties
  const errors = Object.entries(sentences).flatMap(([field, sentence]) => (wrong.has(field) ? [{ field, sentence }] : []))
  return (
    <Page c={c} title={words.do} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{words.do}</Heading>
      <P lead>{boards.length === 0 ? words.noBoards : words.lead}</P>
      {boards.length > 0 && (
        <OnceForm action={`${desk.path}/duties/${path}`}>
          <Choices
            name="board"
            label={forward.board}
            chosen={typed.board ?? ''}
            options={boards.map(({ boardId, name }) => ({ value: boardId, text: name }))}
          />
          {children}
          <Button>{words.send}</Button>
        </OnceForm>
      )}
      <p class="links">
        <Link href={`${desk.path}/duties`}>{forward.back}</Link>
      </p>
    </Page>
  )
}
