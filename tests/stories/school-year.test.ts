import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { runBoardJobs } from '../../src/board-jobs.ts'
import { runLongWork } from '../../src/long-work.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { imageFields } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { addFamilies } from '../support/more-families.ts'
import { signIn } from '../support/signed-in.ts'
import { tellWorld } from '../support/told-world.ts'
import type { Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let round = ''
let nextRound = ''
beforeAll(async () => {
  broker = await freshBroker({ at: '2026-09-01T10:00:00+02:00' })
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  app = createApp(() => broker.deps)
  await addFamilies(broker, world, [
    { given: 'Sem', group: 'Groep 7', guardians: [{ given: 'Kees' }] },
    { given: 'Daan', group: 'Groep 7', guardians: [{ given: 'Tom', email: 'tom@gezin.example' }] },
    { given: 'Yara', group: 'Groep 8', guardians: [{ given: 'Samira', email: 'samira@gezin.example', authority: 'unknown' }] },
  ])
})
afterAll(() => broker.close())

const enter = (who: 'mirjam' | 'joost' | 'nadia' | 'karim') => signIn(broker, app, world.people[who].email)
const send = async (who: Visitor, page: string, action: string, fields: Record<string, string | string[]> = {}): Promise<Seen> =>
  await who.post(action, { ...(await who.get(page)).fields(action), ...fields })
/** The days go by: what comes with time is done each morning. */
const daysPass = async (days: number) => {
  for (let day = 0; day < days; day++) {
    broker.clock.pass({ days: 1 })
    await runBoardJobs(broker.deps)
    await runLongWork(broker.deps)
    await deliverMails(broker.deps)
  }
}
const mailsSince = (before: number, subject: string) =>
  broker.mails
    .slice(before)
    .filter((mail) => mail.subject.startsWith(subject))
    .map(({ to }) => to)
    .sort()
const consentOf = async (given: string, channel: string, of = round) => {
  const [row] = await broker.owner<{ consent_id: string }[]>`
    select c.consent_id from consents c join items i using (board_id, item_id) join persons p on p.person_id = c.subject_id
    where i.round_id = ${of.slice(-36)} and i.image_channel = ${channel} and p.given_name = ${given} and c.ended_at is null`
  return row!.consent_id
}
describe('A year of one round (K04, P24, D01)', () => {
  test('in September the school leader makes it, and sends it to everybody', async () => {
    const mirjam = await enter('mirjam')
    const made = await send(mirjam, '/school/rounds/new', '/school/rounds/new', {
      title: 'Ouderovereenkomst 2026-2027',
      year: 'this',
      kind: 'pupil',
      where: world.boardId,
      undertakings: 'Wij delen niet meer dan nodig is.',
    })
    round = made.path.split('?')[0]!
    for (const channel of ['website', 'Instagram']) await send(mirjam, `${round}/add/image`, `${round}/add/image`, imageFields(channel))
    await send(mirjam, `${round}/audience`, `${round}/audience/save`, { school: world.schoolId })
    const look = await mirjam.get(`${round}/publish`)
    expect(look.words).toContain('Leerlingen voor wie niemand mag antwoorden: 1.')
    expect(look.words).toContain('Mensen zonder mailadres: 1.')
    const before = broker.mails.length
    await mirjam.post(`${round}/publish`, look.fields(`${round}/publish`))
    await broker.settled()
    expect(mailsSince(before, 'Een vraag via'), 'one mail each, however many questions').toEqual([
      'karim@gezin.example',
      'nadia@gezin.example',
      'tom@gezin.example',
    ])
  })

  test('a mother answers on her phone, each question on its own', async () => {
    const nadia = await enter('nadia')
    for (const [channel, answer] of [
      ['website', 'yes'],
      ['Instagram', 'no'],
    ] as const) {
      const path = `/questions/${await consentOf('Fatima', channel)}`
      await nadia.post(path, { ...(await nadia.get(path)).fields(path), answer, reviewed: '1' })
    }
    const mirjam = await enter('mirjam')
    expect((await mirjam.get(round)).words).toContain('2 van de 8 vragen hebben een antwoord.')
  })

  test('a father without a mail address gets a letter, fills it in, and the secretary’s office enters it with its own name', async () => {
    const joost = await enter('joost')
    const list = await joost.get(`${round}/letters`)
    expect(list.words).toContain('Kees Jansen Sem Jansen, Groep 7')
    await joost.post(`${round}/letters`, list.fields(`${round}/letters`))
    await broker.settled()
    const run = new RegExp(`${round}/letters/[0-9a-f-]{36}`).exec((await joost.get(`${round}/letters`)).html)![0]
    const printed = await joost.get(`${run}/print?part=0`)
    expect(printed.words).toContain('Zet bij elke vraag een kruis bij ja of bij nee.')
    const [sem] = await broker.owner`select person_id from persons where given_name = 'Sem'`
    const [kees] = await broker.owner`select person_id from persons where given_name = 'Kees'`
    const path = `${round}/pupils/${sem!.person_id}`
    const saved = await send(joost, path, path, {
      decider: kees!.person_id,
      method: 'paper',
      language: 'nl',
      [`answer-${await consentOf('Sem', 'website')}`]: 'yes',
      [`answer-${await consentOf('Sem', 'Instagram')}`]: 'no',
    })
    expect(saved.words).toContain('Bewaard, met uw naam erbij.')
    const rows = await broker.owner`select method, recorded_by from answers where decider_id = ${kees!.person_id}`
    expect(rows).toEqual([1, 2].map(() => ({ method: 'paper', recorded_by: world.people.joost.id })))
  })

  test('a week later only who has not answered is reminded: not who said yes, not who was said no to', async () => {
    const before = broker.mails.length
    await daysPass(8)
    expect(mailsSince(before, 'Er wacht nog een vraag')).toEqual(['tom@gezin.example'])
  })

  test('the father of Fatima says no where the mother said yes: a conflict on the work list, with whom to call', async () => {
    const karim = await enter('karim')
    const path = `/questions/${await consentOf('Fatima', 'website')}`
    await karim.post(path, { ...(await karim.get(path)).fields(path), answer: 'no', reviewed: '1' })
    const mirjam = await enter('mirjam')
    expect((await mirjam.get(round)).words).toContain('Ouders zijn het niet eens bij zoveel vragen: 1.')
    const work = await mirjam.get('/school/work')
    expect(work.words).toContain(
      'Ouders zijn het niet eens Bel de ouders. Tot zij het eens zijn, wordt er niets gedeeld. Fatima Amrani, Groep 6',
    )
    expect(work.words).toContain('Leerlingen voor wie niemand mag beslissen: 1')
    expect(work.words).toContain('Yara Jansen De Regenboog, Groep 8, niemand heeft gezag')
    const pupil = await mirjam.get(`${round}/pupils/${world.people.fatima.id}`)
    expect(pupil.words).toContain('Karim Amrani: karim@gezin.example')
    expect(pupil.words).toContain('niet eens')
  })

  test('three weeks after it went out the last reminder of itself, to who is still silent', async () => {
    const before = broker.mails.length
    await daysPass(30)
    expect(mailsSince(before, 'Er wacht nog een vraag')).toEqual(['tom@gezin.example'])
  })

  test('in April next year’s round is made from this year’s, changed, and sent; nobody is told before May', async () => {
    broker.clock.set('2027-04-12T10:00:00+02:00')
    const mirjam = await enter('mirjam')
    const made = await send(mirjam, '/school/rounds', `${round}/next`)
    expect(made.words).toContain('De ronde van volgend jaar staat klaar.')
    expect(made.words).toContain('Ouderovereenkomst 2027-2028')
    expect(made.words).toContain('Ouders kunnen antwoorden vanaf 1 mei 2027.')
    nextRound = made.path.split('?')[0]!
    const [instagram] =
      await broker.owner`select item_id from items where round_id = ${nextRound.slice(-36)} and image_channel = 'Instagram'`
    const page = await mirjam.get(nextRound)
    await mirjam.post(`${nextRound}/drop`, { ...page.fields(`${nextRound}/drop`), item: instagram!.item_id })
    expect((await mirjam.get(nextRound)).words).toContain('Niet meegekomen van vorig jaar Foto’s: Instagram Dit haalde u zelf weg.')
    await send(mirjam, `${nextRound}/audience`, `${nextRound}/audience/save`, { school: world.schoolId })
    const look = await mirjam.get(`${nextRound}/publish`)
    expect(look.words).toContain('De mail gaat uit op 1 mei 2027.')
    const before = broker.mails.length
    await mirjam.post(`${nextRound}/publish`, look.fields(`${nextRound}/publish`))
    await broker.settled()
    await daysPass(15)
    expect(mailsSince(before, 'Een vraag via')).toEqual([])
    const nadia = await enter('nadia')
    expect((await nadia.get(`/questions/${await consentOf('Fatima', 'website', nextRound)}`)).status).toBe(404)
  })

  test('from 1 May they can answer', async () => {
    const before = broker.mails.length
    broker.clock.set('2027-04-30T09:00:00+02:00')
    await daysPass(2)
    expect(mailsSince(before, 'Een vraag via')).toEqual(['karim@gezin.example', 'nadia@gezin.example', 'tom@gezin.example'])
    const nadia = await enter('nadia')
    const path = `/questions/${await consentOf('Fatima', 'website', nextRound)}`
    await nadia.post(path, { ...(await nadia.get(path)).fields(path), answer: 'yes', reviewed: '1' })
  })

  test('from June the work list shows what stops on 1 August; nothing is renewed by itself', async () => {
    const mirjam = () => enter('mirjam')
    broker.clock.set('2027-05-31T12:00:00+02:00')
    expect((await (await mirjam()).get('/school/work')).words).not.toContain('Dit stopt na')
    broker.clock.set('2027-06-01T12:00:00+02:00')
    const june = await (await mirjam()).get('/school/work')
    expect(june.words).toContain('Dit stopt na 31 juli 2027.')
    expect(june.words).toContain('Foto’s: website leerlingen met een antwoord: 2. U vraagt dit opnieuw.')
    expect(june.words).toContain('Foto’s: Instagram leerlingen met een antwoord: 2. U vraagt dit niet opnieuw.')
    broker.clock.set('2027-08-01T00:00:00+02:00')
    const states = await broker.owner<{ ended: boolean }[]>`
      select i.ends_at <= ${broker.clock.now()} as ended from items i where i.round_id = ${round.slice(-36)} and i.dropped_at is null`
    expect(states.every(({ ended }) => ended)).toBe(true)
    expect((await (await mirjam()).get(nextRound)).words).toContain('1 van de 4 vragen hebben een antwoord.')
  })
})
