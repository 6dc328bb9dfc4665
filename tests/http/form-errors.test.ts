import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { ConsentId } from '../../src/ids.ts'
import { printInvitation } from '../../src/people/invitations.ts'
import { asked } from '../support/asked.ts'
import { asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { signIn } from '../support/signed-in.ts'
import { type Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let nobody: Visitor
let nadia: Visitor
let karim: Visitor
let question: ConsentId
let round: string
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  const app = createApp(() => broker.deps)
  nobody = new Visitor(app, { origin: broker.deps.issuer })
  nadia = await signIn(broker, app, world.people.nadia.email)
  question = await asked(broker, world)
  const { roundId } = await asking(broker, world).round([imageItem('website'), imageItem('folder')])
  round = `/rounds/${roundId}/${world.people.fatima.id}`
  // Karim comes in with a letter and has no address here.
  await broker.owner`delete from account_persons where person_id = ${world.people.karim.id}`
  const code = await printInvitation(broker.deps, world.people.mirjam.actor, world.people.karim.id)
  karim = new Visitor(app, { origin: broker.deps.issuer })
  await karim.post('/sign-in/letter', { ...(await karim.get('/sign-in/letter')).fields('/sign-in/letter'), code })
})
afterAll(() => broker.close())

interface Form {
  who: () => Visitor
  page: () => string
  action: () => string
  wrong: Record<string, string | string[]>
  /** The field at which it is told. */
  field: string | RegExp
}

const at = (path: string) => () => path
const forms: Record<string, Form> = {
  'an address that is none': {
    who: () => nobody,
    page: at('/sign-in'),
    action: at('/sign-in'),
    wrong: { email: 'geen adres' },
    field: 'email',
  },
  'a code from a letter that is none': {
    who: () => nobody,
    page: at('/sign-in/letter'),
    action: at('/sign-in/letter'),
    wrong: { code: 'geen-code' },
    field: 'code',
  },
  'an address for an account without one': {
    who: () => karim,
    page: at('/account'),
    action: at('/account/address'),
    wrong: { email: 'geen adres' },
    field: 'email',
  },
  'no invitation': { who: () => nadia, page: at('/invitation'), action: at('/invitation'), wrong: { code: ' ' }, field: 'code' },
  'an invitation that is not valid': {
    who: () => nadia,
    page: at('/invitation'),
    action: at('/invitation'),
    wrong: { code: 'dit-is-geen-uitnodiging' },
    field: 'code',
  },
  'neither yes nor no': {
    who: () => nadia,
    page: () => `/questions/${question}`,
    action: () => `/questions/${question}`,
    wrong: { enter: '1' },
    field: 'answer',
  },
  'a last day that is over': {
    who: () => nadia,
    page: () => `/questions/${question}`,
    action: () => `/questions/${question}`,
    wrong: { answer: 'yes', until: '2020-01-31' },
    field: 'until',
  },
  'a last day typed as text': {
    who: () => nadia,
    page: () => `/questions/${question}`,
    action: () => `/questions/${question}`,
    wrong: { answer: 'yes', until: '31-01-2027' },
    field: 'until',
  },
  'a yes that leaves everything out': {
    who: () => nadia,
    page: () => `/questions/${question}`,
    action: () => `/questions/${question}`,
    wrong: { answer: 'yes', without: ['arithmetic-results', 'practice-time'] },
    field: 'narrow',
  },
  'nothing asked of the school': {
    who: () => nadia,
    page: () => `/questions/${question}/ask`,
    action: () => `/questions/${question}/ask`,
    wrong: { question: ' ' },
    field: 'question',
  },
  'a right of somebody who is not there': {
    who: () => nadia,
    page: at('/rights/ask/rectification'),
    action: at('/rights/ask/rectification'),
    wrong: { who: 'x', words: 'Mijn naam klopt niet.' },
    field: 'who',
  },
  'a round without any answer': { who: () => nadia, page: () => round, action: () => round, wrong: {}, field: /^answer-/ },
}

const textOf = (html: string) => html.replace(/<[^>]+>/g, '').trim()

/** Of every error on top: where it leads, what it says, and whether the same is said there, tied to what is filled in. */
function errorsIn({ html }: Seen): { field: string; atField: boolean; tied: boolean }[] {
  const summary = /<div[^>]*role="alert".*?<\/ul>/s.exec(html)?.[0] ?? ''
  return Array.from(summary.matchAll(/<a[^>]*href="#([^"]+)"[^>]*>(.*?)<\/a>/gs), ([, field, sentence]) => {
    const there = new RegExp(`id="${field}-error"[^>]*>(.*?)</div>`, 's').exec(html)?.[1]
    return {
      field: field!,
      atField: html.includes(`id="${field}"`) && there !== undefined && textOf(there) === textOf(sentence!),
      tied: new RegExp(`aria-describedby="[^"]*\\b${field}-error`).test(html),
    }
  })
}

describe('What is wrong with a form stands on top and at its field, and what was typed is kept', () => {
  test.each(Object.entries(forms))('%s', async (_, { who, page, action, wrong, field }) => {
    const visitor = who()
    const fields = (await visitor.get(page())).fields(action())
    const seen = await visitor.post(action(), { ...fields, ...wrong })
    expect(seen.status).toBe(400)
    expect(seen.headers.get('content-type')).toContain('text/html')
    const errors = errorsIn(seen)
    expect(errors.length).toBeGreaterThan(0)
    for (const error of errors) expect(error).toMatchObject({ atField: true, tied: true })
    expect(errors.some((error) => (typeof field === 'string' ? error.field === field : field.test(error.field)))).toBe(true)
    for (const typed of Object.values(wrong).flat()) {
      if (typed.trim().length > 3) expect(seen.html, 'kept').toContain(typed)
    }
    expect(seen.html, 'said in the title too, for who hears it').toMatch(/<title>Fout: /)
  })
})
