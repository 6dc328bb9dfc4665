import type { Context } from 'hono'
import { MOST_AT_ONCE } from '../../people/confirm-authority.ts'
import type { KnownGuardian, Unanswerable, UnknownGuardian } from '../../people/unknown-authority.ts'
import { Link, Notice, P } from '../blocks.tsx'
import { Button, Tick } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'

interface AuthorityFormsProps {
  c: Context<PageEnv>
  place: Record<string, string>
  guardians: UnknownGuardian[]
}

/** Who is ticked has authority; or everybody on the page, by a word of its own. */
export function AuthorityForms({ c, place, guardians }: AuthorityFormsProps) {
  const words = c.var.t.authority
  const where = Object.entries(place).map(([name, value]) => <input type="hidden" name={name} value={value} />)
  const count = String(guardians.length)
  return (
    <>
      {guardians.length >= MOST_AT_ONCE && <P>{words.most(String(MOST_AT_ONCE))}</P>}
      <OnceForm action="/school/authority/group">
        {where}
        {guardians.map(({ guardianshipId, guardian, pupil }) => (
          <Tick name="guardianship" value={guardianshipId} id={`g-${guardianshipId}`} text={words.one(guardian, pupil)} />
        ))}
        <Button>{words.confirm}</Button>
      </OnceForm>
      <div class="apart">
        <P>{words.otherwise}</P>
      </div>
      <details class="more">
        <summary>{words.all}</summary>
        <div class="more__body">
          <P>{words.allIntro}</P>
          <OnceForm action="/school/authority/group">
            {where}
            <input type="hidden" name="listed" value={guardians.map(({ guardianshipId }) => guardianshipId).join(',')} />
            <Tick name="meant" value="yes" id="meant" text={words.allMeant(count)} />
            <Button primary={false}>{words.allConfirm}</Button>
          </OnceForm>
        </div>
      </details>
    </>
  )
}

/** The same guardians for who only reads. */
export function Unknown({ c, guardians }: Pick<AuthorityFormsProps, 'c' | 'guardians'>) {
  return (
    <ul class="utrecht-unordered-list">
      {guardians.map(({ guardian, pupil }) => (
        <li class="utrecht-unordered-list__item">{c.var.t.authority.one(guardian, pupil)}</li>
      ))}
    </ul>
  )
}

/** Of whom a colleague found it out since the page was made: it was left so. */
export function KnownMeanwhile({ c, known }: { c: Context<PageEnv>; known: KnownGuardian[] }) {
  const words = c.var.t.authority
  return (
    <Notice kind="warning">
      <P>{words.knownMeanwhile}</P>
      <ul class="utrecht-unordered-list">
        {known.map(({ guardian, pupilId, pupil, authority }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={`/school/people/${pupilId}`}>{words.one(guardian, pupil)}</Link>{' '}
            <span class="soft">{words.nowKnown[authority ?? 'gone']}</span>
          </li>
        ))}
      </ul>
    </Notice>
  )
}

/** The pupils nobody may answer for, as everybody who works on it sees them. */
export function Nobody({ c, nobody: { count, pupils } }: { c: Context<PageEnv>; nobody: { count: number; pupils: Unanswerable[] } }) {
  const words = c.var.t.authority
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.nobody(String(count))}</h2>
      <P>{words.nobodyIntro}</P>
      {count > pupils.length && <P>{words.nobodySome(String(pupils.length))}</P>}
      <ul class="utrecht-unordered-list">
        {pupils.map(({ personId, name, school, groupName, why }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={`/school/people/${personId}`}>{name}</Link>{' '}
            <span class="soft">{[school, groupName, words.why[why]].filter(Boolean).join(', ')}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
