/**
 * HTML as an agent's editor writes it, turned into the plain text a reader would see: the content of eGain's
 * `content.html` [wild: DM bridge] for every channel that shows no markup.
 */
import { Parser, type Handler } from 'htmlparser2';
import { addressAfter, imageText, shownAddress } from './html-links.js';
import { LineWriter } from './line-writer.js';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Elements whose content no browser shows. */
const unseen = set('script style title template iframe noembed noframes');
/** Set apart from their neighbours by an empty line. */
const paragraphs = set('p h1 h2 h3 h4 h5 h6 blockquote pre ul ol dl table figure hr');
/** Begin and end on a line of their own. */
const blocks = set(
  'div li dt dd tr caption section article aside header footer main nav address details summary fieldset legend ' +
    'form figcaption option center body html',
);

/** The parser's time per tag grows with the depth; past this one no author has written, the nesting is given up. */
const deepest = 256;

/** Turns the parser's events into lines; `depth` is how many elements are open. */
class TextHandler implements Partial<Handler> {
  readonly out = new LineWriter();
  depth = 0;
  /** Next number of each open list, outermost first; `undefined` for bullets. */
  private lists: (number | undefined)[] = [];
  private unseenDepth = 0;
  private cellsInRow = 0;
  private link: string | undefined;
  private readonly onTooDeep: () => void;

  constructor(onTooDeep: () => void) {
    this.onTooDeep = onTooDeep;
  }

  onopentag(name: string, attributes: Readonly<Record<string, string>>): void {
    this.depth += 1;
    if (this.depth > deepest) this.onTooDeep();
    if (unseen.has(name)) this.unseenDepth += 1;
    if (this.unseenDepth > 0) return;
    this.boundary(name);
    if (name === 'br') this.out.break();
    else if (name === 'img') this.out.text(imageText(attributes));
    else if (name === 'ul') this.lists.push(undefined);
    else if (name === 'ol')
      this.lists.push(/^-?\d{1,9}$/.test(attributes['start'] ?? '') ? Number(attributes['start']) : 1);
    else if (name === 'li') this.startItem();
    else if (name === 'pre') this.out.preserve(true);
    else if (name === 'tr') this.cellsInRow = 0;
    else if (name === 'td' || name === 'th') this.startCell();
    else if (name === 'a') this.startLink(shownAddress(attributes['href']));
  }

  ontext(data: string): void {
    if (this.unseenDepth === 0) this.out.text(data);
  }

  onclosetag(name: string): void {
    this.depth -= 1;
    if (unseen.has(name)) this.unseenDepth -= 1;
    if (this.unseenDepth > 0) return;
    if (name === 'a') this.endLink();
    if (name === 'ul' || name === 'ol') this.lists.pop();
    if (name === 'pre') this.out.preserve(false);
    if (name !== 'br') this.boundary(name);
  }

  /** Everything open counts as closed. */
  closeAll(): void {
    this.endLink();
    this.out.preserve(false);
    this.lists = [];
    this.unseenDepth = 0;
    this.depth = 0;
  }

  private boundary(name: string): void {
    // A list inside a list belongs to its item: no empty line there.
    if (paragraphs.has(name) && this.lists.length === 0) this.out.paragraph();
    else if (paragraphs.has(name) || blocks.has(name)) this.out.line();
  }

  private startItem(): void {
    const number = this.lists.at(-1);
    if (number !== undefined) this.lists[this.lists.length - 1] = number + 1;
    const indent = '  '.repeat(Math.min(Math.max(this.lists.length - 1, 0), 8));
    this.out.prefix(number === undefined ? `${indent}• ` : `${indent}${number}. `);
  }

  private startCell(): void {
    if (this.cellsInRow > 0) this.out.attach(' | ');
    this.cellsInRow += 1;
  }

  private startLink(address: string | undefined): void {
    this.endLink();
    this.link = address;
    if (address !== undefined) this.out.startCapture();
  }

  private endLink(): void {
    if (this.link === undefined) return;
    const text = this.out.capture();
    const after = addressAfter(text, this.link);
    if (after !== undefined && text.trim() === '') this.out.text(after);
    else if (after !== undefined) this.out.attach(after);
    this.link = undefined;
  }
}

/** No markup, no entities, no invisible characters, and no white space that would be folded. */
const plain = /^[^<&\s\p{Cc}\p{Cf}]+(?: [^<&\s\p{Cc}\p{Cf}]+)*$/u;

/**
 * The visible text of `html`. Links become `text (address)`, lists keep their bullets and numbers, blocks their lines;
 * scripts, styles and comments go. `&lt;b&gt;` comes out as the literal `<b>`: the result is plain text and must be
 * escaped again by whoever puts it into markup. Never throws and takes time in proportion to its input, whatever that is.
 */
export function htmlToText(html: string): string {
  // Most of what agents write has no markup at all, and then there is nothing to parse.
  if (plain.test(html)) return html;
  const handler = new TextHandler(() => parser.pause());
  let parser = new Parser(handler);
  let rest = html;
  for (;;) {
    parser.end(rest);
    if (handler.depth <= deepest) return handler.out.toString();
    rest = rest.slice(parser.endIndex + 1);
    handler.closeAll();
    parser = new Parser(handler);
  }
}
