import { freePorts } from '../../src/demo/serve-demo.ts'

/** Three free ports in a row, below those that the system hands out itself: nobody else gets them before they are used. */
export const ownPorts = async (): Promise<number> => await freePorts(21_000 + Math.floor(Math.random() * 3_500) * 3)
