import { type Context, Hono } from 'hono'
import { Refusal } from '../../refusal.ts'
import { Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { caseAtDesk, type SeenCase } from './case-view.ts'

const LETTERS = ['receipt', 'extension', 'answer'] as const
type Letter = (typeof LETTERS)[number]

/** The letters of a case, to print for who has no e-mail or likes paper: receipt, extension with its reason, answer. */
export function caseLetterRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/cases/:caseId/letters/:letter', signedInPage, async (c) => {
    const found = await caseAtDesk(c)
    const letter = LETTERS.find((one) => one === c.req.param('letter'))
    if (!letter || (letter === 'extension' && !found.one.extended) || (letter === 'answer' && !found.one.closed))
      throw new Refusal('not_found')
    return show(c, <LetterPage c={c} found={found} letter={letter} />)
  })
  return app
}

function LetterPage({ c, found, letter }: { c: Context<PageEnv>; found: SeenCase; letter: Letter }) {
  const { t, language } = c.var
  const words = t.cases.letter
  const { one, subject, madeBy, desk } = found
  const { boardName, name } = desk.around
  const right = t.cases.rights.kinds[one.kind]
  const datedAt = letter === 'receipt' ? one.receivedAt : letter === 'extension' ? one.extended!.at : one.closed!.at
  return (
    <Page c={c} title={t.cases.school.letter[letter]}>
      <p class="soft no-print">{words.print}</p>
      <div class="letter">
        <p>{boardName}</p>
        <p>
          {words.to(madeBy)}
          <br />
          {dayIn(language, datedAt)}
        </p>
        <Heading>{t.cases.rights.askAbout(right)}</Heading>
        <P>{words.dear(madeBy)}</P>
        <P>
          {words.receipt(right, dayIn(language, one.receivedAt))} {subject !== madeBy && words.about(subject)}
        </P>
        {letter === 'receipt' && <P>{words.due(lastDayIn(language, one.dueAt))}</P>}
        {letter === 'extension' && one.extended && (
          <>
            <P>{words.extension(lastDayIn(language, one.dueAt))}</P>
            <P>{words.because(one.extended.because)}</P>
          </>
        )}
        {letter === 'answer' && one.closed && one.closed.outcome !== 'withdrawn' && (
          <>
            <P>{words.answer(t.cases.school.outcomes[one.closed.outcome])}</P>
            <P>{one.closed.closing}</P>
            {found.duties.map(({ company, kind, dueAt, confirmedAt }) => (
              <P>
                {confirmedAt
                  ? words.done(company, t.cases.rights.duties[kind], dayIn(language, confirmedAt))
                  : words.toDo(company, t.cases.rights.duties[kind], lastDayIn(language, dueAt))}
              </P>
            ))}
          </>
        )}
        {letter !== 'receipt' && <P>{words.complain}</P>}
        <P>{words.regards}</P>
        <p>
          {name}
          <br />
          {boardName}
        </p>
      </div>
    </Page>
  )
}
