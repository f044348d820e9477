import { PageFiles } from '../operations/page-files.js';

/** The operators' page and the reader of the API's description: files that ask their own server and nobody else. */
export function operatorPages(): PageFiles {
  return new PageFiles(new URL('browser/', import.meta.url));
}
