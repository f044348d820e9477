import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import Runtime from 'jest-runtime';
import { compiledPath } from './compiled-path.mjs';
import { setGlobals } from './globals.mjs';

const require = createRequire(import.meta.url);
const initializer = createRequire(require.resolve('jest-circus/runner')).resolve('./jestAdapterInit');
/** Where Circus keeps, in the realm, who listens to a file's events. */
const handlers = Symbol.for('EVENT_HANDLERS');

let loaded = 0;

/**
 * Jest's runtime, but for how it loads: Node's own loader takes the modules, each once per worker. Jest's takes every module,
 * those of the packages too, anew for every test file, which was most of what a run needed of the processor. So the files of a
 * worker share what modules keep, and modules cannot be mocked.
 */
export default class NativeRuntime extends Runtime {
  #globals = {};

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    setGlobals({ ...this.#globals, jest: this.jestGlobals.jestObjectFor(path) });
    // Anew for every test file, also where a setup file was loaded for another one; the modules behind it stay.
    loaded += 1;
    await import(`${pathToFileURL(compiledPath(path)).href}?${loaded}`);
  }

  /** Of what Jest wants loaded in here itself, only Circus has to be new for every file. */
  requireInternalModule(from, to) {
    if (from === initializer) {
      Reflect.deleteProperty(require.cache, initializer);
      Reflect.deleteProperty(globalThis, handlers);
    }
    return to === undefined ? require(from) : createRequire(from)(to);
  }

  setGlobalsForRuntime(globals) {
    super.setGlobalsForRuntime(globals);
    this.#globals = globals;
  }

  /** Jest would put its own loader in the place of Node's. */
  installGetBuiltinModule() {}
}
