import { createCredentialMatch, readBasic } from '../../src/egain/callback/credential-check.js';

/** What an operator may beyond looking: `change` something, or read the `texts` of customers and agents. */
export type Permission = 'change' | 'texts';

/** Who asks, by the name that what they do is recorded under. */
export interface Operator {
  readonly name: string;
  readonly permissions: ReadonlySet<Permission>;
}

/** `management.auth` of the configuration. */
export interface OperatorAccounts {
  readonly users: readonly {
    readonly username: string;
    readonly passwords: readonly string[];
    readonly permissions: readonly Permission[];
  }[];
  readonly tokens: readonly {
    readonly name: string;
    readonly tokens: readonly string[];
    readonly permissions: readonly Permission[];
  }[];
}

/** Both ways to prove oneself, as a browser and a program are told of them. */
export const challenge = 'Basic realm="egain-bridge", charset="UTF-8", Bearer realm="egain-bridge"';

/** Beyond it a header is an attempt to make us work. */
const longestHeader = 8192;

/**
 * Tells the operator by an `Authorization` header, Basic or Bearer; undefined when it proves nobody. Every password and
 * token that is accepted is compared, in constant time (I9).
 */
export function createOperatorCheck(accounts: OperatorAccounts): (header: string) => Operator | undefined {
  const users = accounts.users.flatMap(({ username, passwords, permissions }) => {
    const operator: Operator = { name: username, permissions: new Set(permissions) };
    return passwords.map((secret) => ({ name: username, secret, operator }));
  });
  // A token says by itself whose it is.
  const programs = accounts.tokens.flatMap(({ name, tokens, permissions }) => {
    const operator: Operator = { name, permissions: new Set(permissions) };
    return tokens.map((secret) => ({ name: '', secret, operator }));
  });
  const userOf = createCredentialMatch(users);
  const programOf = createCredentialMatch(programs);
  return (header) => {
    if (header.length > longestHeader) return undefined;
    const [, scheme = '', credentials = ''] = /^([A-Za-z]+) +(\S+)\s*$/.exec(header) ?? [];
    if (scheme.toLowerCase() === 'bearer') return programOf('', credentials)?.operator;
    if (scheme.toLowerCase() !== 'basic') return undefined;
    const pair = readBasic(credentials);
    return pair === undefined ? undefined : userOf(pair.name, pair.secret)?.operator;
  };
}
