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
  at(first?: string, second?: string, third?: string): TallyPlace {
    return this.#places.at(first, second, third);
  }

  /** What was counted where, until now. */
  places(): readonly { readonly labels: Labels; readonly value: number }[] {
    return this.#places.all();
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
  at(first?: string, second?: string, third?: string): DistributionPlace {
    return this.#places.at(first, second, third);
  }

  /** How often something was observed where, until now. */
  places(): readonly { readonly labels: Labels; readonly count: number }[] {
    return this.#places.all().map((place) => ({ labels: place.labels, count: place.count() }));
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

  count(): number {
    return this.#counts.reduce((sum, each) => sum + each, 0);
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

/** As many as any metric here has; looking up through a fixed depth makes and loops over nothing. */
const mostLabels = 3;

type Tree<Place> = Map<string, Map<string, Map<string, Place>>>;

/** One place per combination of label values. */
class Places<Place> {
  readonly #names: readonly string[];
  readonly #make: (labels: Labels) => Place;
  #tree: Tree<Place> = new Map();
  #all: Place[] = [];

  constructor(names: readonly string[], make: (labels: Labels) => Place) {
    if (names.length > mostLabels) throw new TypeError(`at most ${mostLabels} labels`);
    this.#names = names;
    this.#make = make;
    this.clear();
  }

  at(first: string | undefined, second: string | undefined, third: string | undefined): Place {
    return (
      this.#tree
        .get(first ?? '')
        ?.get(second ?? '')
        ?.get(third ?? '') ?? this.#add([first, second, third])
    );
  }

  all(): readonly Place[] {
    return this.#all;
  }

  /** A metric without labels has its one place from the start: 0 is a figure, too. */
  clear(): void {
    this.#tree = new Map();
    this.#all = [];
    if (this.#names.length === 0) this.#add([undefined, undefined, undefined]);
  }

  #add(given: readonly (string | undefined)[]): Place {
    if (given.some((value, index) => (value === undefined) !== (this.#names[index] === undefined))) {
      throw new TypeError(`expected a value for each of ${this.#names.join(', ')}`);
    }
    if (this.#all.length >= mostPlaces && given.some((value) => value !== undefined && value !== other)) {
      const [first, second, third] = given.map((value) => (value === undefined ? undefined : other));
      return this.at(first, second, third);
    }
    const labels = Object.fromEntries(this.#names.map((name, index) => [name, given[index] ?? '']));
    const place = this.#make(labels);
    const [first = '', second = '', third = ''] = given;
    const branch = below(below(this.#tree, first), second);
    branch.set(third, place);
    this.#all.push(place);
    return place;
  }
}

function below<Value>(tree: Map<string, Map<string, Value>>, name: string): Map<string, Value> {
  const found = tree.get(name) ?? new Map<string, Value>();
  tree.set(name, found);
  return found;
}
