/** A manifest may say less than its channel can do, never more (design section 10). */
import type * as z from 'zod';
import type { manifestSchema } from './manifest.js';

interface Ways {
  readonly inbound: boolean;
  readonly outbound: boolean;
}

/** What is asked of an adapter's capabilities here; `Capabilities` fits. */
export interface ChannelLimits {
  readonly text: { readonly max: number; readonly markup: string };
  readonly rich: Readonly<Record<string, string>>;
  readonly typing: Ways;
  readonly attachments: Ways;
}

export interface Widening {
  /** Below `manifest`. */
  readonly path: readonly (string | number)[];
  readonly expected: string;
}

type Manifest = z.infer<typeof manifestSchema>;

/** Every place where the manifest promises what the channel does not have. */
export function wideningsOf({ restrictions = {} }: Manifest, limits: ChannelLimits): Widening[] {
  const found: Widening[] = [];
  const { inbound, outbound } = restrictions;
  const say = (path: Widening['path'], expected: string): void => {
    found.push({ path: ['restrictions', ...path], expected });
  };
  const { max, markup } = limits.text;
  if ((outbound?.maxTextLength ?? 0) > max)
    say(['outbound', 'maxTextLength'], `at most ${max}, the longest text this kind of channel takes`);
  for (const way of ['inbound', 'outbound'] as const) {
    const has: Readonly<Record<string, boolean>> = {
      typing_events: limits.typing[way],
      attachments: limits.attachments[way],
      richText: way === 'inbound' || markup !== 'none',
    };
    (way === 'inbound' ? inbound : outbound)?.features?.forEach((feature, index) => {
      if (has[feature] === false)
        say([way, 'features', index], `no ${feature}, which this kind of channel does not have`);
    });
  }
  const signsIn = limits.rich['authentication'] ?? 'text';
  if (outbound?.midChatAuth === true && signsIn === 'text')
    say(['outbound', 'midChatAuth'], 'false, because this kind of channel cannot authenticate customers');
  return found;
}
