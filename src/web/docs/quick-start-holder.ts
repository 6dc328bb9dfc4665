import { code, type DocPage, heading, list, text } from './block.ts'
import { conformanceCode, holderCode, installCode } from './holder-code.ts'

export const quickStartHolder: DocPage = {
  path: '/docs/holder',
  title: 'Quick start for data holders',
  short: 'Holders',
  lead: 'A publisher or administration system that hands over data on tokens of this broker, with the holder kit.',
  blocks: [
    heading('before', 'Before you begin'),
    list(
      'The operator registers you as a holder: your resource (the address that is the audience of your tokens), your first data sets, and a client with your public key. An engineer of yours adds data sets and says where each is read, on the supplier pages.',
      'A board that lets you hand over has signed an agreement with you, with an instruction for each data set.',
      'Node 24 or later. The kit itself needs `jose` and nothing else, and also runs in a plain fetch handler on Workers, Deno and Bun.',
    ),
    heading('install', 'Install the kit'),
    text('This broker serves the kit of its own version as a package, which npm and npx take as they take any other:'),
    code(installCode),
    text(
      'The package is in no public registry. A broker on Workers has no file to serve and answers 404; then its operator gives you one, made with `npm pack`, and you name that file instead of the address.',
    ),
    heading('serve', '1. Serve data'),
    text(
      'The kit verifies token and proof, looks up whether the token was ended, and tells you for whom and for what it is. `entryFor` is the one question that is yours to ask: may these data of this pupil go out?',
    ),
    code(holderCode, 'publisher.ts'),
    heading('try', '2. Try it, before any pupil’s data go out'),
    text(
      'The conformance kit is a broker of its own for the run. It plays good and bad suppliers against your holder, and says of each thing that is wrong what to do. It ends with 0 when all is well and 1 when it is not, so it fits in your build.',
    ),
    code(conformanceCode),
    heading('formats', '3. Choose how you take tokens'),
    list(
      '`jwt`: signed. You verify it yourself; the supplier that carries it could read it.',
      '`jwe`: encrypted to a key of yours besides. Only you can read your pseudonyms.',
      '`opaque`: nothing in it. You ask about each request.',
      'An end is found in the signed status list, within a minute and without asking; or by introspection, at once, with an answer that is signed and that you can keep as evidence.',
      'An engineer of yours chooses both, and the key, on the supplier pages, and finds there how to set up the kit for it.',
    ),
    text(
      'Without the kit: RFC 9068, 9449, 9396, Token Status List, RFC 7662 and 9701, RFC 9728. The conformance kit asks the same of everybody.',
    ),
  ],
}
