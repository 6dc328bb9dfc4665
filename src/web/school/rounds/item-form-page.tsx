import { type Context, Hono } from 'hono'
import { purposeName } from '../../../catalog/purposes.ts'
import { candidatesFor } from '../../../consents/candidates.ts'
import { addItem } from '../../../consents/draft-items.ts'
import type { Item } from '../../../consents/item.ts'
import type { ItemId } from '../../../ids.ts'
import { writtenIn } from '../../../languages.ts'
import { Refusal, type RefusalCode } from '../../../refusal.ts'
import { Fact, Heading, Link, Notice, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Choices, Field, Group, TextArea, Tick } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { OnceForm } from '../../once-form.tsx'
import { type PageEnv, show, signedInForm, signedInPage } from '../../page.tsx'
import { publicCodeOf } from '../../texts/public-code.ts'
import { actOnce, atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { BASES, type ItemFields, itemIn, readItemForm, type Source, startingWith, typedAs } from './item-form.ts'
import { type AtRound, changerOf, itemOfPath, itemThatWas, ownRound, pathOf } from './round-desk.ts'

/** The words and data of one item of a draft: new, or in the place of another. */
export function itemFormRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds/:roundId/add/:source', signedInPage, async (c) => {
    const at = await ownRound(c)
    const source = await sourceNamed(c, at, c.req.param('source'))
    return show(c, formPage(c, at, { source, fields: startingWith(c.var.t, source) }))
  })

  app.post('/school/rounds/:roundId/add/:source', signedInForm, async (c) => {
    const at = await ownRound(c)
    return await save(c, at, { source: await sourceNamed(c, at, c.req.param('source')) })
  })

  app.get('/school/rounds/:roundId/items/:itemId/change', signedInPage, async (c) => {
    const at = await ownRound(c)
    const item = itemOfPath(c, at)
    return show(c, formPage(c, at, { source: await sourceOf(c, at, item), item, fields: typedAs(item) }))
  })

  app.post('/school/rounds/:roundId/items/:itemId/change', signedInForm, async (c) => {
    const at = await ownRound(c)
    const item = await itemThatWas(c, at)
    return await save(c, at, { source: await sourceOf(c, at, item), item })
  })
  return app
}

async function sourceNamed(c: Context<PageEnv>, { desk, round }: AtRound, name: string): Promise<Source> {
  if (name === 'image') return 'image'
  const candidates = await atDesk(c, desk, (tx) => candidatesFor(tx, desk.around.actor.boardId, round, c.var.deps.now()))
  const candidate = candidates.find(({ key }) => key === name)
  if (!candidate) throw new Refusal('item_not_found')
  return candidate
}

async function sourceOf(c: Context<PageEnv>, at: AtRound, item: Item): Promise<Source> {
  if (!item.serviceId) return 'image'
  return await sourceNamed(c, at, item.holderId ? `data.${item.serviceId}.${item.holderId}` : `part.${item.serviceId}.${item.partId}`)
}

/** What somebody can mend in the form itself; all else is told on a page of its own. */
const MENDED_HERE: ReadonlySet<RefusalCode> = new Set([
  'basis_is_not_consent',
  'basis_is_consent',
  'basis_unmotivated',
  'image_needs_consent',
  'item_in_round_already',
  'purpose_forbidden',
  'purpose_unknown',
  'leaflet_lacks_data',
  'input_invalid',
  'agreement_not_in_force',
  'onward_clause_missing',
])

async function save(c: Context<PageEnv>, at: AtRound, { source, item }: { source: Source; item?: Item }): Promise<Response> {
  const { desk, round } = at
  const read = await readItemForm(c, source)
  if (!read.ok) return show(c, formPage(c, at, { source, fields: read.fields, wrong: read.wrong, ...(item && { item }) }), 400)
  const to = ({ itemId }: { itemId: ItemId }) => `${pathOf(round)}/items/${itemId}?done=added`
  try {
    return await actOnce(c, desk, { form: read.fields.form, back: pathOf(round), to }, () =>
      addItem(c.var.deps, desk.around.actor, round.roundId, itemIn(source, read.fields), item?.itemId),
    )
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (item && error.code === 'item_not_found') return show(c, await changedPage(c, { source, item, fields: read.fields }), 409)
    if (!MENDED_HERE.has(error.code)) throw error
    return show(c, formPage(c, at, { source, fields: read.fields, refused: error.code, ...(item && { item }) }), 409)
  }
}

/** Somebody else changed the item, or took it away: how it is now, and the form as it was filled in. */
async function changedPage(c: Context<PageEnv>, { source, item, fields }: Required<Pick<FormProps, 'source' | 'item' | 'fields'>>) {
  const now = await ownRound(c)
  const same = now.items.find((one) => isOfSameUse(one, item))
  const changedBy = await atDesk(c, now.desk, (tx) => changerOf(tx, now.round))
  return formPage(c, now, { source, fields, meanwhile: { changedBy, now: same }, ...(same && { item: same }) })
}

const isOfSameUse = (one: Item, other: Item) =>
  one.image && other.image
    ? one.image.channel === other.image.channel && one.image.medium === other.image.medium
    : one.serviceId !== null && (['serviceId', 'partId', 'holderId'] as const).every((member) => one[member] === other[member])

interface FormProps {
  source: Source
  fields: ItemFields
  /** In whose place the new one comes. */
  item?: Item
  wrong?: Set<string>
  refused?: RefusalCode
  /** Who changed it since it was shown, and what it is by now; nothing when it was taken away. */
  meanwhile?: { changedBy: string; now: Item | undefined }
}

function formPage(c: Context<PageEnv>, { round }: AtRound, { source, fields, item, wrong = new Set(), refused, meanwhile }: FormProps) {
  const { t, language } = c.var
  const words = t.rounds.item
  const path = pathOf(round)
  const telling = source !== 'image' && source.gate.may === 'tell'
  const title = item ? words.titleChange : telling ? words.titleTell : words.titleNew
  const sentences: Record<string, string> = {
    channel: words.channelWrong,
    data: words.dataWrong,
    motivation: words.motivationWrong,
    occasion: words.occasionWrong,
    reason: words.reasonWrong,
    alternative: words.alternativeWrong,
  }
  const errors = Object.entries(sentences).flatMap(([field, sentence]) => (wrong.has(field) ? [{ field, sentence }] : []))
  const at = (field: string) => wrong.has(field) && sentences[field]
  const action = item ? `${path}/items/${item.itemId}/change` : `${path}/add/${source === 'image' ? 'image' : source.key}`
  return (
    <Page c={c} title={title} errors={errors}>
      <SchoolNav c={c} />
      <Heading over={source === 'image' ? round.title : `${source.supplier}, ${source.service}`}>{title}</Heading>
      {meanwhile && <Meanwhile c={c} {...meanwhile} />}
      {refused && <Notice kind="error">{words.notTaken(t.errors.refusals[publicCodeOf(refused)])}</Notice>}
      {source !== 'image' && (
        <P>
          {source.part?.explanation ?? (source.holder && t.rounds.add.fromHolder(source.holder.name))}
          <br />
          <span class="soft">{source.gate.may === 'tell' ? t.rounds.add.why[source.gate.because] : t.rounds.add.why[source.gate.may]}</span>
        </P>
      )}
      <OnceForm action={action}>
        {source === 'image' ? (
          <>
            <Field
              name="channel"
              label={words.channel}
              hint={words.channelHint}
              error={at('channel') ?? false}
              input={{ value: fields.channel, maxlength: 60, list: 'channels', autocomplete: 'off' }}
            />
            <datalist id="channels">
              {words.channels.split('|').map((channel) => (
                <option value={channel} />
              ))}
            </datalist>
            <P>{words.channelOpen}</P>
            <Choices
              name="medium"
              label={words.medium}
              chosen={fields.medium}
              options={(['photo', 'video', 'sound'] as const).map((medium) => ({ value: medium, text: t.question.media[medium] }))}
            />
          </>
        ) : (
          <>
            {source.gate.may !== 'ask' && (
              <>
                <Choices
                  name="basis"
                  label={words.basis}
                  hint={words.basisHint}
                  chosen={fields.basis}
                  options={(source.gate.may === 'tell' ? BASES.filter((basis) => basis !== 'consent') : BASES).map((basis) => ({
                    value: basis,
                    text: t.school.bases[basis],
                  }))}
                />
                <TextArea name="motivation" label={words.motivation} error={at('motivation') ?? false} value={fields.motivation} />
              </>
            )}
            <div id="data" tabindex={-1}>
              <Group legend={words.data}>
                {wrong.has('data') && <div class="utrecht-form-field-error-message">{words.dataWrong}</div>}
                {source.data.map((set) => (
                  <Tick
                    name="data"
                    value={set.datatype}
                    id={`data-${set.datatype}`}
                    text={[language === 'en' ? set.en : set.nl, set.why && words.why(set.why)].filter(Boolean).join('. ')}
                    ticked={fields.data.includes(set.datatype)}
                  />
                ))}
              </Group>
            </div>
            <Choices
              name="purpose"
              label={words.purpose}
              chosen={fields.purpose}
              options={source.purposes.map((id) => ({ value: id, text: purposeName(id, writtenIn(language), c.var.toStudents) ?? id }))}
            />
          </>
        )}
        <Field
          name="occasion"
          label={words.occasion}
          hint={words.occasionHint}
          error={at('occasion') ?? false}
          input={{ value: fields.occasion, maxlength: 500, autocomplete: 'off' }}
        />
        <TextArea name="reason" label={words.reason} hint={words.reasonHint} error={at('reason') ?? false} value={fields.reason} />
        <TextArea name="reason_en" label={words.reasonEn} value={fields.reason_en} />
        <TextArea
          name="alternative"
          label={telling ? words.alternativeTold : words.alternative}
          hint={telling ? undefined : words.alternativeHint}
          error={at('alternative') ?? false}
          value={fields.alternative}
        />
        <TextArea name="alternative_en" label={words.alternativeEn} value={fields.alternative_en} />
        {!telling && (
          <Choices
            name="rule"
            label={words.rule}
            chosen={fields.rule}
            options={[
              { value: '', text: words.ruleOfBoard },
              ...(['veto', 'all', 'any'] as const).map((rule) => ({ value: rule, text: t.question.rules[rule] })),
            ]}
          />
        )}
        <Button>{words.save}</Button>
      </OnceForm>
      <p class="links">
        <Link href={path}>{t.rounds.preview.back}</Link>
      </p>
    </Page>
  )
}

/** What somebody else made of the item, to be weighed against one's own words. */
function Meanwhile({ c, changedBy, now }: { c: Context<PageEnv>; changedBy: string; now: Item | undefined }) {
  const { t } = c.var
  const words = t.rounds.item
  return (
    <>
      <Notice kind="warning">{now ? t.rounds.draft.changedMeanwhile(changedBy) : words.droppedMeanwhile(changedBy)}</Notice>
      {now && (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.now}</h2>
          <dl class="facts">
            <Fact name={words.occasion}>{now.occasion}</Fact>
            <Fact name={words.reason}>{now.reason.nl}</Fact>
            {now.reason.en && <Fact name={words.reasonEn}>{now.reason.en}</Fact>}
            <Fact name={words.alternative}>{now.alternative.nl}</Fact>
            {now.alternative.en && <Fact name={words.alternativeEn}>{now.alternative.en}</Fact>}
          </dl>
        </section>
      )}
    </>
  )
}
