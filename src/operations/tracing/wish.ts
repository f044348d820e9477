type Environment = Readonly<Record<string, string | undefined>>;

/** What OpenTelemetry's standard variables ask for; `why` is a sentence about what cannot be had. */
export type TracingWish =
  { readonly kind: 'off' } | { readonly kind: 'otlp' } | { readonly kind: 'refused'; readonly why: string };

const off: TracingWish = { kind: 'off' };

/**
 * Whether traces are wanted. They are off unless an exporter or an endpoint is named, unlike the standard's own default:
 * nothing of this process is to be sent anywhere because nobody said no.
 */
export function tracingWish(environment: Environment): TracingWish {
  const given = (name: string): string | undefined => {
    const value = environment[name]?.trim();
    return value === '' ? undefined : value;
  };
  if (given('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return off;
  const exporter = given('OTEL_TRACES_EXPORTER');
  const endpoint = given('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? given('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (exporter === 'none' || (exporter === undefined && endpoint === undefined)) return off;
  if (exporter !== undefined && exporter !== 'otlp')
    return { kind: 'refused', why: 'OTEL_TRACES_EXPORTER: expected otlp or none' };
  const protocol = given('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? given('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol !== undefined && protocol !== 'http/protobuf')
    return {
      kind: 'refused',
      why: 'OTEL_EXPORTER_OTLP_PROTOCOL: expected http/protobuf, the one that is spoken here',
    };
  if (endpoint !== undefined && !isHttp(endpoint))
    return { kind: 'refused', why: 'OTEL_EXPORTER_OTLP_ENDPOINT: expected an http:// or https:// address' };
  return { kind: 'otlp' };
}

function isHttp(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
