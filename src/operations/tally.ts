import {
  Counter,
  Histogram,
  type CounterConfiguration,
  type HistogramConfiguration,
  type MetricObjectWithValues,
  type MetricValue,
} from 'prom-client';

/**
 * prom-client builds a string of all labels, and checks each of them, every time something is counted: about 300 ns,
 * several times per message. Here a place is looked up once and a count is an addition; what a scrape reads is made when
 * it is read. Everything else of the two classes is prom-client's.
 */
export class Tally extends Counter {
  readonly #places: Places<TallyPlace>;

  constructor(configuration: CounterConfiguration<string>) {
    super(configuration);
    const names = configuration.labelNames ?? [];
    this.#places = new Places(names, (labels) => new TallyPlace(labels));
  }

  /** The place of these label values, in the order of `labelNames`; always the same one. */
  at(...values: readonly string[]): TallyPlace {
    return this.#places.at(values);
  }

  override get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    return super.get().then((empty) => ({
      ...empty,
      values: this.#places.all().map(({ labels, value }) => ({ labels, value })),
    }));
  }

  override reset(): void {
    super.reset();
    // The parent's constructor resets before this class has anything to reset.
    if (#places in this) this.#places.clear();
  }
}

export class TallyPlace {
  readonly labels: Labels;
  value = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  add(count = 1): void {
    this.value += count;
  }
}

/** A histogram whose places are kept as a list of numbers each. */
export class Distribution extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #places: Places<DistributionPlace>;

  constructor(configuration: HistogramConfiguration<string> & { readonly buckets: readonly number[] }) {
    super({ ...configuration, buckets: [...configuration.buckets] });
    this.#name = configuration.name;
    this.#help = configuration.help;
    this.#bounds = configuration.buckets;
    this.#places = new Places(
      configuration.labelNames ?? [],
      (labels) => new DistributionPlace(labels, this.#bounds),
    );
  }

  /** The place of these label values, in the order of `labelNames`; always the same one. */
  at(...values: readonly string[]): DistributionPlace {
    return this.#places.at(values);
  }

  /** What the parent's `get` and the registry read from, instead of from the parent's own places. */
  getForPromString(): Promise<HistogramValues> {
    const values = this.#places.all().flatMap((place) => place.values(this.#name));
    return Promise.resolve({
      name: this.#name,
      help: this.#help,
      type: 'histogram',
      aggregator: 'sum',
      values,
    });
  }

  override reset(): void {
    super.reset();
    if (#places in this) this.#places.clear();
  }
}

export class DistributionPlace {
  readonly labels: Labels;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  values(name: string): HistogramValues['values'] {
    let count = 0;
    const buckets = this.#counts.map((each, index) => {
      count += each;
      return {
        metricName: `${name}_bucket`,
        labels: { le: this.#bounds[index] ?? '+Inf', ...this.labels },
        sharedLabels: none,
        value: count,
      };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: this.labels, sharedLabels: none, value: this.#sum },
      { metricName: `${name}_count`, labels: this.labels, sharedLabels: none, value: count },
    ];
  }
}

const none = {};

interface HistogramValues {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram';
  readonly aggregator: 'sum';
  readonly values: readonly {
    readonly metricName: string;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly sharedLabels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

type Labels = Readonly<Record<string, string>>;

/** So many series one metric may have in a process; what comes after them is counted under `other`. */
export const mostPlaces = 1000;
const other = 'other';

/** One place per combination of label values, found without making anything. */
class Places<Place> {
  readonly #names: readonly string[];
  readonly #make: (labels: Labels) => Place;
  #root: Branch<Place> = new Map();
  #all: Place[] = [];

  constructor(names: readonly string[], make: (labels: Labels) => Place) {
    this.#names = names;
    this.#make = make;
    this.clear();
  }

  at(values: readonly string[]): Place {
    let branch = this.#root;
    let found: Branch<Place> | Place | undefined = branch;
    for (const value of values) {
      found = branch.get(value);
      if (!(found instanceof Map)) break;
      branch = found;
    }
    if (found === undefined || found instanceof Map) return this.#add(values);
    return found;
  }

  all(): readonly Place[] {
    return this.#all;
  }

  /** A metric without labels has its one place from the start: 0 is a figure, too. */
  clear(): void {
    this.#root = new Map();
    this.#all = [];
    if (this.#names.length === 0) this.#root.set('', this.#keep([]));
  }

  #add(values: readonly string[]): Place {
    if (this.#names.length === 0) {
      const only = this.#root.get('');
      if (only !== undefined && !(only instanceof Map)) return only;
    }
    if (values.length !== this.#names.length) {
      throw new TypeError(`expected a value for each of ${this.#names.join(', ')}`);
    }
    if (this.#all.length >= mostPlaces && values.some((value) => value !== other)) {
      return this.at(values.map(() => other));
    }
    let branch = this.#root;
    for (const value of values.slice(0, -1)) {
      const next = branch.get(value);
      if (next instanceof Map) branch = next;
      else {
        const fresh: Branch<Place> = new Map();
        branch.set(value, fresh);
        branch = fresh;
      }
    }
    const place = this.#keep(values);
    branch.set(values.at(-1) ?? '', place);
    return place;
  }

  #keep(values: readonly string[]): Place {
    const place = this.#make(
      Object.fromEntries(this.#names.map((name, index) => [name, values[index] ?? ''])),
    );
    this.#all.push(place);
    return place;
  }
}

type Branch<Place> = Map<string, Branch<Place> | Place>;
