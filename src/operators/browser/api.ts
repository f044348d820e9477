/** The API of the port that the page came from. */

/** In words for whoever is at the page. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** `Answer` is what the API's description says of the path: server and page are of one version. */
export async function ask<Answer>(path: string): Promise<Answer> {
  return (await call(path, { method: 'GET' })) as Answer;
}

export async function tell<Answer>(path: string, body: object): Promise<Answer> {
  return (await call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })) as Answer;
}

async function call(path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(`../api/${path}`, { ...init, cache: 'no-store' }).catch(() => {
    throw new ApiFailure(0, 'The bridge does not answer.');
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  const message: unknown =
    typeof body === 'object' && body !== null ? Reflect.get(body, 'message') : undefined;
  throw new ApiFailure(
    response.status,
    typeof message === 'string' ? message : `The bridge answered ${response.status}.`,
  );
}

export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : 'It did not work.';
}
