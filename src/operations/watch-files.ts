import { stat } from 'node:fs/promises';

/**
 * Looks at files every so often and calls back when any has changed and then stayed the same for one look: whoever writes
 * one in two steps is not read between them. By looking, not by `fs.watch`, because a mounted secret changes by a link
 * somewhere above being turned to another folder (Kubernetes), and network file systems tell nobody anything.
 * @param files asked for at every look; what cannot be read counts as a state of its own.
 * @returns ends it.
 */
export function watchFiles(files: () => Iterable<string>, everyMs: number, onChange: () => void): () => void {
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  let known: string | undefined;
  let seen: string | undefined;
  const look = async (): Promise<void> => {
    const state = (await Promise.all([...files()].map(stateOf))).join('\n');
    if (ended) return;
    known ??= state;
    if (state !== known && state === seen) {
      known = state;
      onChange();
    }
    seen = state;
    timer = setTimeout(() => void look(), everyMs);
    timer.unref();
  };
  void look();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

async function stateOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${file} ${dev} ${ino} ${size} ${mtimeNs}`;
  } catch {
    return `${file} -`;
  }
}
