/** One message on its way through the bridge, as the start page shows it. Times in milliseconds since 1970. */
export interface Card {
  /** The id people know it by: the channel's on the way in, eGain's on the way out. */
  readonly id: string;
  readonly direction: 'in' | 'out';
  /** Who wrote it, where it is known already. */
  readonly who: string;
  readonly text: string;
  readonly type: string;
  /** When eGain's side wrote it; for messages out only. */
  readonly writtenAt?: number;
  /** When the bridge had it in Redis. */
  readonly keptAt?: number;
  readonly attempts: number;
  readonly state: 'written' | 'waiting' | 'retrying' | 'delivered' | 'dead' | 'ignored' | 'forgotten';
  /** Messages of its lane that go first. */
  readonly ahead?: number;
  /** Why it is not there yet, or why it never will be. */
  readonly reason?: string;
  readonly endedAt?: number;
}
