import { existsSync } from 'node:fs';
import { findBrowser } from './find-browser.mjs';
import { howToBecomeRoot } from './root.mjs';
import { SetupError, run } from './run.mjs';

const hint =
  'The tests in a real browser are skipped. To have them, install Chromium (Debian: apt-get install chromium) or name a binary in CHROMIUM_PATH.';

/** @param {NodeJS.ProcessEnv} env */
export function browserIsThere(env) {
  if (env.CHROMIUM_PATH && findBrowser(env) === undefined) {
    throw new SetupError(
      `CHROMIUM_PATH names ${env.CHROMIUM_PATH}, which cannot be run: correct or remove it.`,
    );
  }
  return findBrowser(env) !== undefined;
}

/**
 * Debian's package where we may install one. No browser is no failure where apt cannot give one: everything but one
 * suite works without. It is one where apt works and the installation fails all the same.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} what to tell when there is no browser now
 */
export async function installBrowser(env) {
  const root = await howToBecomeRoot();
  if (!existsSync('/usr/bin/apt-get') || root === undefined) return `No Chromium was found. ${hint}`;
  const [command, ...args] = [...root, '/bin/sh', '-c', installation];
  const { ok, output } = await run(command, args);
  if (ok && findBrowser(env) !== undefined) return undefined;
  if (output.includes(noPackage)) return `apt has no package chromium to offer. ${hint}`;
  throw new SetupError(`The package chromium could not be installed.\n${output}`);
}

const noPackage = 'no chromium to be had';

/**
 * The fonts give screenshots the same Latin, Arabic and emoji wherever they are made. `update` may fail on one broken
 * source; whether the package can be had is then seen by what apt knows.
 */
const installation = `
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || true
apt-get install -y -qq --simulate chromium >/dev/null || { echo '${noPackage}'; exit 1; }
apt-get install -y -qq --no-install-recommends chromium fonts-liberation fonts-dejavu-core fonts-noto-color-emoji
`;
