/** What Redis's `INFO` says, by name. */
export type RedisInfo = ReadonlyMap<string, string>;

/** @param text an answer to `INFO`. */
export function readInfo(text: string): RedisInfo {
  return new Map(
    text.split('\r\n').flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)]] : [];
    }),
  );
}

/** The share of Redis's memory that intake may fill; the rest is for draining: BullMQ's scripts fail in a full Redis (I7). */
export const intakeShare = 0.8;

/** In bytes; `limitBytes` 0 = there is none. */
export interface MemoryUsage {
  readonly usedBytes: number;
  readonly limitBytes: number;
}

/** `cap`: bytes to take for the limit instead of Redis's own `maxmemory`. */
export function memoryUsage(info: RedisInfo, cap: number | undefined): MemoryUsage {
  return {
    usedBytes: Number(info.get('used_memory') ?? 0),
    limitBytes: cap ?? Number(info.get('maxmemory') ?? 0),
  };
}

/** 0 where there is no limit. */
export function shareUsed({ usedBytes, limitBytes }: MemoryUsage): number {
  return limitBytes > 0 ? usedBytes / limitBytes : 0;
}
