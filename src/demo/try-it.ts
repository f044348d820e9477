import { channelName } from './configuration.js';
import type { Paint } from './screen.js';
import type { Stage } from './stage.js';

export interface Line {
  readonly what: string;
  /** For any POSIX shell with curl, openssl and node; ready to paste. */
  readonly command: string;
}

/** What one can do while the demo runs. @param program path of this command line's own script */
export function linesToTry(
  stage: Stage,
  program: string,
  tracedId: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly Line[] {
  const { managementUrl, simulator, configFile } = stage;
  const control = `${simulator.controlUrl}/conversations`;
  // REDIS_URL wins over a configuration file, and here only the file knows where the demo's Redis is.
  const own = (env['REDIS_URL'] ?? '') === '' ? '' : 'env -u REDIS_URL ';
  return [
    { what: 'Write as a customer, signed with the channel’s secret', command: signedMessage(stage) },
    {
      what: 'Answer as an agent in the newest conversation',
      command: [
        `id=$(curl -sS '${control}?open=true' | node -pe 'JSON.parse(require("fs").readFileSync(0)).conversations.at(-1)?.id')`,
        `curl -sS "${control}/$id/actions" -H 'content-type: application/json' -d '[{"do":"join","name":"Kim"},{"do":"html","html":"Hello from <b>Kim</b>, see <a href=\\"https://example.com\\">here</a>."}]'; echo`,
      ].join('; '),
    },
    {
      what: 'Ask the bridge how it is, and what it has counted',
      command: `curl -sS ${managementUrl}/readyz; echo; curl -sS ${managementUrl}/metrics | grep _total`,
    },
    {
      what: 'Follow one message',
      command: `${own}node ${quoted(program)} messages trace ${tracedId} --config ${quoted(configFile)}`,
    },
  ];
}

/** Standard Webhooks by hand: HMAC-SHA256 of `id.timestamp.body` with the decoded secret. */
function signedMessage({ bridgeUrl, channelSecret }: Stage): string {
  const key = Buffer.from(channelSecret.slice('whsec_'.length), 'base64').toString('hex');
  return [
    `ts=$(date +%s)`,
    `id=try-$ts-$$-$RANDOM`,
    `body='{"id":"'$id'","type":"text","customer":{"id":"you","name":"You"},"text":"Hello from my terminal 👋"}'`,
    `sig=$(printf '%s' "$id.$ts.$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:${key} -binary | openssl base64 -A)`,
    `curl -sS ${bridgeUrl}/channels/${channelName}/webhook -H 'content-type: application/json' -H "webhook-id: $id" -H "webhook-timestamp: $ts" -H "webhook-signature: v1,$sig" --data-binary "$body"; echo`,
  ].join('; ');
}

/** As one word for a shell. */
function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function invitation(paint: Paint, lines: readonly Line[]): string {
  const shown = lines.map(({ what, command }) => `  ${paint('bold', what)}\n${command}\n`).join('\n');
  return `\nNow you, in another terminal:\n\n${shown}\n${paint('dim', 'What arrives is shown here. Ctrl-C ends the demo and removes everything it wrote.')}\n\n`;
}
