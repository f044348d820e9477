/** Hard spaces are content: they are kept apart from foldable white space until the end. */
const hardSpace = '\u00a0';

/**
 * Collects running text the way a browser lays it out: white space folded, blocks on their own lines, at most one
 * empty line between paragraphs, explicit breaks kept.
 */
export class LineWriter {
  private readonly lines: string[] = [];
  private current = '';
  private written = '';
  private pendingPrefix = '';
  private gapBefore = false;
  private preserving = 0;

  /** Running text; outside preformatted blocks any run of white space counts as one space. */
  text(data: string): void {
    if (this.preserving > 0) {
      const [first = '', ...rest] = data.replace(/\r\n?/g, '\n').split('\n');
      this.append(first);
      for (const line of rest) {
        this.break();
        this.append(line);
      }
      return;
    }
    const folded = data.replace(/[ \t\n\r\f]+/g, ' ');
    this.append(this.current === '' || this.current.endsWith(' ') ? folded.replace(/^ /, '') : folded);
  }

  /** Text that belongs directly behind what is there: a white space between the two moves behind it. */
  attach(data: string): void {
    const spaced = this.current.endsWith(' ') && this.preserving === 0;
    if (spaced) this.current = this.current.slice(0, -1);
    this.append(this.current === '' ? data.trimStart() : data);
    if (spaced && !data.endsWith(' ')) this.append(' ');
  }

  /** Ends the line if anything is on it. */
  line(): void {
    const blank = this.preserving === 0 && this.current.trim() === '';
    if (blank && this.lines.at(-1) === '') this.current = '';
    else if (this.current !== '') this.push();
  }

  /** Ends the line and leaves an empty one before whatever comes next. */
  paragraph(): void {
    this.line();
    this.gapBefore = true;
  }

  /** An explicit line break: an empty line when there is nothing on it. */
  break(): void {
    this.fillGap();
    this.push();
  }

  /** What to write in front of the next content, e.g. a list's bullet. Without content it is never written. */
  prefix(prefix: string): void {
    this.line();
    this.pendingPrefix = prefix;
  }

  preserve(on: boolean): void {
    this.preserving = Math.max(0, this.preserving + (on ? 1 : -1));
  }

  /** A position to hand to `since`. */
  mark(): number {
    return this.written.length;
  }

  /** The text written since `mark`, without prefixes and line ends. */
  since(mark: number): string {
    return this.written.slice(mark).replaceAll(hardSpace, ' ');
  }

  toString(): string {
    this.line();
    return this.lines
      .map((line) => line.replaceAll(hardSpace, ' ').trimEnd())
      .join('\n')
      .replace(/^\n+|\n+$/g, '');
  }

  private append(data: string): void {
    if (data === '') return;
    this.fillGap();
    this.current += this.pendingPrefix + data;
    this.written += data;
    this.pendingPrefix = '';
  }

  private fillGap(): void {
    if (this.gapBefore && this.lines.length > 0 && this.lines.at(-1) !== '') this.lines.push('');
    this.gapBefore = false;
  }

  private push(): void {
    this.lines.push(this.current.trim() === '' ? '' : this.current);
    this.current = '';
  }
}
