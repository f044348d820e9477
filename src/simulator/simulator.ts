/** Puts a simulated tenant together and lets it listen. */
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { namesLoopback } from '../operations/own-host.js';
import { Responder, type ResponderInput } from './agents/responder.js';
import { AttachmentFetcher } from './assets/fetcher.js';
import { Signatures } from './assets/signatures.js';
import { Assets } from './assets/store.js';
import { CallbackSender } from './callbacks/sender.js';
import { WireLog } from './callbacks/wire-log.js';
import { type Clock, MovableClock } from './clock.js';
import { Control } from './control/control.js';
import { controlRoutes } from './control/routes.js';
import { expireIfIdle } from './conversations/lifecycle.js';
import { Conversations } from './conversations/store.js';
import { Faults } from './faults/faults.js';
import type { FaultInput } from './faults/rules.js';
import { createDesk } from './desk/serve.js';
import { OperationTable } from './http/table.js';
import { operationsOf } from './operations.js';
import { type Random, seededRandom } from './random.js';
import { Records, type SimulatorRecord } from './records.js';
import { Resources } from './resources/index.js';
import { apiBase, createSimulatorServer } from './server.js';
import { createTenant, declare, type SetupInput } from './setup.js';
import { Snapshot } from './snapshot.js';
import { SwitchBoard, type SwitchesInput } from './switches.js';
import { type ApiClient, Tokens } from './tokens/tokens.js';
import type { SimulatorLogger, World } from './world.js';

export interface SimulatorOptions {
  /** 0 or absent = a free one. */
  readonly port?: number;
  /** Default 127.0.0.1: the control API has no authentication. */
  readonly host?: string;
  /** Who may ask for tokens. */
  readonly clients: readonly ApiClient[];
  /** Gateway tenant in the token URL and in tokens. */
  readonly tenant?: string;
  readonly setup?: SetupInput;
  readonly switches?: SwitchesInput;
  readonly faults?: readonly FaultInput[];
  readonly responder?: ResponderInput;
  readonly clock?: Clock;
  /** Chance of faults and jitter of retries; default seeded with 1, so that runs repeat. */
  readonly random?: Random;
  readonly logger?: SimulatorLogger;
  /** Records kept; default 200,000. */
  readonly recordLimit?: number;
  /** Messages kept per conversation; default 1,000. */
  readonly historyLimit?: number;
  /** Bytes of files kept; default 512 MiB, then the oldest files lose theirs. */
  readonly assetBytesLimit?: number;
  /** The configuration objects are kept in this file over restarts, secrets included. */
  readonly snapshotFile?: string;
  /** Origins whose pages may show the agent's desk in a frame. */
  readonly deskFramedBy?: readonly string[];
}

export interface Simulator {
  /** `http://host:port` */
  readonly origin: string;
  /** Base of the API, `/conversation/conversationmgr/v3` included. */
  readonly url: string;
  readonly tokenUrl: string;
  readonly controlUrl: string;
  /** The page for people who want to be the agent. */
  readonly deskUrl: string;
  readonly control: Control;
  /** Everything behind it, for looking at; changes go through `control`. */
  readonly state: World;
  /** Records after sequence number `since` (default: all that are kept). */
  records(since?: number): readonly SimulatorRecord[];
  /** Stops listening, cuts open connections, gives up callbacks that wait. */
  close(): Promise<void>;
}

const silent: SimulatorLogger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { host = '127.0.0.1', tenant = '00000000-0000-0000-0000-000000000000' } = options;
  const dispatcher = new Agent({ connections: 100, keepAliveTimeout: 10_000 });
  let origin = '';
  const world = createWorld(options, tenant, dispatcher, () => origin);
  const closing = new AbortController();
  const build = (): void => {
    createTenant(world.resources, origin);
    declare(world.resources, options.setup ?? {});
  };
  const rebuild = (): void => {
    world.resources.clear();
    build();
  };
  const { snapshotFile } = options;
  const snapshot =
    snapshotFile === undefined
      ? undefined
      : new Snapshot(snapshotFile, world.resources, (err) =>
          world.logger.warn({ err, file: snapshotFile }, 'snapshot not written'),
        );
  await snapshot?.load();
  const control = new Control(world, rebuild);
  const server = createSimulatorServer({
    world,
    table: new OperationTable(operationsOf(world)),
    clients: options.clients,
    control: controlRoutes(control, world.records),
    desk: createDesk(options.deskFramedBy),
    onlyLoopback: namesLoopback(host.includes(':') ? `[${host}]` : host),
    closing: closing.signal,
  });
  for (const fault of options.faults ?? []) world.faults.add(fault);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  origin = `http://${host.includes(':') ? `[${host}]` : host}:${portOf(address)}`;
  build();
  snapshot?.follow();
  // Only `endOnTimeout` needs somebody to notice the silence; sends notice it by themselves.
  const sweep = setInterval(() => {
    if (!world.switches.current.endOnTimeout) return;
    for (const conversation of world.conversations.all())
      if (conversation.phase !== 'ended') expireIfIdle(world, conversation);
  }, 1000);
  sweep.unref();
  world.logger.info({ url: origin }, 'simulator listening');
  return {
    origin,
    url: `${origin}${apiBase}`,
    tokenUrl: `${origin}/global/${tenant}/oauth2/v2.0/token`,
    controlUrl: `${origin}/control`,
    deskUrl: `${origin}/desk/`,
    control,
    state: world,
    records: (since = 0) => world.records.since(since),
    close: async () => {
      clearInterval(sweep);
      closing.abort(new Error('the simulator is closing'));
      world.responder.close();
      world.callbacks.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, dispatcher.destroy(), snapshot?.close()]);
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function createWorld(
  options: SimulatorOptions,
  tenant: string,
  dispatcher: Agent,
  ownOrigin: () => string,
): World {
  const clock = new MovableClock(options.clock ?? { now: () => Date.now() });
  const iso = (): string => clock.iso();
  const random = options.random ?? seededRandom(1);
  const switches = new SwitchBoard(options.switches);
  const records = new Records(iso, options.recordLimit ?? 200_000);
  const resources = new Resources(iso);
  const faults = new Faults(random);
  const wire = new WireLog();
  const callbacks = new CallbackSender({
    clock,
    random,
    switches,
    records,
    wire,
    resources,
    faults,
    dispatcher,
    ownOrigin,
  });
  const world: World = {
    clock,
    random,
    switches,
    records,
    resources,
    conversations: new Conversations(clock, options.historyLimit ?? 1000),
    assets: new Assets(options.assetBytesLimit ?? 512 * 1024 * 1024),
    signatures: new Signatures(clock, switches, ownOrigin),
    attachments: new AttachmentFetcher(dispatcher, records),
    tokens: new Tokens(clock, switches, tenant),
    faults,
    callbacks,
    wire,
    responder: new Responder(() => world, options.responder),
    logger: options.logger ?? silent,
    desk: { online: true },
  };
  return world;
}
