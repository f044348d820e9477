/** The five operations that every kind of object has (contract 1). */
import type { Answer, Call, Operation } from '../http/answer.js';
import { missing, notFound, privateCodes, refuse, refuseShape, invalid } from '../refusals.js';
import type { World } from '../world.js';
import type { Collection, Stored } from './collection.js';
import type { ResourceKind } from './kind.js';
import { checkReferences, usedBy } from './references.js';
import { pageOf } from './paging.js';

const manage = 'app.conversation.conversationmgr.manage';
const read = 'app.conversation.conversationmgr.read';

/** What a body must have beyond eGain's stamp; `modified` is sent back on update. */
type Changeable = { readonly modified?: string | undefined };

export function crudOperations<Body extends Changeable>(
  world: World,
  kind: ResourceKind<Body>,
  items: Collection<Body>,
): readonly Operation[] {
  const resource = new Resource(world, kind, items);
  const list = `/${kind.kind}`;
  const one = `${list}/{id}`;
  const toRead = kind.readNeedsManage === true ? [manage] : [manage, read];
  const { singular, many } = kind;
  return [
    {
      operationId: `create${singular}`,
      method: 'POST',
      path: list,
      scopes: [manage],
      handle: (call) => resource.create(call),
    },
    {
      operationId: `getAll${many}`,
      method: 'GET',
      path: list,
      scopes: toRead,
      query: ['$pagenum', '$pagesize'],
      handle: (call) => resource.list(call),
    },
    {
      operationId: `get${singular}`,
      method: 'GET',
      path: one,
      scopes: toRead,
      handle: (call) => resource.get(call),
    },
    {
      operationId: `update${singular}`,
      method: 'PUT',
      path: one,
      scopes: [manage],
      handle: (call) => resource.update(call),
    },
    {
      operationId: `delete${singular}`,
      method: 'DELETE',
      path: one,
      scopes: [manage],
      handle: (call) => resource.remove(call),
    },
  ];
}

class Resource<Body extends Changeable> {
  readonly #world: World;
  readonly #kind: ResourceKind<Body>;
  readonly #items: Collection<Body>;

  constructor(world: World, kind: ResourceKind<Body>, items: Collection<Body>) {
    this.#world = world;
    this.#kind = kind;
    this.#items = items;
  }

  create({ body }: Call): Answer {
    const read = this.#read(body);
    if ('refusal' in read) return read.refusal;
    return { status: 201, body: { id: this.#items.create(read.value).id } };
  }

  list({ query }: Call): Answer {
    const shown = this.#items.all().map((item) => this.#shown(item));
    const page = pageOf(shown, query, this.#world.switches.current);
    if ('refusal' in page) return page.refusal;
    const { paginationInfo, records } = page;
    const info = paginationInfo === undefined ? {} : { paginationInfo };
    return { status: 200, body: { ...info, [this.#kind.listName]: records } };
  }

  get({ id }: Call): Answer {
    const item = this.#items.get(id);
    return item === undefined
      ? notFound(`/${this.#kind.kind}/${id}`)
      : { status: 200, body: this.#shown(item) };
  }

  update({ id, body }: Call): Answer {
    const item = this.#items.get(id);
    if (item === undefined) return notFound(`/${this.#kind.kind}/${id}`);
    const read = this.#read(body, id);
    if ('refusal' in read) return read.refusal;
    const { modified } = read.value;
    const stale = modified !== undefined && Date.parse(modified) !== Date.parse(item.modified);
    if (stale && this.#world.switches.current.staleModified === 'refuse')
      return refuse('409-100', 'The object was changed after the given time of modification');
    this.#items.replace(id, read.value);
    return { status: 204 };
  }

  remove({ id }: Call): Answer {
    if (this.#items.get(id) === undefined) return notFound(`/${this.#kind.kind}/${id}`);
    const user = usedBy(this.#world.resources, this.#kind.kind, id);
    if (user !== undefined && this.#world.switches.current.deleteInUse === 'refuse')
      return refuse(privateCodes.inUse, `In use by ${user}`, [{ key: 'usedBy', value: user }]);
    this.#items.remove(id);
    return { status: 204 };
  }

  #shown(item: Stored<Body>): Body {
    const { masked } = this.#kind;
    return masked === undefined || !this.#world.switches.current.maskSecrets ? item : masked(item);
  }

  /** @param id the object that is replaced, which may keep its own name */
  #read(body: unknown, id?: string): { readonly value: Body } | { readonly refusal: Answer } {
    const parsed = this.#kind.schema.safeParse(body);
    if (!parsed.success) return { refusal: refuseShape(body, parsed.error) };
    const value = parsed.data;
    const refusal = this.#check(value) ?? this.#checkUnique(value, id);
    return refusal === undefined ? { value } : { refusal };
  }

  #check(value: Body): Answer | undefined {
    const { switches, resources } = this.#world;
    const required = this.#kind.required?.(value);
    if (required !== undefined) return missing(required);
    const problem = this.#kind.problem?.(value, switches.current);
    if (problem !== undefined) return invalid(problem.attribute, problem.why);
    return checkReferences(resources, this.#kind.references(value));
  }

  #checkUnique(value: Body, id: string | undefined): Answer | undefined {
    const { current } = this.#world.switches;
    const wanted = this.#kind.unique(value, current);
    const others = this.#items.all().filter((item) => item.id !== id);
    for (const other of others)
      for (const taken of this.#kind.unique(other, current))
        if (wanted.some((entry) => entry.attribute === taken.attribute && entry.value === taken.value))
          return refuse(privateCodes.notUnique, `Value is taken already: ${taken.attribute}`, [
            { key: 'attribute', value: taken.attribute },
          ]);
    return undefined;
  }
}
