import { failure, ok, skipped, warning, type Finding } from './finding.js';

/** Signatures are good for five minutes: half of that is close to trouble. */
const warnMs = 5_000;
const failMs = 120_000;

/** This machine's clock beside others': a webhook's signature is refused when they are far apart. */
export function checkClock(now: number, others: Readonly<Record<string, number | undefined>>): Finding {
  const known = Object.entries(others).flatMap(([name, time]): [string, number][] =>
    time === undefined ? [] : [[name, now - time]],
  );
  if (known.length === 0) return skipped('clock', 'nobody’s clock is known to compare it with');
  const [name, aheadMs] = known.reduce((worst, one) => (Math.abs(one[1]) > Math.abs(worst[1]) ? one : worst));
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const found = `${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} ${name}`;
  if (Math.abs(aheadMs) <= warnMs) return ok('clock', 'within 5 s of the others');
  const say = Math.abs(aheadMs) > failMs ? failure : warning;
  return say('clock', found, 'let this machine take its time from NTP');
}
