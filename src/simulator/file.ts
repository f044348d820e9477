/** What `egain-bridge simulator` reads from a file (YAML or JSON), and what it uses when there is none. */
import { parse } from 'yaml';
import { z } from 'zod';
import { responderSchema } from './agents/responder.js';
import { faultSchema } from './faults/rules.js';
import { setupSchema } from './setup.js';
import { switchesSchema } from './switches.js';

const allScopes = [
  'app.conversation.conversationmgr.manage',
  'app.conversation.conversationmgr.read',
  'app.conversation.conversationmgr.interaction.manage',
  'app.conversation.conversationmgr.interaction.read',
];

/** The documented credentials of a simulator started without a file: nothing real is behind them. */
export const exampleClient = { id: 'simulator-client', secret: 'simulator-secret', scopes: allScopes };

export const simulatorFileSchema = z.strictObject({
  clients: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        secret: z.string().min(1),
        scopes: z.array(z.string().min(1)).default(allScopes),
      }),
    )
    .min(1)
    .default([exampleClient]),
  setup: setupSchema.prefault({}),
  switches: switchesSchema.prefault({}),
  faults: z.array(faultSchema).default([]),
  responder: responderSchema.prefault({}),
});

export type SimulatorFile = z.output<typeof simulatorFileSchema>;

/** @throws an Error that names every problem with its place */
export function parseSimulatorFile(text: string, name: string): SimulatorFile {
  const content: unknown = parse(text);
  const parsed = simulatorFileSchema.safeParse(content ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`${name} is not a simulator file: ${problems.join('; ')}`);
}
