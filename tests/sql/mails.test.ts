import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTransaction, openDatabase } from '../../src/database.ts'
import type { Deps, Mail } from '../../src/deps.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { enqueueMail } from '../../src/notifications/enqueue.ts'
import { smtpSender } from '../../src/smtp.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'

let broker: TestBroker
beforeEach(async () => {
  broker = await freshBroker()
})
afterEach(() => broker.close())

const mail = (nr: number, dedupKey?: string) =>
  inTransaction(broker.db, { actor: 'operator', boards: [] }, (tx) =>
    enqueueMail(tx, broker.deps, {
      to: `ouder${nr}@gezin.example`,
      subject: 'Code',
      text: `Uw code is 1234${nr}`,
      at: broker.clock.now(),
      ...(dedupKey ? { dedupKey } : {}),
    }),
  )
const rows = () =>
  broker.owner<{ payload: string | null; attempts: number; done: boolean; dead: boolean; waits: Date }[]>`
    select payload, attempts, done_at is not null as done, dead_at is not null as dead, run_at as waits from deliveries order by delivery_id`

describe('Mails go out after the act, and once', () => {
  test('sealed while they wait, erased when they are out (INV-16)', async () => {
    await mail(1)
    const [waiting] = await rows()
    expect(waiting!.payload).not.toContain('1234')
    expect(waiting!.payload).not.toContain('gezin.example')
    expect(await deliverMails(broker.deps)).toBe(1)
    expect(broker.mails).toEqual([{ to: 'ouder1@gezin.example', subject: 'Code', text: 'Uw code is 12341' }])
    expect(await rows()).toMatchObject([{ payload: null, done: true }])
    expect(await deliverMails(broker.deps)).toBe(0)
  })

  test('what rolled back is not sent; a key sends once', async () => {
    const rolledBack = inTransaction(broker.db, { actor: 'operator', boards: [] }, async (tx) => {
      await enqueueMail(tx, broker.deps, { to: 'a@b.example', subject: 's', text: 't', at: broker.clock.now() })
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    expect([await mail(1, 'once'), await mail(2, 'once')]).toEqual([true, false])
    expect(await deliverMails(broker.deps)).toBe(1)
    expect(broker.mails).toHaveLength(1)
  })

  test('two drainers at once send no mail twice and forget none', async () => {
    for (let nr = 0; nr < 60; nr += 1) await mail(nr)
    const db = openDatabase({ url: broker.url, max: 4 })
    const slow = async (sent: Mail) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      broker.mails.push(sent)
    }
    const drainers: Deps[] = [
      { ...broker.deps, sendMail: slow },
      { ...broker.deps, db, sendMail: slow },
    ]
    const counts = await Promise.all(drainers.map(deliverMails))
    await db.destroy()
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60)
    expect(new Set(broker.mails.map(({ to }) => to)).size).toBe(60)
    expect(broker.mails).toHaveLength(60)
  })

  test('a mail that fails is tried again later and later, and given up and erased in the end', async () => {
    await mail(1)
    const deps: Deps = {
      ...broker.deps,
      sendMail: () => Promise.reject(new Error('mailbox ouder1@gezin.example unknown')),
    }
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      expect(await deliverMails(deps)).toBe(0)
      const [row] = await rows()
      expect(row!.attempts).toBe(attempt)
      if (attempt < 10) expect(row!.waits.getTime()).toBeGreaterThan(broker.clock.now().getTime())
      broker.clock.set(new Date(row!.waits.getTime() + 1))
    }
    expect(await rows()).toMatchObject([{ payload: null, done: false, dead: true }])
    expect(await deliverMails(broker.deps)).toBe(0)
  })

  /** A drainer whose mail server keeps it waiting until it is told to fail. */
  function stuck() {
    let fail = () => {}
    let drained: Promise<number> = Promise.resolve(0)
    const sending = new Promise<void>((resolve) => {
      const sendMail = () =>
        new Promise<void>((_, reject) => {
          fail = () => reject(new Error('timeout'))
          resolve()
        })
      drained = deliverMails({ ...broker.deps, sendMail })
    })
    return { sending, fail: () => fail(), drained: () => drained }
  }

  test('a drainer that lost its lease does not set free what the next one is sending', async () => {
    await mail(1)
    const first = stuck()
    await first.sending
    broker.clock.pass({ minutes: 10 })
    const second = stuck()
    await second.sending
    first.fail()
    expect(await first.drained()).toBe(0)
    broker.clock.pass({ minutes: 1 })
    expect(await deliverMails(broker.deps), 'the second still has its lease').toBe(0)
    second.fail()
    expect(await second.drained()).toBe(0)
    broker.clock.pass({ minutes: 1 })
    expect(await deliverMails(broker.deps)).toBe(1)
    expect(broker.mails).toHaveLength(1)
  })
})

describe('Over SMTP', () => {
  test('as plain text to one address, whatever stands in it', async () => {
    const received: { to: string[]; raw: string }[] = []
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, session, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          received.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString() })
          done()
        })
      },
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.server.address() as { port: number }
    const send = smtpSender(`smtp://127.0.0.1:${port}`, 'Toestemmingen <toestemmingen@broker.example>')
    await send({ to: 'nadia@gezin.example', subject: 'Vraag over gegevens — €', text: 'Er staat een vraag voor u klaar.\nGroet' })
    await send({ to: 'a@gezin.example, b@elders.example', subject: 's', text: 't' }).catch(() => {})
    expect(received.flatMap(({ to }) => to)).not.toContain('b@elders.example')
    const parsed = await PostalMime.parse(received[0]!.raw)
    expect(parsed).toMatchObject({ subject: 'Vraag over gegevens — €', from: { address: 'toestemmingen@broker.example' } })
    expect(parsed.text?.trim()).toBe('Er staat een vraag voor u klaar.\nGroet')
    expect(parsed.html).toBeUndefined()
    await new Promise<void>((resolve) => server.close(resolve))
  })
})
