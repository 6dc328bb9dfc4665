import { startOfAmsterdamDay } from '../../clock.ts'
import type { Question } from '../../consents/shown-text.ts'
import { isTranslation, type Language } from '../../languages.ts'
import type { Subject } from '../around.ts'
import { Link } from '../blocks.tsx'
import { dayIn, listIn } from '../texts/dates.ts'
import { namedIn } from '../texts/isolated.ts'
import type { Messages } from '../texts/shape.ts'
import type { Brief } from './brief.ts'

interface AskedAbout {
  t: Messages
  question: Brief
  subject: Pick<Subject, 'name' | 'isMe'>
}

/** What is asked, or told, in one sentence. */
export function askedIn({ t, question, subject }: AskedAbout, data = dataIn(question), channel = question.image?.channel ?? ''): string {
  const { image } = question
  if (image) {
    const medium = t.question.media[image.medium]
    return subject.isMe ? t.question.askImageYours(medium, channel) : t.question.askImage(medium, subject.name, channel)
  }
  const asker = askerOf(question)
  if (question.basis !== 'consent') {
    return subject.isMe ? t.question.toldSeeYours(asker, data) : t.question.toldSee(asker, data, subject.name)
  }
  return subject.isMe ? t.question.askSeeYours(asker, data) : t.question.askSee(asker, data, subject.name)
}

/** The same where it is read: in a translation the words that stay Dutch are said to be Dutch. */
export function Asked(props: AskedAbout) {
  const { question } = props
  if (!isTranslation(question.language)) return <>{askedIn(props)}</>
  const [before = '', after = ''] = askedIn(props, HERE, HERE).split(HERE)
  return (
    <>
      {before}
      {question.image ? <Written language={question.language}>{question.image.channel}</Written> : <Data of={question} />}
      {after}
    </>
  )
}

/** A character for private use: no sentence has it. */
const HERE = '\uE000'

export function askerOf({ supplier, board, language }: Brief): string {
  return namedIn(language, supplier?.legalName ?? board)
}

type Named = Pick<Brief, 'data' | 'language'>

/** The names of data, as a list in their own language. */
export function dataIn(of: Named): string {
  return listIn(
    languageOfData(of),
    of.data.map(({ name }) => name),
  )
}

/** The same where it is read: in a translation Dutch names are said to be Dutch. */
export function Data({ of }: { of: Named }) {
  return languageOfData(of) === of.language ? <>{dataIn(of)}</> : <InDutch language={of.language}>{dataIn(of)}</InDutch>
}

/**
 * A holder names its data in Dutch and English; what a company gathers by itself goes by our own word for its kind, which is
 * there in every language.
 */
export function languageOfData({ data, language }: Named): Language {
  return isTranslation(language) && data.some(({ name, category }) => name !== category) ? 'nl' : language
}

/** How sensitive data are, and whether the law counts them among the special ones. */
export function sensitivityOf({ question: words }: Messages, { sensitivity, special }: Question['data'][number]): string {
  return [words.sensitivity[sensitivity], special && words.specialKind].filter(Boolean).join(', ')
}

export const lastDayOf = (language: Language, { period }: Brief): string => dayIn(language, startOfAmsterdamDay(period.until))

/** What a supplier or school wrote in Dutch only, said to be Dutch on a page in another language (WCAG 3.1.2). */
export function InDutch({ language, children }: { language: Language; children: string }) {
  if (language === 'nl') return <>{children}</>
  return (
    <span lang="nl" dir="ltr">
      {children}
    </span>
  )
}

/** What there is in Dutch and in English, on a page in another language. */
export function Written({ language, children }: { language: Language; children: string }) {
  return isTranslation(language) ? <InDutch language={language}>{children}</InDutch> : <>{children}</>
}

/** Only what leads to the web: a leaflet's link is checked where it comes in, and again where it is shown. */
export function LeafletLink({ href, text }: { href: string; text: string }) {
  return /^https?:/.test(href) ? (
    <div>
      <Link href={href}>{text}</Link>
    </div>
  ) : null
}
