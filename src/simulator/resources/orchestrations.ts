/** Who talks to whom (contract 8). */
import { z } from 'zod';
import type { Reference, ResourceKind } from './kind.js';
import { active, description, idRef, modified, objectId } from './parts.js';

const bot = z.looseObject({
  id: objectId,
  participant: idRef,
  onEscalation: z.looseObject({ agent: idRef }).optional(),
});

export const orchestrationSchema = z.looseObject({
  /** Not called unique, no length given [doc: operation/createOrchestration]. */
  name: z.string(),
  description,
  active,
  modified,
  applications: z.looseObject({
    botConfiguration: z
      .looseObject({
        forwardTranscript: z.boolean().optional(),
        /** Minutes. */
        bypassVaDuration: z.number().min(0).optional(),
        bots: z.array(bot),
      })
      .optional(),
    customerConfiguration: z.looseObject({ customer: idRef }).optional(),
    agentConfiguration: z.looseObject({ agents: z.array(idRef).optional() }).optional(),
  }),
});

export type Orchestration = z.output<typeof orchestrationSchema>;

const agents = ['egain_agent', 'custom_agent'];
const bots = ['egain_bot', 'custom_bot'];

function references({ applications }: Orchestration): Reference[] {
  const { botConfiguration, customerConfiguration, agentConfiguration } = applications;
  const found: Reference[] = [];
  if (customerConfiguration !== undefined) {
    const attribute = 'applications.customerConfiguration.customer.id';
    found.push({
      attribute,
      to: 'clientapplications',
      id: customerConfiguration.customer.id,
      roles: ['customer'],
    });
  }
  agentConfiguration?.agents?.forEach(({ id }, index) => {
    const attribute = `applications.agentConfiguration.agents[${index}].id`;
    found.push({ attribute, to: 'clientapplications', id, roles: agents });
  });
  botConfiguration?.bots.forEach((entry, index) => {
    const at = `applications.botConfiguration.bots[${index}]`;
    found.push(
      { attribute: `${at}.id`, to: 'clientapplications', id: entry.id, roles: bots },
      { attribute: `${at}.participant.id`, to: 'participants', id: entry.participant.id },
    );
    if (entry.onEscalation !== undefined) {
      const { id } = entry.onEscalation.agent;
      found.push({ attribute: `${at}.onEscalation.agent.id`, to: 'clientapplications', id, roles: agents });
    }
  });
  return found;
}

export const orchestrationKind: ResourceKind<Orchestration> = {
  kind: 'orchestrations',
  listName: 'orchestration',
  singular: 'Orchestration',
  many: 'Orchestration',
  schema: orchestrationSchema,
  unique: () => [],
  references,
  required: ({ applications }) =>
    applications.botConfiguration === undefined && applications.agentConfiguration === undefined
      ? 'applications.agentConfiguration'
      : undefined,
};
