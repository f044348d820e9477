/**
 * How a message lies in its lane: "<accepted ms><flag><payload>". The flag is a space for an ordinary message, `~` for
 * one that may be dropped (typing), `!` for a revived dead letter whose payload is wrapped with its history.
 */
export interface LaneElement {
  /** When the hold began, by Redis's clock: acceptance, or the revival of a dead letter. */
  readonly acceptedAt: number;
  readonly ephemeral: boolean;
  readonly payload: string;
  /** Set for a revived dead letter. */
  readonly revived?: {
    readonly originalAcceptedAt: number;
    /** Messages accepted later went before it, so its text must tell its time (I2). */
    readonly late: boolean;
    readonly plan: string;
  };
}

const stampLength = 13;

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
