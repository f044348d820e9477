import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { whyUnreadable } from '../../../config/reading.js';
import { isRecord } from '../../../config/schema/fields.js';
import { CommandFailure, type CliContext } from '../context.js';

export type Body = Readonly<Record<string, unknown>>;

/** An icon alone may have 512,000 characters; nothing eGain takes comes near this. */
const largestBody = 4 * 1024 * 1024;

/** The object in a file, or piped in for `-`, written as JSON or YAML. @throws CommandFailure */
export async function readBody(context: CliContext, file: string): Promise<Body> {
  const name = file === '-' ? 'standard input' : file;
  const text = file === '-' ? await readAll(context) : await readText(file);
  if (text.trim() === '') throw new CommandFailure(`${name} is empty: expected an object as JSON or YAML`);
  const value = parse(text, name);
  if (!isRecord(value)) throw new CommandFailure(`${name}: expected one object as JSON or YAML`);
  return value;
}

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new CommandFailure(`${file} cannot be used: ${whyUnreadable(error)}`, { cause: error });
  });
  if (bytes.length > largestBody) throw tooLarge(file);
  return bytes.toString('utf8');
}

async function readAll({ stdin }: CliContext): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin ?? []) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > largestBody) throw tooLarge('standard input');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** JSON is YAML too, so one reader does for both, and its complaints tell the line. */
function parse(text: string, name: string): unknown {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) {
    const [sentence = ''] = problem.message.split('\n');
    throw new CommandFailure(`${name} is neither JSON nor YAML: ${sentence.replace(/:$/, '')}`);
  }
  try {
    return document.toJS();
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be resolved';
    throw new CommandFailure(`${name} cannot be used: ${why}`, { cause: error });
  }
}

function tooLarge(name: string): CommandFailure {
  return new CommandFailure(`${name} is too large: expected at most ${largestBody} bytes`);
}
