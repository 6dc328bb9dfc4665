import { type Context, Hono } from 'hono'
import type { apiDocument } from '../../openapi.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, page, setLanguage, show } from '../page.tsx'
import { type ApiGroup, type ApiOperation, groupsOf } from './api-groups.ts'
import { apiWords as words } from './api-words.ts'
import { Inline } from './doc-parts.tsx'
import { DocNav } from './docs-pages.tsx'
import { apiInEnglishNl } from './nl/api.ts'
import { API_TITLE } from './overview.ts'

/** The contract as the app makes it, for an issuer. */
export type ContractOf = (issuer: string) => ReturnType<typeof apiDocument>

/** The API reference, drawn on the server from the contract itself: nothing of anybody else's is loaded. */
export function apiReferenceRoutes(contractOf: ContractOf): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/docs/api', page, (c) => {
    setLanguage(c, 'en')
    return show(c, <Overview c={c} groups={groupsOf(contractOf(c.var.deps.issuer))} />)
  })

  app.get('/docs/api/:group', page, (c) => {
    setLanguage(c, 'en')
    const group = groupsOf(contractOf(c.var.deps.issuer)).find(({ slug }) => slug === c.req.param('group'))
    if (!group) throw new Refusal('not_found')
    return show(c, <Group c={c} group={group} />)
  })
  return app
}

/** Says to who chose Dutch why this is not; who chose another language reads so on every page in English or Dutch. */
function InEnglish({ c }: { c: Context<PageEnv> }) {
  if (c.var.chosen !== 'nl') return null
  return (
    <P>
      <span lang="nl">{apiInEnglishNl}</span>
    </P>
  )
}

function Overview({ c, groups }: { c: Context<PageEnv>; groups: ApiGroup[] }) {
  return (
    <Page c={c} title={API_TITLE}>
      <DocNav c={c} />
      <InEnglish c={c} />
      <Heading>{API_TITLE}</Heading>
      <P lead>{words.lead}</P>
      <P>
        <Link href="/v1/openapi.json">{words.contract}</Link>
      </P>
      {groups.map(({ slug, name, description, operations }) => (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">
            <Link href={`/docs/api/${slug}`}>{name}</Link>
          </h2>
          <P>{description}</P>
          <ul class="utrecht-unordered-list">
            {operations.map(({ id, method, path, summary }) => (
              <li class="utrecht-unordered-list__item">
                <a class="utrecht-link utrecht-link--html-a" href={`/docs/api/${slug}#${id}`}>
                  <code class="doc-code">{`${method} ${path}`}</code>
                </a>
                {': '}
                {summary}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Page>
  )
}

function Group({ c, group }: { c: Context<PageEnv>; group: ApiGroup }) {
  return (
    <Page c={c} title={group.name}>
      <DocNav c={c} />
      <InEnglish c={c} />
      <Heading over={API_TITLE}>{group.name}</Heading>
      <P lead>{group.description}</P>
      {group.operations.map((operation) => (
        <Operation operation={operation} />
      ))}
    </Page>
  )
}

function Operation({ operation }: { operation: ApiOperation }) {
  const { id, method, path, summary, description, needs, parameters, body, answers } = operation
  return (
    <article class="card" id={id}>
      <h2 class="utrecht-heading-3 card__title">{summary}</h2>
      <P>
        <code class="doc-code">{`${method} ${path}`}</code>
      </P>
      {description && (
        <P>
          <Inline words={description} />
        </P>
      )}
      {needs && (
        <P>
          <Inline words={needs} />
        </P>
      )}
      {parameters.length > 0 && <Fields title={words.parameters} fields={parameters} />}
      {body.length > 0 && <Fields title={words.body} fields={body} />}
      <h3 class="doc-part">{words.answers}</h3>
      {answers.map(({ status, description: told, fields }) =>
        fields.length === 0 ? (
          <P>
            <strong>{status}</strong> {told}
          </P>
        ) : (
          <details class="more">
            <summary>{`${status} ${told}`}</summary>
            <div class="more__body">
              <Fields title={words.fields} fields={fields} />
            </div>
          </details>
        ),
      )}
    </article>
  )
}

function Fields({ title, fields }: { title: string; fields: ApiOperation['parameters'] }) {
  return (
    <>
      <h3 class="doc-part">{title}</h3>
      <ul class="utrecht-unordered-list">
        {fields.map(({ name, type, required, description }) => (
          <li class="utrecht-unordered-list__item">
            <code class="doc-code">{name}</code> {type}
            {required && `, ${words.required}`}
            {description && `: ${description}`}
          </li>
        ))}
      </ul>
    </>
  )
}
