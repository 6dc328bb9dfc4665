import { z } from 'zod'
import { draftAgreement } from '../agreements/draft-agreement.ts'
import { LEGAL_BASES, type LegalBasis } from '../catalog/legal-basis.ts'
import { addDays, startOfAmsterdamDay } from '../clock.ts'
import type { ServiceId, SupplierId } from '../ids.ts'
import type { Command } from './command.ts'
import { boardOf, checked, oneOf } from './parts.ts'

const ids = z.strictObject({ supplier: z.uuid(), service: z.array(z.uuid()), from: z.iso.date(), until: z.iso.date() })
const basis = (whose: string) => ({ takes: 'BASIS', about: `for kind controller, ${whose}: ${LEGAL_BASES.join(', ')}`, optional: true })

const argument = (whose: string) => ({
  takes: 'TEXT',
  about: `why the basis of the ${whose} holds, for a legitimate interest`,
  optional: true,
})

export const agreementCommands: Record<string, Command> = {
  'draft-agreement': {
    about:
      'Puts a draft agreement before a board, for a supplier that sent it in; the school checks it and the board signs, on their pages',
    options: {
      board: { takes: 'OIN', about: 'the board, by its OIN or its id' },
      supplier: { takes: 'ID', about: 'the supplier, as create-supplier printed it' },
      kind: { takes: 'KIND', about: 'processor (model agreement) or controller (exchange agreement)' },
      product: { takes: 'TEXT', about: 'the product or service agreement it belongs to' },
      retention: { takes: 'TEXT', about: 'how long the supplier keeps the data' },
      from: { takes: 'DAY', about: 'its first day, YYYY-MM-DD' },
      until: { takes: 'DAY', about: 'its last day' },
      service: { takes: 'ID', about: 'a service with its newest leaflet; none for who only holds data', optional: true, repeated: true },
      'supplier-basis': basis('the supplier’s own'),
      'board-basis': basis('the board’s'),
      'supplier-argument': argument('supplier'),
      'board-argument': argument('board'),
    },
    run: async (deps, given) => {
      const read = checked(ids, {
        supplier: given.one('supplier'),
        service: given.all('service'),
        from: given.one('from'),
        until: given.one('until'),
      })
      const basisOf = (option: string): LegalBasis | undefined => {
        const value = given.maybe(option)
        return value === undefined ? undefined : oneOf(option, value, LEGAL_BASES)
      }
      const [supplierBasis, boardBasis] = [basisOf('supplier-basis'), basisOf('board-basis')]
      const agreementId = await draftAgreement(deps, 'operator', {
        boardId: await boardOf(deps.db, given.one('board')),
        supplierId: read.supplier as SupplierId,
        kind: oneOf('kind', given.one('kind'), ['processor', 'controller']),
        productAgreement: given.one('product'),
        retention: given.one('retention'),
        startsAt: startOfAmsterdamDay(read.from),
        endsAt: startOfAmsterdamDay(addDays(read.until, 1)),
        services: read.service.map((serviceId) => ({ serviceId: serviceId as ServiceId })),
        ...(supplierBasis && { supplierBasis }),
        ...(boardBasis && { boardBasis }),
        supplierArgument: given.maybe('supplier-argument') ?? '',
        boardArgument: given.maybe('board-argument') ?? '',
      })
      return { agreementId, checkAt: `${deps.issuer}/school/contracts/${agreementId}` }
    },
  },
}
