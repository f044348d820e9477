/**
 * Extensions as a policy compares them: without dot, lower case, full-width letters as plain ones. Dots and spaces at
 * the end of a name do not count, because Windows drops them (`a.exe.` starts like `a.exe`).
 */
function canonical(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<![.\s])[.\s]+$/, '');
}

/** All extensions of a name, outermost last: `a.tar.gz` has `tar` and `gz`, `.exe` has `exe`. */
export function extensionsOf(fileName: string): string[] {
  const [, ...extensions] = canonical(fileName).split('.');
  return extensions.map((extension) => extension.trim());
}

/** A policy's own spelling of an extension (`PDF`, `.pdf`, `*.pdf`) as `extensionsOf` spells it. */
export function canonicalExtension(entry: string): string {
  return canonical(entry).replace(/^[*.\s]+/, '');
}
