/** The business address on a channel: the body of eGain's Create Account, as far as an operator decides it. */
import * as z from 'zod';
import { count, text } from './fields.js';
import { languageTag } from './manifest.js';

export const accountSchema = z
  .strictObject({
    name: text().optional().describe('Name of the account in eGain. Default: the channel’s name here.'),
    description: text(1023).optional().describe('Description.'),
    address: text().describe('The business address: page id, number, or any name unique on the channel.'),
    entryPoint: text().optional().describe('Id of the eGain chat entry point, a short number in quotes.'),
    timeout: count(1, 525_600)
      .default(30)
      .describe('Minutes of silence after which eGain takes a conversation as over.'),
    defaultLanguage: languageTag.default('en-US').describe('Language of customers who did not tell theirs.'),
    onAgentUnavailability: z
      .enum(['off_hours', 'retain_and_retry'])
      .optional()
      .describe('No agent: answer with the off-hours text, or let eGain hold the message.'),
    allowLogoutWithOpenChats: z
      .boolean()
      .optional()
      .describe('Whether agents may log out with open conversations.'),
    allowQueueTransferOnAgentUnavailability: z
      .boolean()
      .optional()
      .describe('Whether a conversation may go to another queue when no agent is there.'),
    caseManagement: z
      .strictObject({
        sameCaseDuration: z
          .number()
          .min(0)
          .optional()
          .describe('A customer returning within it continues the case.'),
        copyCustomAttributes: z.boolean().optional().describe('Whether custom attributes are taken over.'),
      })
      .optional()
      .describe('How eGain groups conversations into cases.'),
  })
  .describe('The business address on the channel: eGain’s account.');
