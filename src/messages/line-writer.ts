/** Hard spaces are content: they are kept apart from foldable white space until the end. */
const hardSpace = '\u00a0';

/**
 * Collects running text the way a browser lays it out: white space folded, blocks on their own lines, at most one
 * empty line between paragraphs, explicit breaks kept. Takes time in proportion to what is written: the line being
 * written is only ever added to, because looking into a growing string copies it.
 */
export class LineWriter {
  private readonly lines: string[] = [];
  private current = '';
  /** A foldable space that is written only when something follows it on the same line. */
  private pendingSpace = false;
  private pendingPrefix = '';
  private gapBefore = false;
  private preserving = false;
  private captured: string | undefined;

  /** Running text; outside preformatted blocks any run of white space counts as one space. */
  text(data: string): void {
    if (this.preserving) {
      const [first = '', ...rest] = data.replace(/\r\n?/g, '\n').split('\n');
      this.append(first);
      for (const line of rest) {
        this.break();
        this.append(line);
      }
      return;
    }
    const folded = data.replace(/[ \t\n\r\f]+/g, ' ');
    const bare = folded.slice(
      folded.startsWith(' ') ? 1 : 0,
      folded.length > 1 && folded.endsWith(' ') ? -1 : undefined,
    );
    if (folded.startsWith(' ')) this.space();
    this.append(bare);
    if (folded.length > 1 && folded.endsWith(' ')) this.space();
  }

  /** Text that belongs directly behind what is there: a white space between the two moves behind it. */
  attach(data: string): void {
    const spaced = this.pendingSpace;
    this.pendingSpace = false;
    this.append(this.current === '' ? data.trimStart() : data);
    this.pendingSpace = spaced;
  }

  /** Ends the line if anything is on it. */
  line(): void {
    if (this.current !== '') this.push();
    this.pendingSpace = false;
  }

  /** Ends the line and leaves an empty one before whatever comes next. */
  paragraph(): void {
    this.line();
    this.gapBefore = true;
  }

  /** An explicit line break: an empty line when there is nothing on it. */
  break(): void {
    this.fillGap();
    if (this.current === '') this.lines.push('');
    else this.push();
    this.pendingSpace = false;
  }

  /** What to write in front of the next content, e.g. a list's bullet. Without content it is never written. */
  prefix(prefix: string): void {
    this.line();
    this.pendingPrefix = prefix;
  }

  /** Whether white space and line ends are kept as they are from here on. */
  preserve(on: boolean): void {
    this.preserving = on;
  }

  /** From here on what is written is also kept for `capture`. */
  startCapture(): void {
    this.captured = '';
  }

  /** The text written since `startCapture`, without prefixes and line ends; ends the capture. */
  capture(): string {
    const text = this.captured ?? '';
    this.captured = undefined;
    return text.replaceAll(hardSpace, ' ');
  }

  toString(): string {
    this.line();
    const first = this.lines.findIndex((line) => line !== '');
    const last = this.lines.findLastIndex((line) => line !== '');
    return this.lines.slice(Math.max(0, first), last + 1).join('\n');
  }

  private space(): void {
    if (this.current !== '') this.pendingSpace = true;
  }

  private append(data: string): void {
    if (data === '') return;
    this.fillGap();
    const shown = this.pendingSpace ? ` ${data}` : data;
    this.current += this.pendingPrefix + shown;
    if (this.captured !== undefined) this.captured += shown;
    this.pendingPrefix = '';
    this.pendingSpace = false;
  }

  private fillGap(): void {
    if (this.gapBefore && this.lines.length > 0 && this.lines.at(-1) !== '') this.lines.push('');
    this.gapBefore = false;
  }

  /** A line of nothing but hard spaces is an empty line, and two of them in a row are one. */
  private push(): void {
    const line = this.current.replaceAll(hardSpace, ' ').trimEnd();
    if (line !== '' || this.preserving || this.lines.at(-1) !== '') this.lines.push(line);
    this.current = '';
  }
}
