import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import type { Mail } from '../deps.ts'

/** A mail server on this machine: whoever sends hears that it came when `keep` has it, once for each receiver. */
export async function startMailServer(keep: (mail: Mail) => Promise<void>) {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        keepEach(
          Buffer.concat(chunks),
          envelope.rcptTo.map(({ address }) => address),
        ).then(() => done(), done)
      })
    },
  })
  const keepEach = async (raw: Buffer, receivers: string[]) => {
    const { subject = '', text = '' } = await PostalMime.parse(raw)
    for (const to of receivers) await keep({ to, subject, text })
  }
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.server.address()
  return {
    url: `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    stop: () => new Promise<void>((closed) => server.close(() => closed())),
  }
}
