/** What stands around the contract on the pages of the reference. */
export const apiWords = {
  lead: 'Every operation as the contract has it, grouped by what it is for.',
  contract: 'The contract itself (OpenAPI 3.1)',
  parameters: 'Parameters',
  body: 'Body',
  answers: 'Answers',
  fields: 'Members',
  required: 'required',
}
