import { type Context, Hono } from 'hono'
import { INVITATION_DAYS, printInvitation } from '../../people/invitations.ts'
import { paperCodeOf } from '../../people/paper-code.ts'
import { attempt } from '../attempt.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { secretOf } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm } from '../page.tsx'
import { lastDayIn } from '../texts/dates.ts'
import { orHowItIsNow } from './overtaken.tsx'
import { inviteForm, personPage } from './person-page.tsx'
import { personAtDesk } from './register-desk.ts'

/** A letter with a code, to print. Answers the form without a redirect: the code is kept nowhere, and only the form makes it again. */
export function letterRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.post('/school/people/:personId/letter', signedInForm, async (c) => {
    const { deps } = c.var
    const { form, seen } = await readForm(c, inviteForm)
    const { desk, person } = await personAtDesk(c)
    const { actor, boardName } = desk.around
    const ofForm = paperCodeOf(Buffer.from(secretOf(c, form, `letter ${person.personId}`), 'base64url'))
    return await orHowItIsNow(
      c,
      [],
      async () => {
        const code = await attempt(c, actor, 'organisation', () => printInvitation(deps, actor, person.personId, { code: ofForm, seen }))
        return show(c, <LetterPage c={c} person={person} boardName={boardName} code={code} />)
      },
      (overtaken) => personPage(c, { overtaken }),
    )
  })
  return app
}

interface LetterProps {
  c: Context<PageEnv>
  person: { personId: string; name: string }
  boardName: string
  code: string
}

function LetterPage({ c, person, boardName, code }: LetterProps) {
  const { t, language, deps } = c.var
  const words = t.people
  const until = new Date(deps.now().getTime() + INVITATION_DAYS * 86_400_000)
  return (
    <Page c={c} title={words.letterTitle}>
      <div class="no-print">
        <Heading>{words.letterTitle}</Heading>
        <Notice kind="warning">{words.letterOnce}</Notice>
        <P>{words.letterGive}</P>
      </div>
      <article class="card letter">
        <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.letterTo(person.name)}</h2>
        <P>{words.letterText(boardName, deps.issuer.replace(/^https?:\/\//, ''))}</P>
        <ol class="utrecht-ordered-list">
          <li class="utrecht-ordered-list__item">{words.letterSteps.first}</li>
          <li class="utrecht-ordered-list__item">{words.letterSteps.second}</li>
          <li class="utrecht-ordered-list__item">{words.letterSteps.third}</li>
        </ol>
        <p class="letter__code">{code}</p>
        <P>{words.letterUntil(lastDayIn(language, until))}</P>
        <P>{words.letterHelp}</P>
      </article>
      <p class="no-print">
        <Link href={`/school/people/${person.personId}`}>{words.letterBack}</Link>
      </p>
    </Page>
  )
}
