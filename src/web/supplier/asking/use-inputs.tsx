import type { Context } from 'hono'
import type { LeafletContent } from '../../../catalog/leaflet.ts'
import { purposeFor } from '../../../catalog/purposes.ts'
import { Fact } from '../../blocks.tsx'
import { Choices, Field, Group, TextArea, Tick } from '../../fields.tsx'
import type { PageEnv } from '../../page.tsx'
import type { Usable } from './use-form.ts'

interface InputsProps {
  c: Context<PageEnv>
  usable: Usable
  typed: Record<string, string>
  /** The data that are ticked. */
  data: string[]
  /** What is wrong, by field. */
  wrong: ReadonlyMap<string, string>
}

/** For which service from which holder: chosen before the rest can be filled in. */
export function UseFacts({ c, usable: { service, holder } }: Pick<InputsProps, 'c' | 'usable'>) {
  const words = c.var.t.asking
  return (
    <dl class="facts card">
      <Fact name={words.service}>{service.name}</Fact>
      <Fact name={words.holder}>{holder.name}</Fact>
    </dl>
  )
}

/** Which data, what for, how long, and why: nothing is ticked or filled in beforehand (K25). */
export function UseInputs({ c, usable, typed, data, wrong }: InputsProps) {
  const { t, language } = c.var
  const words = t.asking
  const { service, leaflet, sets } = usable
  const { content } = leaflet
  const purposes = [...new Set(content.purposes.purposes.map((id) => purposeFor(service.kind, id)))]
  const error = (field: string) => wrong.get(field) ?? false
  return (
    <>
      <div id="data" tabindex={-1}>
        <Group legend={words.data}>
          {wrong.has('data') && <div class="utrecht-form-field-error-message">{wrong.get('data')}</div>}
          {sets.map(({ datatype, nameNl, nameEn }) => (
            <Tick
              name="data"
              value={datatype}
              id={`data-${datatype}`}
              text={language === 'en' ? nameEn : nameNl}
              ticked={data.includes(datatype)}
            />
          ))}
        </Group>
      </div>
      {parts(content, words.wholeService, typed.part, words.part)}
      <Choices
        name="purpose"
        label={words.purpose}
        error={error('purpose')}
        chosen={typed.purpose ?? ''}
        options={[{ value: '', text: words.choose }, ...purposes.map((purpose) => ({ value: purpose.id, text: purpose[language] }))]}
      />
      <Field name="from" label={words.from} hint={words.fromHint} error={error('from')} input={{ type: 'date', value: typed.from }} />
      <Field name="until" label={words.until} hint={words.untilHint} error={error('until')} input={{ type: 'date', value: typed.until }} />
      <Field
        name="occasion"
        label={words.occasion}
        hint={words.occasionHint}
        error={error('occasion')}
        input={{ value: typed.occasion, maxlength: 500, autocomplete: 'off' }}
      />
      <TextArea name="reason" label={words.reason} hint={words.reasonHint} error={error('reason')} value={typed.reason} />
      <TextArea name="reason_en" label={words.reasonEn} error={error('reason_en')} value={typed.reason_en} />
    </>
  )
}

function parts({ parts: all }: LeafletContent, whole: string, chosen: string | undefined, label: string) {
  const options = all.filter(({ optional }) => optional).map(({ partId, name }) => ({ value: partId, text: name }))
  if (options.length === 0) return null
  return <Choices name="part" label={label} chosen={chosen ?? ''} options={[{ value: '', text: whole }, ...options]} />
}
