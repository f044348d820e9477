/**
 * Whether a request that came to a listener on loopback was meant for it. A web page elsewhere can have its own name
 * resolve to 127.0.0.1 and then read what a server without authentication answers; the name it used gives it away.
 * @param host the header `Host`
 */
export function namesLoopback(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
