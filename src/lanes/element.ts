import { AlteredError, MissingKeyError, type AtRest } from './at-rest.js';

/**
 * How a message lies in its lane: "<accepted ms><flag><payload>". The flag is a space for an ordinary message, `~` for
 * one that may be dropped (typing), `!` for a revived dead letter whose payload is wrapped with its history.
 */
export interface LaneElement {
  /** When the hold began, by Redis's clock: acceptance, or the revival of a dead letter. */
  readonly acceptedAt: number;
  readonly ephemeral: boolean;
  readonly payload: string;
  /** The id of the key that is missing to read it: then the payload is empty, and so is the plan of a revived one. */
  readonly lockedBy?: string;
  /** Set for a revived dead letter. */
  readonly revived?: {
    readonly originalAcceptedAt: number;
    /** Messages accepted later went before it, so its text must tell its time (I2). */
    readonly late: boolean;
    readonly plan: string;
  };
}

const stampLength = 13;

/** An element of a lane; what was sealed with a key that is missing is `lockedBy` it, what was changed is empty. */
export function openElement(atRest: AtRest, lane: string, element: string): LaneElement {
  const read = readElement(element);
  const { payload, revived } = read;
  try {
    const opened = { ...read, payload: atRest.open(messagePlace(lane), payload) };
    if (revived === undefined || revived.plan === '') return opened;
    return { ...opened, revived: { ...revived, plan: atRest.open(planPlace(lane), revived.plan) } };
  } catch (error) {
    const bare = {
      ...read,
      payload: '',
      ...(revived === undefined ? {} : { revived: { ...revived, plan: '' } }),
    };
    if (error instanceof MissingKeyError) return { ...bare, lockedBy: error.keyId };
    if (error instanceof AlteredError) return bare;
    throw error;
  }
}

/** What a waiting message is sealed in with. */
export const messagePlace = (lane: string): string => `message ${lane}`;
/** What the plan of a message in parts is sealed in with. */
export const planPlace = (lane: string): string => `plan ${lane}`;
/** What the words about a failure are sealed in with; a far end's may repeat a customer's. */
export const errorPlace = (lane: string): string => `error ${lane}`;
/** What is known of a lane's customer is sealed in with. */
export const customerPlace = (lane: string): string => `customer ${lane}`;

/** @throws {SyntaxError} when a revived element's wrapping is not what `revive.lua` writes. */
export function readElement(element: string): LaneElement {
  const acceptedAt = Number(element.slice(0, stampLength));
  const flag = element[stampLength];
  const payload = element.slice(stampLength + 1);
  if (flag !== '!') return { acceptedAt, ephemeral: flag === '~', payload };
  const wrapped = JSON.parse(payload) as { original: number; late: boolean; plan: string; payload: string };
  return {
    acceptedAt,
    ephemeral: false,
    payload: wrapped.payload,
    revived: { originalAcceptedAt: wrapped.original, late: wrapped.late, plan: wrapped.plan },
  };
}
