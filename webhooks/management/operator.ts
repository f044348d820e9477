/** Who is at the management port, as its guard has established. */
export interface Operator {
  /** What the audit lines call them. */
  readonly name: string;
  /** Whether they may see what customers and agents wrote. */
  readonly mayReadTexts: boolean;
}

/** One line of the log per act of an operator: who, what, on what, how many; never a text. */
export type Audit = (line: {
  readonly operator: string;
  readonly action: string;
  readonly count?: number;
  readonly [fact: string]: unknown;
}) => void;
