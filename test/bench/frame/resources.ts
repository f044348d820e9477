/** Things that must be stopped again, whatever happens in between. */
export class Resources {
  readonly #stops: (() => Promise<void>)[] = [];

  async use<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const resource = await starting;
    this.#stops.unshift(() => resource.stop());
    return resource;
  }

  /** The last one started goes first. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) await stop();
  }
}

/** Runs one measurement and stops what it started. */
export async function withResources<T>(work: (resources: Resources) => Promise<T>): Promise<T> {
  const resources = new Resources();
  try {
    return await work(resources);
  } finally {
    await resources.stop();
  }
}
