import { startSession } from '../../src/accounts/sessions.ts'
import type { AccountId } from '../../src/ids.ts'
import type { TestBroker } from './broker.ts'
import { formsOf, type PostForm } from './forms.ts'

/** A parent who is signed in and goes to the broker over the network, by script. */
export async function parentOverHttp(broker: TestBroker, accountId: AccountId) {
  const origin = broker.deps.issuer
  const token = await startSession(broker.db, accountId, broker.clock.now(), { method: 'code' })
  const headers = { origin, 'sec-fetch-site': 'same-origin', accept: 'text/html', 'accept-language': 'nl', cookie: `session=${token}` }
  const open = async (path: string) => await (await fetch(origin + path, { headers })).text()
  const send = async ({ action, hidden }: PostForm, chosen: string[][]) =>
    await fetch(origin + action, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams([...hidden, ...chosen]) })
  const formTo = (page: string, path: string) => {
    const form = formsOf(page).find(({ action }) => action === path)
    if (!form) throw new Error(`no form goes to ${path}`)
    return form
  }
  /** The home page says where what waits is to be found. */
  const waiting = async (kind: 'rounds' | 'questions') => {
    const links = (await open('/')).matchAll(new RegExp(`href="(/${kind}/[0-9a-f/-]{36,73})"`, 'g'))
    return [...new Set(Array.from(links, ([, path]) => path!))]
  }

  return {
    /** Answers every question of the year's lists. @returns how many */
    async answersTheYear(answer: 'yes' | 'no'): Promise<number> {
      let answered = 0
      for (const path of await waiting('rounds')) {
        const list = formTo(await open(path), path)
        const questions = list.open.filter(({ name }) => name.startsWith('answer-'))
        const sent = await send(list, [...questions.map(({ name }) => [name, answer]), ['reviewed', '1']])
        if (sent.status !== 303) throw new Error(`${path} was not taken: ${sent.status}`)
        answered += questions.length
      }
      return answered
    },

    /** Answers the questions that stand on their own. @returns how many */
    async answersQuestions(answer: 'yes' | 'no'): Promise<number> {
      const paths = await waiting('questions')
      for (const path of paths) {
        const form = formTo(await open(path), path)
        const sent = await send(form, [
          ['answer', answer],
          ['reviewed', '1'],
        ])
        if (sent.status !== 303) throw new Error(`${path} was not taken: ${sent.status}`)
      }
      return paths.length
    },
  }
}
