/** A form that changes something, as a page holds it. */
export interface PostForm {
  action: string
  multipart: boolean
  /** What the page itself fills in. */
  hidden: [name: string, value: string][]
  /** What a person fills in or chooses. */
  open: string[]
  /** The first button that decides something. */
  button: [name: string, value: string] | undefined
}

/** The forms of a page that post and have something to fill in. */
export function formsOf(html: string): PostForm[] {
  return Array.from(html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs), ([, tag, inner]): PostForm => {
    const controls = Array.from(inner!.matchAll(/<(input|textarea|select|button)\b([^>]*)>/g), ([, kind, rest]) => ({
      kind: kind!,
      type: attribute(rest!, 'type') ?? (kind === 'button' ? 'submit' : 'text'),
      name: attribute(rest!, 'name'),
      value: attribute(rest!, 'value') ?? '',
    }))
    const named = controls.filter((control): control is typeof control & { name: string } => control.name !== undefined)
    const pressed = named.find(({ kind, name }) => kind === 'button' && name !== 'enter')
    return {
      action: attribute(tag!, 'method') === 'post' ? (attribute(tag!, 'action') ?? '') : '',
      multipart: attribute(tag!, 'enctype') === 'multipart/form-data',
      hidden: named.filter(({ type }) => type === 'hidden').map(({ name, value }) => [name, value]),
      open: [...new Set(named.filter(({ kind, type }) => kind !== 'button' && type !== 'hidden').map(({ name }) => name))],
      button: pressed && [pressed.name, pressed.value],
    }
  }).filter(({ action, open }) => action !== '' && open.length > 0)
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value?.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}
