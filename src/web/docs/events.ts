import { type DocPage, heading, list, text } from './block.ts'

export const eventsPage: DocPage = {
  path: '/docs/events',
  title: 'Being told what happened',
  short: 'Events',
  lead: 'Signed events (SET, RFC 8417) for what was released, changed, withdrawn, ended and erased: pushed to you, or fetched by you.',
  blocks: [
    list(
      'Open a stream with `POST /v1/event-streams`: pushed (RFC 8935) to an https address of yours, or polled (RFC 8936). A stream may be filtered by purpose.',
      'Verify each event as a JWT: `typ` secevent+jwt, `iss` this broker, `aud` your client id, `jti` once. There are no personal data in it, only your own pseudonyms and references.',
      'Events about one pupil come in their order. One that cannot be delivered is tried again for days, with growing pauses, and holds up only its own pupil.',
      'What could not be delivered for three days, or what you called wrong five times, is laid aside. It keeps its place: what happens to the same pupil afterwards waits behind it, so that nothing ever comes out of order.',
      'See what lies aside on the supplier pages or with `GET /v1/event-streams/{id}/events?state=laid_aside`. Send it again by hand or with `POST /v1/event-streams/{id}/retry`: it comes first, and what waited follows in order. If you do not need it, let it go with `POST /v1/event-streams/{id}/skip`. After ninety days it is let go by itself.',
      'An event can come twice: its `jti` tells. `sequence` stands beside `approach` and counts up for each pupil within one approach. Your filter, and what you let go, leave numbers out.',
      '“Delivered” means that you took it. “Done” means that you did what it asks, an erasure for one: say so with `POST /v1/event-streams/{id}/done`.',
    ),
    heading('without', 'Without a stream'),
    text('`GET /v1/changes` gives the same, oldest first, by a cursor that you keep. It never skips anything.'),
  ],
}
