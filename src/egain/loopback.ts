/**
 * Credentials may travel without TLS only to this machine, for tests and the simulator. Somebody who runs the
 * simulator beside the bridge on a private network says so with `allowHttp`.
 */
export function isAcceptableUrl(url: URL, allowHttp = false): boolean {
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && (allowHttp || isLoopback(url.hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
