import { HtmlValidate } from 'html-validate'

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: {
    // hono/jsx writes no end tags for void elements and no doctype in capitals; both are right in HTML.
    'void-style': 'off',
    'doctype-style': 'off',
    'long-title': 'off',
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit'] }],
    'no-trailing-whitespace': 'off',
    // Stands in <noscript> only, for whoever waits without JavaScript.
    'meta-refresh': 'off',
    // The page opens with its one <h1>; cards below may begin with an <h3> under an <h2> further up.
    'prefer-native-element': 'off',
  },
})

/** What is wrong with the HTML of a page. */
export async function htmlFaults(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html)
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message, selector }) => `${ruleId}: ${message} (${selector})`))
}
