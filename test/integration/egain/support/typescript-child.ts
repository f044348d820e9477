import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Lets a child process run the sources as they are: `.js` imports of ours lead to `.ts` files, swc strips the types. */
const hooks = `
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
const { transformSync } = createRequire(${JSON.stringify(`${process.cwd()}/package.json`)})('@swc/core');
export async function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL) {
    const source = new URL(specifier.replace(/\\.js$/, '.ts'), context.parentURL);
    if (existsSync(fileURLToPath(source))) return { url: source.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const options = { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } };
  return { format: 'module', shortCircuit: true, source: transformSync(readFileSync(fileURLToPath(url), 'utf8'), options).code };
}`;
const asUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
const register = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(hooks))});`;

/** Runs one TypeScript file in a Node process of its own; gives what it printed. */
export async function runTypeScript(file: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', asUrl(register), file, ...args],
    { env, timeout: 60_000 },
  );
  return stdout;
}
