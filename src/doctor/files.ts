import type { BridgeConfig } from '../../config/schema.js';
import { configuredStore } from '../bridge/files.js';
import { tryStore } from '../files/open-store.js';
import { failure, ok, wordsOf, type Finding } from './finding.js';

/** Can files be kept where they are to be kept? A small one is written, read and removed. */
export async function checkFiles(files: BridgeConfig['files'], patienceMs: number): Promise<Finding> {
  if (files.store === undefined) return ok('files', 'streamed through: files.store is not set');
  const isFolder = typeof files.store === 'string';
  try {
    const store = await configuredStore({ ...files, idleMs: Math.min(files.idleMs, patienceMs) });
    if (store !== undefined) await tryStore(store).finally(() => store.close());
    return ok('files', `${isFolder ? 'the folder' : 'the bucket'} takes, gives and removes a file`);
  } catch (error) {
    return failure(
      'files',
      wordsOf(error),
      isFolder
        ? 'let the user that runs the bridge write to the folder files.store, or name another'
        : 'correct files.store: endpoint, bucket, region, pathStyle and the access key, which must be allowed to get, put, list and delete',
    );
  }
}
