/** Everything at a glance, asked for anew every two seconds while somebody looks. */
import { ask, sentence, tell } from './api.js';
import { drawFailures, drawRates } from './chart.js';
import { confirmed } from './confirm.js';
import { button, byId, make, redraw, row } from './dom.js';
import { bytes, counted, span, timeOf, wayOf } from './words.js';
import type { DirectionView, Overview, Provisioning } from './wire.js';

const everyMs = 2000;
const mostFailures = 8;

const live = byId('live', HTMLElement);
const rates = byId('rates', HTMLElement);
const failures = byId('failures', HTMLElement);
const directions = byId('directions', HTMLElement);
const facts = byId('facts', HTMLElement);
const drift = byId('drift', HTMLElement);
const may = { change: false };
const minutes = byId('minutes', HTMLSelectElement);

/** @param onDeadLetters told how many there are, each time that is another number than before */
export function startOverview(mayChange: boolean, onDeadLetters: (count: number) => void): void {
  may.change = mayChange;
  let known: number | undefined;
  const look = async (): Promise<void> => {
    if (document.hidden) return;
    try {
      const overview = await ask<Overview>(`overview?minutes=${minutes.value}`);
      draw(overview);
      live.textContent = 'live';
      if (known !== overview.deadLetters) onDeadLetters(overview.deadLetters);
      known = overview.deadLetters;
    } catch (error) {
      live.textContent = sentence(error);
    }
  };
  minutes.addEventListener('change', () => void look());
  document.addEventListener('visibilitychange', () => void look());
  const again = (): void => void look().finally(() => setTimeout(again, everyMs));
  again();
  byId('check', HTMLButtonElement).addEventListener('click', () => void check());
}

function draw(overview: Overview): void {
  rates.replaceChildren(drawRates(overview));
  const worst = overview.failures.slice(0, mostFailures);
  failures.replaceChildren(
    worst.length === 0 ? make('p', { class: 'soft' }, 'Nothing failed in this time.') : drawFailures(worst),
  );
  redraw(directions, ...overview.directions.map(drawDirection));
  facts.replaceChildren(...factsOf(overview));
  drawDrift(overview.provisioning);
}

function drawDirection(view: DirectionView): HTMLElement {
  const { direction, channel, lanes, oldestMs, delivered, held, dead, closed } = view;
  const holding = lanes.running + lanes.waiting + lanes.backingOff;
  const paused = closed === 'paused';
  const known = channel !== '?';
  const verb = paused ? 'Resume' : 'Pause';
  const act =
    known && may.change
      ? button(
          verb,
          { 'data-key': `${direction}:${channel}`, 'aria-label': `${verb} ${channel} ${wayOf(direction)}` },
          () => void setGate(view, paused ? 'resume' : 'pause'),
        )
      : '';
  const made = row(
    `${known ? channel : 'unknown conversations'} ${wayOf(direction)}`,
    make('span', closed === null ? { class: 'good' } : { class: 'warn' }, closed ?? 'open'),
    counted(holding, 'lane'),
    make('span', oldestMs > 60_000 ? { class: 'warn' } : {}, oldestMs === 0 ? '–' : span(oldestMs)),
    String(delivered),
    String(held),
    make('span', dead > 0 ? { class: 'warn' } : {}, String(dead)),
    act,
  );
  made.dataset['target'] = `${direction}:${channel}`;
  return made;
}

async function setGate({ direction, channel }: DirectionView, act: 'pause' | 'resume'): Promise<void> {
  const sure = await confirmed({
    question: `${act === 'pause' ? 'Pause' : 'Resume'} ${channel} ${wayOf(direction)}?`,
    detail:
      act === 'pause'
        ? 'What arrives is kept and delivered only when somebody resumes it; the hold of each message goes on.'
        : 'What waits is delivered again.',
    act: act === 'pause' ? 'Pause' : 'Resume',
  });
  if (!sure) return;
  await tell(`channels/${channel}/${act}`, { direction }).catch(
    (error: unknown) => (live.textContent = sentence(error)),
  );
}

function factsOf({ token, redis, processes, deadLetters }: Overview): HTMLElement[] {
  const held =
    token.leftMs === null
      ? 'none at the moment'
      : `${span(token.ageMs ?? 0)} old, ${span(token.leftMs)} left`;
  const cooling =
    token.coolingMs > 0 ? `, not asked again for ${span(token.coolingMs)}: ${token.coolingReason ?? ''}` : '';
  const renewed = `renewed ${token.fetched} ×, failed ${token.failed} ×, discarded ${token.discarded} ×`;
  const memory =
    redis.usedBytes === null
      ? 'not known to this process'
      : redis.limitBytes
        ? `${bytes(redis.usedBytes)} of ${bytes(redis.limitBytes)}`
        : `${bytes(redis.usedBytes)}, no limit`;
  return [
    ...fact('Dead letters', `${deadLetters.toLocaleString()} kept`),
    ...fact('Access token', held + cooling),
    ...fact('In this time', renewed),
    ...fact('Redis memory', memory),
    ...fact(
      counted(processes.length, 'process').replace('processs', 'processes'),
      make(
        'ul',
        {},
        ...processes.map(({ instance, role, version, startedAt }) =>
          make('li', {}, `${instance}, ${role}, ${version}, since `, timeOf(startedAt)),
        ),
      ),
    ),
  ];
}

function fact(name: string, value: Node | string): HTMLElement[] {
  return [make('dt', {}, name), make('dd', {}, value)];
}

function drawDrift({ declared, drift: found }: Provisioning): void {
  const check = byId('check', HTMLButtonElement);
  check.hidden = !declared || !may.change;
  if (!declared) drift.replaceChildren('The configuration declares nothing of eGain’s side.');
  else if (found === null) drift.replaceChildren('Nobody has compared eGain with the configuration lately.');
  else if (found.differences === undefined)
    drift.replaceChildren('It could not be told ', timeOf(found.at), `: ${found.problems.join('; ')}`);
  else {
    const same = found.differences === 0 && found.problems.length === 0;
    drift.replaceChildren(
      same ? 'As declared, ' : `${counted(found.differences, 'difference')}, `,
      timeOf(found.at),
      make('ul', {}, ...[...found.objects, ...found.problems].map((text) => make('li', {}, text))),
    );
  }
}

async function check(): Promise<void> {
  drift.textContent = 'comparing …';
  try {
    drawDrift(await tell<Provisioning>('provisioning/check', {}));
  } catch (error) {
    drift.textContent = sentence(error);
  }
}
