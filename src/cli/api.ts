/** `api`: eGain's own operations, one command each. */
import type { Command } from 'commander';
import { registerAssets } from './api/assets.js';
import { registerConversations } from './api/conversations.js';
import { registerResource } from './api/resource-commands.js';
import { apiResources } from './api/resources.js';
import type { CliContext } from './context.js';

export function register(program: Command, context: CliContext): void {
  const api = program
    .command('api')
    .description('use eGain’s API directly; EGAIN_* variables or the egain section are enough');
  for (const resource of apiResources) registerResource(api, context, resource);
  registerConversations(api, context);
  registerAssets(api, context);
}
