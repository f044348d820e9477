import { styleText } from 'node:util';
import type { Tally } from './check.js';
import { operatorName } from './configuration.js';
import type { Stage } from './stage.js';
import type { Hops } from './witness.js';

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colour for people only: on a terminal, unless NO_COLOR is set (no-color.org). */
export function painter(terminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  const plain = !terminal || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return plain ? (_style, text) => text : (style, text) => styleText(style, text, { validateStream: false });
}

export function opening(paint: Paint, stage: Stage, readyMs: number): string {
  const { bridgeUrl, managementUrl, simulator, channel, redisUrl } = stage;
  const rows = [
    ['bridge', bridgeUrl, `health and metrics at ${managementUrl}`],
    ['eGain', simulator.origin, 'a simulated Conversation Manager'],
    ['channel', channel.url, 'a sample application with one customer'],
    ['Redis', redisUrl, 'the demo’s own, appendonly everysec'],
  ];
  const table = rows.map((row) => rowOf(paint, row));
  return `${table.join('\n')}\n  ${paint('dim', `all of it on this machine, ready in ${seconds(readyMs)}`)}\n\n`;
}

/** Where to look with a browser. */
export function welcome(paint: Paint, startUrl: string, stage: Stage): string {
  const { chatUrl, simulator, managementUrl, operatorPassword } = stage;
  const rows = [
    ['start', startUrl, 'open this: customer, bridge and agent side by side'],
    ['chat', chatUrl, 'the customer’s web chat alone'],
    ['desk', simulator.deskUrl, 'the agent’s desk alone'],
    [
      'operators',
      `${managementUrl}/messages/`,
      `rates, journeys, dead letters: user ${operatorName}, password ${operatorPassword}`,
    ],
  ];
  return `${rows.map((row) => rowOf(paint, row)).join('\n')}\n\n`;
}

function rowOf(paint: Paint, [name = '', url = '', what = '']: readonly string[]): string {
  return `  ${paint('bold', name.padEnd(9))} ${paint('cyan', url.padEnd(36))} ${paint('dim', what)}`;
}

/** One message with its hops. Its own text comes last in the line, so that right-to-left script disturbs nothing. */
export function message(paint: Paint, hops: Hops, startedAt: number): string {
  return hops.direction === 'in' ? inbound(paint, hops, startedAt) : outbound(paint, hops, startedAt);
}

function inbound(paint: Paint, hops: Extract<Hops, { direction: 'in' }>, startedAt: number): string {
  const { sentAt, acceptedAt, atEgainAt, text, opened, conversationId } = hops;
  const begins = sentAt ?? atEgainAt;
  const way =
    sentAt === undefined || acceptedAt === undefined
      ? 'arrived at eGain'
      : `customer → bridge accepted it after ${ms(acceptedAt - sentAt)} → eGain got it after ${ms(atEgainAt - sentAt)}`;
  const news = opened ? `, opens conversation ${conversationId}` : '';
  return block(paint, begins - startedAt, paint('green', 'customer'.padEnd(9)), text, way + news);
}

function outbound(paint: Paint, hops: Extract<Hops, { direction: 'out' }>, startedAt: number): string {
  const { writtenAt, callbackMs, withCustomerAt, sender, type, text, shown } = hops;
  const way = `eGain → callback answered after ${ms(callbackMs)} → customer got it after ${ms(withCustomerAt - writtenAt)}`;
  const news =
    type === 'text' && shown !== text ? `\n${' '.repeat(12)}${paint('dim', `as text: ${shown}`)}` : '';
  const said = type === 'text' ? text : paint('italic', `(${deeds[type] ?? type})`);
  return (
    block(paint, writtenAt - startedAt, paint('magenta', sender.padEnd(9)), said, way) +
    (news && `${news.slice(1)}\n`)
  );
}

/** What eGain's other message types mean to a reader. */
const deeds: Readonly<Record<string, string>> = {
  'conversation.state': 'hands over to the agents',
  'agent.join': 'joins the conversation',
  'typing.start': 'is typing',
  'typing.end': 'stops typing',
  'conversation.end': 'ends the conversation',
};

function block(paint: Paint, at: number, who: string, text: string, way: string): string {
  return `${paint('dim', seconds(at).padStart(9))}  ${who} ${text}\n${' '.repeat(12)}${paint('dim', way)}\n`;
}

export function verdict(paint: Paint, { toEgain, toCustomer, problems }: Tally): string {
  if (problems.length === 0) {
    const counted = `${toEgain} messages to eGain, ${toCustomer} to the customer`;
    return `\n  ${paint('green', '✓')} ${counted}: every one arrived, once and in order, as the two far ends recorded it.\n`;
  }
  return `\n${problems.map((problem) => `  ${paint('red', '✗')} ${problem}\n`).join('')}`;
}

function ms(value: number): string {
  return `${Math.max(0, Math.round(value))} ms`;
}

function seconds(value: number): string {
  return `${(value / 1000).toFixed(3)} s`;
}
