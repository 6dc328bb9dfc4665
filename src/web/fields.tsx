import type { Child, PropsWithChildren } from 'hono/jsx'
import { WRITTEN } from './typed.ts'

interface ButtonProps {
  primary?: boolean
  name?: string
  value?: string
  /** The id of what it is about, where several buttons of a page say the same. */
  describedBy?: string
}

export function Button({ children, primary = true, name, value, describedBy }: PropsWithChildren<ButtonProps>) {
  return (
    <button
      class={`utrecht-button ${primary ? 'utrecht-button--primary-action' : 'utrecht-button--secondary-action'}`}
      type="submit"
      name={name}
      value={value}
      aria-describedby={describedBy}
    >
      {children}
    </button>
  )
}

/**
 * First in a form whose buttons decide between things: it is the button that Enter in a field presses, and it only asks to
 * choose. (A disabled button does not stop Enter: browsers then press the next one.)
 */
export function NothingOnEnter({ text }: { text: string }) {
  return (
    <button class="visually-hidden" type="submit" name="enter" value="1" tabindex={-1} aria-hidden="true">
      {text}
    </button>
  )
}

interface FieldProps {
  name: string
  label: string
  hint?: string
  error?: string | false
  /** When several fields on the page have the same name. */
  id?: string
  /** Attributes for the input itself. */
  input?: Record<string, string | number | boolean | undefined>
}

/** A field with its label, its hint and, when it is wrong, its error, tied together for whoever cannot see them. */
export function Field({ name, label, hint, error, id = name, input = {} }: FieldProps) {
  return (
    <FieldFrame {...{ name: id, label, hint, error }}>
      <input
        class={`utrecht-textbox utrecht-textbox--html-input${error ? ' utrecht-textbox--invalid' : ''} ${input.class ?? ''}`}
        type="text"
        id={id}
        name={name}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={describedBy(id, hint, error)}
        {...Object.fromEntries(Object.entries(input).filter(([key]) => key !== 'class'))}
      />
    </FieldFrame>
  )
}

interface TextAreaProps extends FieldProps {
  value?: string | undefined
  maxlength?: number
}

export function TextArea({ name, label, hint, error, value = '', id = name, maxlength = 2000 }: TextAreaProps) {
  return (
    <FieldFrame {...{ name: id, label, hint, error }}>
      <textarea
        class={`utrecht-textarea utrecht-textarea--html-textarea${error ? ' utrecht-textarea--invalid' : ''}`}
        id={id}
        name={name}
        dirname={name + WRITTEN}
        rows={4}
        maxlength={maxlength}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={describedBy(id, hint, error)}
      >
        {value}
      </textarea>
    </FieldFrame>
  )
}

interface ChoicesProps extends FieldProps {
  options: { value: string; text: string }[]
  chosen?: string
}

export function Choices({ name, label, hint, error, options, chosen, id = name }: ChoicesProps) {
  return (
    <FieldFrame {...{ name: id, label, hint, error }}>
      <select class="utrecht-textbox" id={id} name={name} aria-describedby={describedBy(id, hint, error)}>
        {options.map(({ value, text }) => (
          <option value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </FieldFrame>
  )
}

/** One box to tick; never ticked beforehand (P10), only again after an error. */
export function Tick(props: { name: string; value: string; text: Child; id: string; ticked?: boolean }) {
  const { name, value, text, id, ticked = false } = props
  return (
    <div class="utrecht-form-field utrecht-form-field--checkbox utrecht-form-field--distanced tick">
      <input
        class="utrecht-checkbox utrecht-checkbox--html-input utrecht-form-field__input"
        type="checkbox"
        id={id}
        name={name}
        value={value}
        checked={ticked}
      />
      <label class="utrecht-form-label utrecht-form-label--checkbox utrecht-form-field__label" for={id}>
        {text}
      </label>
    </div>
  )
}

/** What is wrong, where it is; the same stands on top of the page and leads here. */
export function ErrorAt({ field, sentence }: { field: string; sentence: string | false }) {
  if (!sentence) return null
  return (
    <div class="utrecht-form-field-error-message" id={`${field}-error`}>
      {sentence}
    </div>
  )
}

function FieldFrame({ name, label, hint, error, children }: FieldProps & { children: Child }) {
  return (
    <div class={`utrecht-form-field utrecht-form-field--distanced${error ? ' utrecht-form-field--invalid' : ''}`}>
      <label class="utrecht-form-label" for={name}>
        {label}
      </label>
      {hint && (
        <div class="utrecht-form-field-description" id={`${name}-hint`}>
          {hint}
        </div>
      )}
      <ErrorAt field={name} sentence={error ?? false} />
      {children}
    </div>
  )
}

function describedBy(name: string, hint: string | undefined, error: string | false | undefined): string | undefined {
  return [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ') || undefined
}

/** Fields that belong together, for whoever hears them one by one too. */
export function Group({ legend, children }: PropsWithChildren<{ legend: string }>) {
  return (
    <fieldset class="utrecht-form-fieldset utrecht-form-fieldset--html-fieldset">
      <legend class="utrecht-form-fieldset__legend utrecht-form-fieldset__legend--html-legend">{legend}</legend>
      {children}
    </fieldset>
  )
}

interface RadiosProps {
  name: string
  legend: string
  options: { value: string; text: string }[]
  chosen: string | undefined
  error?: string | false
}

/** A choice of one, none of them chosen beforehand. */
export function Radios({ name, legend, options, chosen, error = false }: RadiosProps) {
  return (
    <div id={name} tabindex={-1}>
      <Group legend={legend}>
        {error && <div class="utrecht-form-field-error-message">{error}</div>}
        <div class="radios">
          {options.map(({ value, text }) => (
            <div class="utrecht-form-field utrecht-form-field--radio tick">
              <input
                class="utrecht-radio-button utrecht-radio-button--html-input"
                type="radio"
                id={`${name}-${value}`}
                name={name}
                value={value}
                checked={chosen === value}
              />
              <label class="utrecht-form-label utrecht-form-label--radio" for={`${name}-${value}`}>
                {text}
              </label>
            </div>
          ))}
        </div>
      </Group>
    </div>
  )
}
