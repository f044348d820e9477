const hubId = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * An id of eGain's as it may be told in logs and spans: they are UUIDs [seed], and whatever else stands in their place may
 * be somebody's words.
 */
export function hubIdOf(id: string | undefined): string | undefined {
  return id !== undefined && hubId.test(id) ? id : undefined;
}
