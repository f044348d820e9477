/** One line of the log per act of an operator: who, what, on what, how many; never a text. */
export type Audit = (line: {
  readonly operator: string;
  readonly action: string;
  readonly count?: number;
  readonly [fact: string]: unknown;
}) => void;
