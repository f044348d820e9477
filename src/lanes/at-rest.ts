/** What lies in Redis and was written by people, sealed with keys that Redis does not have: `redis.encryption`. */
import { createCipheriv, createDecipheriv, createSecretKey, hash, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const [saltBytes, ivBytes, tagBytes] = [16, 12, 16];
const headBytes = saltBytes + ivBytes + tagBytes;
/** Random nonces of 96 bits must not be drawn more than 2^32 times for one key; each salt makes another key. */
const sealsPerSalt = 2 ** 20;
const rememberedSalts = 512;

export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes in base64, base64url or hex. */
  readonly key: string;
}

/** A text was sealed with a key that this process was not given (any more, or yet): it can be read again when it is. */
export class MissingKeyError extends Error {
  override readonly name = 'MissingKeyError';
  readonly keyId: string;

  constructor(keyId: string) {
    super(`redis.encryption: the key "${keyId}" that a text in Redis was sealed with is missing`);
    this.keyId = keyId;
  }
}

/** A text was changed in Redis, or put to another place. */
export class AlteredError extends Error {
  override readonly name = 'AlteredError';
}

interface Key {
  /** Id and print: a key of the same id that is another one must count as missing, not as a broken text. */
  readonly name: string;
  readonly secret: Uint8Array;
  readonly bySalt: Map<string, KeyObject>;
}

const form = /^\$([A-Za-z0-9_-]{1,32}):([0-9a-f]{8})\$/;

/**
 * Seals and opens. A text's place (what it is, whose lane) is sealed in with it, so that it opens nowhere else. What was
 * written before there were keys is read as it is.
 */
export class AtRest {
  readonly #keys: ReadonlyMap<string, Key>;
  readonly #current: Key | undefined;
  #salt: Buffer = randomBytes(saltBytes);
  #left = sealsPerSalt;

  /** The first key seals, all of them open; without keys texts are kept as they are. */
  constructor(keys: readonly EncryptionKey[] = []) {
    const read = keys.map(readKey);
    this.#keys = new Map(read.map((key) => [key.name, key]));
    this.#current = read[0];
  }

  /** The name of the key that seals; undefined without keys. */
  get sealing(): string | undefined {
    return this.#current?.name;
  }

  /** Whether what a key of this name sealed can be opened. */
  has(name: string): boolean {
    return this.#keys.has(name);
  }

  seal(place: string, text: string): string {
    const key = this.#current;
    if (key === undefined) return text;
    if (this.#left === 0) {
      this.#salt = randomBytes(saltBytes);
      this.#left = sealsPerSalt;
    }
    this.#left -= 1;
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, keyFor(key, this.#salt), iv);
    cipher.setAAD(Buffer.from(place, 'utf8'));
    const body = [cipher.update(text, 'utf8'), cipher.final()];
    return `$${key.name}$${Buffer.concat([this.#salt, iv, cipher.getAuthTag(), ...body]).toString('base64')}`;
  }

  /** @throws {MissingKeyError} {AlteredError} */
  open(place: string, text: string): string {
    const [head = '', id = '', print = ''] = form.exec(text) ?? [];
    if (head === '') return text;
    const key = this.#keys.get(`${id}:${print}`);
    if (key === undefined) throw new MissingKeyError(id);
    const bytes = Buffer.from(text.slice(head.length), 'base64');
    try {
      const salt = bytes.subarray(0, saltBytes);
      const decipher = createDecipheriv(
        algorithm,
        keyFor(key, salt),
        bytes.subarray(saltBytes, saltBytes + ivBytes),
        { authTagLength: tagBytes },
      );
      decipher.setAuthTag(bytes.subarray(saltBytes + ivBytes, headBytes)).setAAD(Buffer.from(place, 'utf8'));
      return decipher.update(bytes.subarray(headBytes), undefined, 'utf8') + decipher.final('utf8');
    } catch (cause) {
      throw new AlteredError(`redis: a text was changed, or is not where it was put (${kindOf(place)})`, {
        cause,
      });
    }
  }
}

/** The name of the key that sealed a text, `<id>:<print>`; undefined when it lies there as it was written. */
export function sealedBy(text: string): string | undefined {
  const [head = '', id = '', print = ''] = form.exec(text) ?? [];
  return head === '' ? undefined : `${id}:${print}`;
}

/** The id that the configuration has for a key of this name. */
export const idOfKey = (name: string): string => name.slice(0, name.indexOf(':'));

/** For showing: what cannot be read says why. */
export function openWords(atRest: AtRest, place: string, text: string): string {
  try {
    return atRest.open(place, text);
  } catch (error) {
    if (error instanceof MissingKeyError) return `(sealed with the missing key ${error.keyId})`;
    if (error instanceof AlteredError) return '(changed in Redis)';
    throw error;
  }
}

function readKey({ id, key }: EncryptionKey): Key {
  const secret = bytesOf(key);
  if (secret === undefined)
    throw new Error(`redis.encryption: the key "${id}" is not 32 bytes in base64 or hex`);
  const print = hash('sha256', Buffer.concat([Buffer.from('egain-bridge print\0'), secret])).slice(0, 8);
  return { name: `${id}:${print}`, secret, bySalt: new Map() };
}

function bytesOf(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function keyFor({ bySalt, secret }: Key, salt: Buffer): KeyObject {
  const name = salt.toString('latin1');
  const known = bySalt.get(name);
  if (known !== undefined) return known;
  const made = createSecretKey(Buffer.from(hkdfSync('sha256', secret, salt, 'egain-bridge at rest', 32)));
  const [oldest] = bySalt.keys();
  if (bySalt.size >= rememberedSalts && oldest !== undefined) bySalt.delete(oldest);
  bySalt.set(name, made);
  return made;
}

const kindOf = (place: string): string => place.slice(0, place.indexOf(' '));
