/** All that one simulated tenant consists of; handed to every operation. */
import type { AttachmentFetcher } from './assets/fetcher.js';
import type { Signatures } from './assets/signatures.js';
import type { Assets } from './assets/store.js';
import type { CallbackSender } from './callbacks/sender.js';
import type { WireLog } from './callbacks/wire-log.js';
import type { Conversations } from './conversations/store.js';
import type { Faults } from './faults/faults.js';
import type { MovableClock } from './clock.js';
import type { Random } from './random.js';
import type { Records } from './records.js';
import type { Resources } from './resources/index.js';
import type { Responder } from './agents/responder.js';
import type { SwitchBoard } from './switches.js';
import type { Tokens } from './tokens/tokens.js';

/** The part of pino's logger that is used. */
export interface SimulatorLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface World {
  readonly clock: MovableClock;
  readonly random: Random;
  readonly switches: SwitchBoard;
  readonly records: Records;
  readonly resources: Resources;
  readonly conversations: Conversations;
  readonly assets: Assets;
  readonly signatures: Signatures;
  readonly attachments: AttachmentFetcher;
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly callbacks: CallbackSender;
  readonly wire: WireLog;
  readonly responder: Responder;
  readonly logger: SimulatorLogger;
  /** Whether any agent is there to take a conversation. */
  readonly desk: { online: boolean };
}
