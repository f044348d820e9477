/** What a failure of the network, a file system or a service is called. Never its message: that may quote an address. */
export function causeCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'failed';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error && typeof error.name === 'string' ? error.name : 'failed';
}
