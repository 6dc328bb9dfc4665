import { recordCouncilApproval } from '../agreements/council-approval.ts'
import { latestLeaflet } from '../catalog/store.ts'
import { amsterdamDay } from '../clock.ts'
import { setAudience } from '../consents/change-draft.ts'
import { copyRound } from '../consents/copy-round.ts'
import { addItem, type RoundItem } from '../consents/draft-items.ts'
import { draftRound } from '../consents/draft-round.ts'
import { publishRound } from '../consents/publish-round.ts'
import { roundById } from '../consents/rounds.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { RoundId } from '../ids.ts'
import { actorOf, type World } from './world.ts'
import { schoolYear } from './world-agreements.ts'

const NO_PICTURE = {
  nl: 'Uw kind doet gewoon mee. Wij zetten dan geen foto met uw kind op deze plek.',
  en: 'Your child takes part as usual. We do not put a picture with your child in this place.',
}

/** The year's agreements with parents and with staff: each with its items, asked of everybody, none answered yet. */
export async function makeRounds(deps: Deps, world: World): Promise<RoundId[]> {
  const mirjam = actorOf(world, 'mirjam')
  const { name } = await schoolYear(deps, world.boardId)
  const { roundId } = await draftRound(deps, mirjam, {
    title: `Ouderovereenkomst ${name}`,
    subjectKind: 'pupil',
    undertakings:
      'Wij vragen niet meer dan nodig is. U kunt altijd stoppen. Wij geven niets door zonder uw ja en zonder contract met wie het krijgt.',
  })
  for (const item of await parentItems(deps, world)) await addItem(deps, mirjam, roundId, item)
  await publishRound(deps, mirjam, { roundId, audience: { schools: Object.values(world.schools), groups: [], persons: [] } })

  await recordCouncilApproval(deps, mirjam, {
    council: 'PMR',
    about: 'Gegevens van medewerkers voor de benchmark van administraties',
    ref: world.suppliers.schoolwerkt!.services['schoolwerkt-benchmark'],
    approvedOn: amsterdamDay(deps.now()),
  })
  // Somebody has begun on next year: a draft, of which nobody is told.
  const next = await copyRound(deps, mirjam, roundId)
  const groups = [{ schoolId: world.schools.regenboog!, groupName: 'Groep 6' }]
  const seen = await revisionOf(deps, world, next.roundId)
  await setAudience(deps, mirjam, { roundId: next.roundId, seen, audience: { schools: [], groups, persons: [] } })
  return [roundId, next.roundId]
}

async function revisionOf(deps: Deps, { boardId }: World, roundId: RoundId): Promise<number> {
  const round = await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, (tx) => roundById(tx, boardId, roundId))
  if (!round) throw new Error(`there is no round ${roundId}`)
  return round.revision
}

async function parentItems(deps: Deps, { suppliers }: World): Promise<RoundItem[]> {
  const leeslicht = suppliers.leeslicht!
  const serviceId = leeslicht.services['leeslicht-lezen']!
  const leaflet = await latestLeaflet(deps.db, serviceId)
  const rekenrijk = suppliers.rekenrijk!
  const practising = rekenrijk.services['rekenrijk-oefenen']!
  const image = (channel: string, medium: 'photo' | 'video', nl: string, en: string): RoundItem => ({
    legalBasis: 'consent',
    image: { channel, medium },
    purpose: 'image',
    occasion: 'Foto’s van gewone schooldagen en feesten.',
    reason: { nl, en },
    alternative: NO_PICTURE,
  })
  return [
    {
      legalBasis: 'consent',
      use: {
        supplierId: leeslicht.supplierId,
        serviceId,
        partId: 'ouderrapport',
        leafletId: leaflet!.leafletId,
        datatypes: ['learning-behaviour'],
      },
      purpose: '5.1.a',
      occasion: 'LeesLicht kan ouders elke maand een rapport sturen.',
      reason: {
        nl: 'Voor het rapport houdt LeesLicht bij hoe uw kind leest.',
        en: 'For the report LeesLicht keeps track of how your child reads.',
      },
      alternative: {
        nl: 'Uw kind leest gewoon mee. U krijgt dan geen rapport; de leerkracht vertelt u hoe het gaat.',
        en: 'Your child reads along as usual. You get no report; the teacher tells you how it goes.',
      },
    },
    // Told, not asked: lessons need no consent, and parents may object (AVG art. 21).
    {
      legalBasis: 'public_task',
      basisMotivation: 'Leren rekenen hoort bij de lessen. De leerkracht moet zien wat uw kind al kan.',
      use: {
        supplierId: rekenrijk.supplierId,
        serviceId: practising,
        leafletId: (await latestLeaflet(deps.db, practising))!.leafletId,
        datatypes: ['name', 'learning-results'],
      },
      purpose: '5.1.a',
      occasion: 'De kinderen oefenen rekenen met dit programma.',
      reason: { nl: 'Uw kind oefent rekenen op het eigen niveau.', en: 'Your child practises arithmetic at their own level.' },
      alternative: {
        nl: 'Krijgt u gelijk met een bezwaar? Dan oefent uw kind op papier.',
        en: 'If your objection is granted, your child practises on paper.',
      },
    },
    image('website', 'photo', 'Wij laten op de website zien wat wij doen.', 'We show on the website what we do.'),
    image('Facebook', 'photo', 'Wij laten op Facebook zien wat wij doen.', 'We show on Facebook what we do.'),
    image(
      'ouderapp',
      'photo',
      'Ouders van de groep zien in de app wat de kinderen doen.',
      'Parents of the group see in the app what the children do.',
    ),
  ]
}
