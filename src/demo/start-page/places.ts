/** Where the start page finds what it shows: addresses on this machine. */
export interface Places {
  readonly chat: string;
  readonly desk: string;
  readonly management: string;
}
