/** Texts that read from right to left, among texts that do not. */

const rightToLeftScripts =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const rightToLeftLanguages = new Set(['ar', 'dv', 'fa', 'ff-adlm', 'he', 'iw', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** Whether any of the text, or the language its reader speaks, reads from right to left. */
export function isRightToLeft(text: string, language?: string): boolean {
  const base = (language ?? '').toLowerCase().split(/[-_]/)[0] ?? '';
  return rightToLeftLanguages.has(base) || rightToLeftScripts.test(text);
}

/** First-strong isolate: the text keeps its own direction and does not disturb its neighbours'. */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}
