import * as z from 'zod';
import type { EgainTransport } from './http.js';
import type { PagingOptions } from './paging.js';
import { createResource, type Resource } from './resource.js';
import {
  amount,
  anyText,
  common,
  flag,
  open,
  reference,
  seenCommon,
  seenFlag,
  seenList,
  seenNumber,
  seenObject,
  seenReference,
  seenText,
} from './wire-fields.js';

const applications = open({
  botConfiguration: open({
    /** Hands the transcript of a bot session that was not escalated to the agents [doc: createorchestration.md]. */
    forwardTranscript: flag.optional(),
    /** Minutes within which a returning customer skips the bot [doc: same]. */
    bypassVaDuration: amount.optional(),
    bots: z.array(
      open({
        id: reference.shape.id,
        participant: reference,
        onEscalation: open({ agent: reference }).optional(),
      }),
      { error: 'a list of bots' },
    ),
  }).optional(),
  /** Must be given for custom channels [doc: same]. */
  customerConfiguration: open({ customer: reference }).optional(),
  agentConfiguration: open({
    agents: z.array(reference, { error: 'a list of agents' }).optional(),
  }).optional(),
}).refine((given) => given.botConfiguration !== undefined || given.agentConfiguration !== undefined, {
  error: 'botConfiguration or agentConfiguration',
});

/** No length is documented for this name [doc: operation/createOrchestration]. */
const orchestrationBody = open({ ...common, name: anyText.min(1, { error: 'a text' }), applications });

const orchestrationRecord = z.looseObject({
  ...seenCommon,
  applications: seenObject({
    botConfiguration: seenObject({
      forwardTranscript: seenFlag,
      bypassVaDuration: seenNumber,
      bots: seenList(
        z.looseObject({
          id: seenText,
          participant: seenReference,
          onEscalation: seenObject({ agent: seenReference }),
        }),
      ),
    }),
    customerConfiguration: seenObject({ customer: seenReference }),
    agentConfiguration: seenObject({ agents: seenList(z.looseObject({ id: seenText })) }),
  }),
});

export type OrchestrationBody = z.infer<typeof orchestrationBody>;
export type OrchestrationRecord = z.infer<typeof orchestrationRecord>;

/** Which customer, bot and agent applications talk to each other. */
export function orchestrations(
  transport: EgainTransport,
  paging: PagingOptions,
): Resource<OrchestrationBody, OrchestrationRecord> {
  return createResource(
    transport,
    {
      path: '/orchestrations',
      singular: 'Orchestration',
      plural: 'Orchestration',
      listKey: 'orchestration',
      body: orchestrationBody,
      item: orchestrationRecord,
    },
    paging,
  );
}
