import { randomUUID } from 'node:crypto';
import { EgainError, type EgainClient } from '../egain/index.js';
import { failure, ok, skipped, warning, wordsOf, type Finding } from './finding.js';

/** The two areas of the API the bridge uses, each by one harmless read. Names of scopes: [seed], [doc: operation/*]. */
const areas = [
  {
    check: 'scope of messages',
    scope: 'app.conversation.conversationmgr.interaction.manage',
    // A conversation that nobody has: who may read it is told that there is none.
    read: (client: EgainClient) => client.conversations.fetch(randomUUID()).then(() => undefined),
  },
  {
    check: 'scope of provisioning',
    scope: 'app.conversation.conversationmgr.manage',
    read: (client: EgainClient) => client.channels.list()[Symbol.asyncIterator]().next(),
  },
] as const;

/** Does eGain answer at the address configured, and may this client do what the bridge does? */
export async function checkEgain(client: EgainClient, apiUrl: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { check, scope, read } of areas) {
    try {
      await read(client);
      findings.push(ok(check, 'granted'));
    } catch (error) {
      if (!(error instanceof EgainError)) throw error;
      if (error.kind === 'answer' && error.status === 404 && error.isEgainAnswer) {
        findings.push(ok(check, 'granted'));
      } else if (error.status === 403) {
        const advice = `assign ${scope} to the client application in the eGain console, or correct egain.token.scope`;
        findings.push(
          check === 'scope of messages'
            ? failure(check, 'eGain refuses: the token lacks it', advice)
            : warning(check, 'eGain refuses: the token lacks it; only provision needs it', advice),
        );
      } else if (error.status === 401) {
        findings.push(
          failure(
            check,
            'eGain does not accept the token',
            'take egain.token and egain.apiUrl from the same tenant’s console',
          ),
        );
      } else {
        findings.push(unreachable(check, error, apiUrl));
      }
    }
  }
  return findings;
}

export function egainNotAsked(): readonly Finding[] {
  return areas.map(({ check }) => skipped(check, 'there is no token'));
}

function unreachable(check: string, error: EgainError, apiUrl: string): Finding {
  const { hostname } = new URL(apiUrl);
  if (error.kind === 'not-egain' || error.kind === 'answer') {
    return failure(
      check,
      `something answers at ${hostname}, but not as eGain does (${wordsOf(error)})`,
      'correct egain.apiUrl: it ends in /conversation/conversationmgr/v3',
    );
  }
  return failure(check, wordsOf(error), `open the way to ${hostname}, or correct egain.apiUrl`);
}
