/**
 * Minutes that a time zone is ahead of UTC at a moment; undefined for a zone or moment nobody knows. The unit that eGain
 * expects is an open question (contract, section 16, #13).
 */
export function timeOffsetMinutes(timeZone: string, at: string): number | undefined {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return undefined;
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(
      moment,
    );
    const shown = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
    if (shown === 'GMT') return 0;
    const [, sign, hours, minutes] = /^GMT([+-])(\d{2}):(\d{2})/.exec(shown) ?? [];
    if (hours === undefined || minutes === undefined) return undefined;
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  } catch {
    return undefined;
  }
}
