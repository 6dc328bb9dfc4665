import { code, type DocPage, heading, list, text } from './block.ts'
import { askCode, askDirectlyCode, collectCode, connectCode } from './supplier-code.ts'

export const quickStartSupplier: DocPage = {
  path: '/docs/supplier',
  title: 'Quick start for suppliers',
  short: 'Suppliers',
  lead: 'From a registered client to the data of one pupil, with openid-client and nothing of ours.',
  blocks: [
    heading('before', 'Before you begin'),
    list(
      'A client. Somebody with the role engineer registers it on the supplier pages of this broker, or your software does so with an invitation (`POST /register`). Keep the private key; the broker has the public half only.',
      'A service with a published leaflet, and an agreement with the board of the school. Somebody with the role contracts sees to both.',
      'To try things first: [the sandbox](/docs/sandbox), a school that does not exist.',
      'Node 24, and `npm install openid-client`. Any other OAuth library that knows `private_key_jwt`, DPoP and `authorization_details` does as well.',
    ),
    heading('connect', '1. Connect'),
    text(
      'The broker tells about itself at `/.well-known/oauth-authorization-server`. You prove who you are with a signed assertion, and each token is bound to a key of your process.',
    ),
    code(connectCode, 'connect.mjs'),
    heading('ask', '2. Ask the school'),
    text(
      'Name each pupil by a reference of your own, with a hint by which the school finds them. A request names data, a purpose, an end, an occasion and a reason; each lack has its own [error](/docs/errors).',
    ),
    code(askCode, 'ask.mjs'),
    text(
      'Now people decide. Follow the request with `GET /v1/access-requests/{id}`, or be told by [events](/docs/events). You never learn who refused or why.',
    ),
    heading('collect', '3. Collect, at the moment you need it'),
    code(collectCode, 'collect.mjs'),
    heading('directly', 'Or ask a parent directly'),
    text(
      'Some parents give you a link code. Then you need no school: this asks the parent, waits for the answer and collects. It takes a client for asking directly.',
    ),
    code(askDirectlyCode, 'ask-directly.mjs'),
    heading('stop', 'When a parent stops it'),
    text(
      'A new token is refused at once, and a token that is out stops [within the published bound](/docs/withdrawal). What you already have you erase: there is a duty for it in `GET /v1/duties`, with its date.',
    ),
  ],
}
