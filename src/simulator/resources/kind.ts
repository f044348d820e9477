/** What the hub needs to know about one kind of object; one file per kind fills it in, `crud.ts` does the work. */
import type { z } from 'zod';
import type { Switches } from '../switches.js';

export type KindName =
  'authentications' | 'clientapplications' | 'participants' | 'channels' | 'orchestrations' | 'accounts';

/** An object named by another one. */
export interface Reference {
  readonly attribute: string;
  readonly to: KindName;
  readonly id: string;
  /** The client application must have one of these roles. */
  readonly roles?: readonly string[];
}

export interface UniqueValue {
  readonly attribute: string;
  readonly value: string;
}

export interface ResourceKind<Body extends object> {
  /** Last segment of its path. */
  readonly kind: KindName;
  /** Name of the array in a list [seed]. */
  readonly listName: string;
  /** As in `createChannel`. */
  readonly singular: string;
  /** As in `getAllChannels`; eGain's names are not regular. */
  readonly many: string;
  readonly schema: z.ZodType<Body>;
  /** What no two objects may share: under an attribute's name, the value that must differ. */
  readonly unique: (body: Body, switches: Switches) => readonly UniqueValue[];
  readonly references: (body: Body) => readonly Reference[];
  /** An attribute that is missing because of what else is there or not. */
  readonly required?: (body: Body) => string | undefined;
  /** What the schema cannot say: the attribute in question and why. */
  readonly problem?: (
    body: Body,
    switches: Switches,
  ) => { readonly attribute: string; readonly why: string } | undefined;
  /** Authentications ask for `manage` even to be read [doc: getallauthentication.md]. */
  readonly readNeedsManage?: boolean;
  readonly masked?: (body: Body) => Body;
}
