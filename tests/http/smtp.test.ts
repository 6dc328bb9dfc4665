import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { smtpSender } from '../../src/smtp.ts'

let server: SMTPServer
let refuse: boolean
let received: { mail: Email; to: string[] }[]
let send: ReturnType<typeof smtpSender>

beforeEach(async () => {
  received = []
  refuse = false
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_, __, done) => done(refuse ? new Error('no such mailbox') : null),
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          received.push({ mail, to: envelope.rcptTo.map(({ address }) => address) })
          done()
        })
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  send = smtpSender(`smtp://127.0.0.1:${port}`, 'Toestemmingen <toestemmingen@broker.example>')
})
afterEach(() => new Promise<void>((resolve) => server.close(resolve)))

describe('Mail over SMTP', () => {
  test('comes out as it went in', async () => {
    await send({
      to: 'nadia@gezin.example',
      subject: 'Er is een vraag – «Reken Plus»',
      text: 'Beste Nadia,\n\nKijk op https://broker.example/\n',
    })
    expect(received).toHaveLength(1)
    const [{ mail, to }] = received as [(typeof received)[0]]
    expect(to).toEqual(['nadia@gezin.example'])
    expect(mail.subject).toBe('Er is een vraag – «Reken Plus»')
    expect(mail.text).toContain('Beste Nadia,')
    expect(mail.from).toMatchObject({ name: 'Toestemmingen', address: 'toestemmingen@broker.example' })
    expect(mail.html).toBeUndefined()
  })

  test.each(['nadia@gezin.example, els@elders.example', 'nadia@gezin.example\r\nBcc: els@elders.example', '"x" <els@elders.example>'])(
    'an address that tries to be more than one (%j) reaches nobody else',
    async (to) => {
      await send({ to, subject: 'code', text: '123456' }).catch(() => {})
      expect(received.flatMap((mail) => mail.to)).not.toContain('els@elders.example')
    },
  )

  test('a subject cannot bring headers', async () => {
    await send({ to: 'nadia@gezin.example', subject: 'vraag\r\nBcc: els@elders.example', text: 'x' })
    expect(received.flatMap(({ to }) => to)).toEqual(['nadia@gezin.example'])
    expect(received[0]?.mail.bcc ?? []).toEqual([])
  })

  test('a mail server that refuses makes it fail, so that it is tried again', async () => {
    refuse = true
    await expect(send({ to: 'nadia@gezin.example', subject: 'x', text: 'x' })).rejects.toThrow()
  })
})
