export { type Simulator, type SimulatorOptions, startSimulator } from './simulator.js';
export type { ActionInput } from './agents/actions.js';
export type { ResponderInput } from './agents/responder.js';
export type { ActOutcome, Control } from './control/control.js';
export type { Conversation, HubMessage } from './conversations/model.js';
export type { FaultInput } from './faults/rules.js';
export { seededRandom } from './random.js';
export type {
  CallbackRecord,
  CallbackTokenRecord,
  FileRecord,
  MailRecord,
  MessageRecord,
  RequestRecord,
  SimulatorRecord,
} from './records.js';
export type { SetupInput } from './setup.js';
export type { Switches, SwitchesInput } from './switches.js';
export type { ApiClient } from './tokens/tokens.js';
