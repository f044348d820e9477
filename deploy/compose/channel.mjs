/**
 * A small channel application for trying out: prints what the bridge delivers, and writes as a customer:
 *   curl -d '{"customer":"dana","text":"hello"}' http://127.0.0.1:4021/
 */
import { createServer } from 'node:http';
import process, { env, stdout } from 'node:process';
import { text } from 'node:stream/consumers';
import { startSampleChannel } from '../../dist/src/simulator/channel/sample-channel.js';

const channel = await startSampleChannel({
  port: Number(env.CHANNEL_PORT ?? 4020),
  secrets: ['whsec_Y29tcG9zZS1jaGFubmVsLXNlY3JldC0wMDAwMDAwMDE='],
  channel: 'support',
  bridgeUrl: env.BRIDGE_URL ?? 'http://127.0.0.1:8080',
});
channel.onMessage((message) => {
  if (message.text !== undefined) stdout.write(`to ${message.customer.id}: ${message.text}\n`);
});

const writing = createServer(async (request, response) => {
  try {
    const { customer, text: words } = JSON.parse(await text(request));
    const { status, id } = await channel.send({ customer: { id: String(customer) }, text: String(words) });
    response.writeHead(status).end(`${JSON.stringify({ id })}\n`);
  } catch (error) {
    response.writeHead(400).end(`${error.message}\n`);
  }
});
writing.listen(Number(env.WRITING_PORT ?? 4021), () => stdout.write(`channel ready at ${channel.url}\n`));

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    writing.close();
    void channel.close().then(() => process.exit(0));
  });
}
