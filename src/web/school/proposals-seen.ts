import type { Context } from 'hono'
import { PROPOSAL_DECIDERS, PROPOSERS, type Proposal, proposalsOf } from '../../agreements/proposals.ts'
import type { SchoolId } from '../../ids.ts'
import { personsById } from '../../people/store.ts'
import type { Around } from '../around.ts'
import type { PageEnv } from '../page.tsx'
import { nameOf } from './case-view.ts'
import { atDesk } from './desk.ts'

/** Where somebody works with services, or watches over who does. */
export const placesOf = (c: Context<PageEnv>): Around[] =>
  c.var.around.filter(({ mandates }) => mandates.some(({ role }) => PROPOSERS.includes(role) || role === 'dpo'))

/** A proposal as one person sees it. */
export interface SeenProposal {
  around: Around
  proposal: Proposal
  from: string
  mine: boolean
  decides: boolean
}

/** The proposals of one's own, and those of the schools one answers for or watches over. */
export async function seenAt(c: Context<PageEnv>, around: Around): Promise<SeenProposal[]> {
  const { boardId, personId } = around.actor
  const holds = (roles: readonly string[], schoolId: SchoolId | null) =>
    around.mandates.some((mandate) => roles.includes(mandate.role) && (mandate.schoolId === null || mandate.schoolId === schoolId))
  return await atDesk(c, { around }, async (tx) => {
    const proposals = await proposalsOf(tx, boardId)
    const persons = await personsById(
      tx,
      boardId,
      proposals.map(({ proposedBy }) => proposedBy),
    )
    return proposals.flatMap((proposal) => {
      const mine = proposal.proposedBy === personId
      const decides = holds(PROPOSAL_DECIDERS, proposal.schoolId)
      if (!mine && !decides && !holds(['dpo', 'administrator', 'signatory'], proposal.schoolId)) return []
      return [{ around, proposal, from: nameOf(persons.get(proposal.proposedBy)), mine, decides }]
    })
  })
}

/** How many proposals wait for an answer of this person. */
export async function proposalsToSettle(c: Context<PageEnv>): Promise<number> {
  const seen = await Promise.all(placesOf(c).map((around) => seenAt(c, around)))
  return seen.flat().filter(({ proposal, decides }) => decides && !proposal.settled).length
}
