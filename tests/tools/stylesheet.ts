import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** The components our pages use; the whole library is four times as large. */
const COMPONENTS = [
  'root',
  'body',
  'document',
  'page-header',
  'page-footer',
  'heading-1',
  'heading-2',
  'heading-3',
  'paragraph',
  'link',
  'button',
  'button-group',
  'alert',
  'form-field',
  'form-label',
  'form-fieldset',
  'form-field-description',
  'form-field-error-message',
  'textbox',
  'textarea',
  'checkbox',
  'radio-button',
  'skip-link',
  'data-list',
  'unordered-list',
  'ordered-list',
  'separator',
  'status-badge',
  'table',
]

const FOLDER = join(import.meta.dirname, '../../src/web/style')
export const TARGET = join(FOLDER, 'stylesheet.ts')

/** The one stylesheet as a TypeScript module, so that it goes wherever the code goes: Workers has no files. */
export async function stylesheetModule(): Promise<string> {
  const require = createRequire(import.meta.url)
  const components = COMPONENTS.map((name) => require.resolve(`@utrecht/${name}-css/dist/index.min.css`))
  const own = ['tokens.css', 'own.css'].map((name) => join(FOLDER, name))
  const css = await Promise.all([...components, ...own].map((path) => readFile(path, 'utf8')))
  const one = css
    .join('\n')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
    .replace(/(?<=[;:{}])\s+|\s+(?=[{}])/g, '')
    .trim()
  return `// Made by \`npm run stylesheet\` from tokens.css, own.css and @utrecht/*-css (EUPL-1.2, Frameless B.V. and Gemeente Utrecht).
export const stylesheet = ${JSON.stringify(one)}
`
}

if (import.meta.main) await writeFile(TARGET, await stylesheetModule())
