/** A form that changes something, as a page holds it. */
export interface PostForm {
  action: string
  multipart: boolean
  /** What the page itself fills in. */
  hidden: [name: string, value: string][]
  /** What a person fills in or chooses, each with something that fits. */
  open: { name: string; fits: string }[]
  /** The first button that decides something. */
  button: [name: string, value: string] | undefined
}

/** The forms of a page that post and have something to fill in. */
export const formsOf = (html: string): PostForm[] => everyFormOf(html).filter(({ open }) => open.length > 0)

/** The forms of a page that post. */
export function everyFormOf(html: string): PostForm[] {
  return Array.from(html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs), ([, tag, inner]): PostForm => {
    const controls = Array.from(inner!.matchAll(/<(input|textarea|button)\b([^>]*)>|<select\b([^>]*)>(.*?)<\/select>/gs), controlOf)
    const named = controls.filter((control): control is Control & { name: string } => control.name !== undefined)
    const pressed = named.find(({ kind, name }) => kind === 'button' && name !== 'enter')
    const open = named.filter(({ kind, type }) => kind !== 'button' && type !== 'hidden')
    return {
      action: attribute(tag!, 'method') === 'post' ? (attribute(tag!, 'action') ?? '') : '',
      multipart: attribute(tag!, 'enctype') === 'multipart/form-data',
      hidden: named.filter(({ type }) => type === 'hidden').map(({ name, value }) => [name, value]),
      open: [...new Map(open.toReversed().map((control) => [control.name, control])).values()].map((control) => ({
        name: control.name,
        fits: fitting(control),
      })),
      button: pressed && [pressed.name, pressed.value],
    }
  }).filter(({ action }) => action !== '')
}

interface Control {
  kind: string
  type: string
  name: string | undefined
  value: string
  tag: string
}

function controlOf([, kind = 'select', tag, select, options]: RegExpMatchArray): Control {
  const attributes = tag ?? select ?? ''
  const [chosen] = Array.from((options ?? '').matchAll(/<option\b([^>]*)>/g), ([, option]) => attribute(option!, 'value') ?? '').filter(
    Boolean,
  )
  return {
    kind,
    type: attribute(attributes, 'type') ?? (kind === 'button' ? 'submit' : 'text'),
    name: attribute(attributes, 'name'),
    value: options === undefined ? (attribute(attributes, 'value') ?? '') : (chosen ?? ''),
    tag: attributes,
  }
}

/** What somebody who wants to get on would fill in. */
function fitting({ kind, type, value, tag }: Control): string {
  if (kind === 'select' || type === 'checkbox' || type === 'radio') return value
  if (type === 'date') return attribute(tag, 'min') ?? new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10)
  if (type === 'datetime-local') return value
  if (type === 'email') return 'iemand.anders@gezin.example'
  if (type === 'number') return attribute(tag, 'min') ?? '1'
  return value || 'Een korte uitleg.'
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value?.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}
