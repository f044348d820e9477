/** The table of operations: one row per operation of the API, 35 in all. */
import { assetOperations } from './assets/operations.js';
import { fetchConversationOperation } from './conversations/fetch.js';
import { sendMessageOperation } from './conversations/send.js';
import type { Operation } from './http/answer.js';
import { accountKind } from './resources/accounts.js';
import { authenticationKind } from './resources/authentications.js';
import { channelKind } from './resources/channels.js';
import { clientApplicationKind } from './resources/client-applications.js';
import { crudOperations } from './resources/crud.js';
import { orchestrationKind } from './resources/orchestrations.js';
import { participantKind } from './resources/participants.js';
import type { World } from './world.js';

export function operationsOf(world: World): readonly Operation[] {
  const { resources } = world;
  return [
    ...crudOperations(world, authenticationKind, resources.authentications),
    ...crudOperations(world, clientApplicationKind, resources.clientapplications),
    ...crudOperations(world, participantKind, resources.participants),
    ...crudOperations(world, channelKind, resources.channels),
    ...crudOperations(world, orchestrationKind, resources.orchestrations),
    ...crudOperations(world, accountKind, resources.accounts),
    sendMessageOperation(world),
    fetchConversationOperation(world),
    ...assetOperations(world),
  ];
}
