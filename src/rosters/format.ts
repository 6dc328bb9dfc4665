import type { RosterFormat } from './upload.ts'

/** What a file is, by how it begins: a zip is a OneRoster bundle, XML is EDEXML, everything else is read as CSV. */
export function formatOf(content: Uint8Array): RosterFormat {
  if (content[0] === 0x50 && content[1] === 0x4b) return 'oneroster'
  const start = new TextDecoder('latin1').decode(content.subarray(0, 200)).replace(/^(\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/, '')
  return start.replaceAll('\0', '').trimStart().startsWith('<') ? 'edexml' : 'csv'
}
