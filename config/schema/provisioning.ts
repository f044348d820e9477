/** What `egain-bridge provision` declares in eGain beyond what the other settings say already. */
import * as z from 'zod';
import { text } from './fields.js';

const headers = z
  .array(
    z.strictObject({
      name: z
        .string()
        .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,255}$/, { error: 'the name of an HTTP header' })
        .describe('Name of the header.'),
      value: text(2048).describe('Its value; never shown by `provision`.'),
    }),
  )
  .max(100)
  .optional()
  .describe('Headers eGain adds to every callback. Default: those eGain has are left as they are.');

const agent = z
  .strictObject({
    id: text(36).optional().describe('Id of the client application; needed where several have the role.'),
    role: z
      .enum(['egain_agent', 'custom_agent'])
      .default('egain_agent')
      .describe('Role by which the client application is found when `id` is not given.'),
  })
  .prefault({})
  .describe('The agents’ client application: eGain’s own, which exists already.');

const application = z
  .strictObject({
    id: text(36).optional().describe('Its id.'),
    name: text().optional().describe('Its name, instead of the id.'),
  })
  .refine(({ id, name }) => (id === undefined) !== (name === undefined), { error: 'either id or name' })
  .describe('The client application whose callback gets the bot’s messages.');

const participants = z
  .array(
    z.strictObject({
      name: text().describe('Name of the participant.'),
      description: text(1023).optional().describe('Description.'),
      application,
      intents: z
        .array(
          z.strictObject({
            value: text().describe('The intent.'),
            displayValue: text().describe('How it is shown.'),
          }),
        )
        .optional()
        .describe('Intents of the bot.'),
      options: z
        .array(
          z.strictObject({
            name: text().describe('Name of the option.'),
            value: text().describe('Its value.'),
          }),
        )
        .min(1)
        .max(25)
        .optional()
        .describe('Options of the bot.'),
    }),
  )
  .max(100)
  .default([])
  .describe('Own bots (`custom_bot`) to be declared in eGain.');

const bots = z
  .strictObject({
    participants: z
      .array(text())
      .min(1)
      .max(100)
      .describe('Names of the participants that answer first: own ones, or eGain’s virtual assistants.'),
    escalate: z.boolean().default(true).describe('Whether a bot may hand a conversation to the agents.'),
    forwardTranscript: z
      .boolean()
      .optional()
      .describe('Whether the transcript of a bot’s conversation goes to the agents.'),
    bypassVaDuration: z
      .number()
      .min(0)
      .optional()
      .describe('Minutes within which a returning customer skips the bot.'),
  })
  .optional()
  .describe('Bots before the agents. Default: what eGain has is left as it is.');

/** Leaves room for what is put behind it. */
const longestName = 240;

export const provisioningSchema = z
  .strictObject({
    name: text(longestName)
      .default('egain-bridge')
      .describe('Name of this installation in eGain; the names below are made from it.'),
    names: z
      .strictObject({
        basic: text()
          .optional()
          .describe('Authentication with user name and password. Default: `<name>-basic`.'),
        oauth2: text()
          .optional()
          .describe('Authentication with tokens of the bridge. Default: `<name>-oauth2`.'),
        clientApplication: text().optional().describe('Client application. Default: `<name>`.'),
        orchestration: text().optional().describe('Orchestration. Default: `<name>`.'),
      })
      .prefault({})
      .describe('Names of single objects, to adopt what exists under another name.'),
    notificationEmail: z
      .email({ error: 'an e-mail address' })
      .max(255)
      .describe('Where eGain writes to when it cannot reach the bridge.'),
    headers,
    authentication: z
      .strictObject({ id: text(36).describe('Its id in eGain.') })
      .optional()
      .describe(
        'An authentication made in eGain by hand, to be used instead of one made from egain.callback.authentication.',
      ),
    agent,
    participants,
    bots,
    checkAtStart: z
      .boolean()
      .default(false)
      .describe('Compare at start, and log a warning when eGain differs. Never prevents the start.'),
  })
  .describe('The eGain side of the bridge, as `egain-bridge provision` makes it.');

export type ProvisioningConfig = z.infer<typeof provisioningSchema>;
