/** The first file of a multipart body: enough for the one upload form eGain might ask for (#6). */
export function firstPart(
  contentType: string | undefined,
  raw: Buffer,
): { readonly contentType: string | undefined; readonly bytes: Buffer } | undefined {
  const boundary = /^multipart\/form-data;.{0,200}?\bboundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(
    contentType ?? '',
  );
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return undefined;
  let at = raw.indexOf(`--${mark}\r\n`);
  while (at !== -1) {
    const start = at + mark.length + 4;
    const headEnd = raw.indexOf('\r\n\r\n', start);
    const end = raw.indexOf(`\r\n--${mark}`, headEnd);
    if (headEnd === -1 || end === -1) return undefined;
    const head = raw.subarray(start, headEnd).toString('utf8');
    if (/^content-disposition:.{0,500}?\bfilename/im.test(head)) {
      const type = /^content-type:\s*(\S+)/im.exec(head)?.[1];
      return { contentType: type, bytes: raw.subarray(headEnd + 4, end) };
    }
    at = raw.indexOf(`--${mark}\r\n`, end);
  }
  return undefined;
}
