import { readFileSync } from 'node:fs';

/**
 * What an image says about itself.
 * @param {string} file output of `buildah inspect --type image`
 */
export function imageSettings(file) {
  const { Docker } = JSON.parse(readFileSync(file, 'utf8'));
  return { config: Docker.config };
}
