/** The instant of a Slack timestamp `seconds.micros`. */
function instantOf(ts: string): Date {
  return new Date(Number(ts) * 1000);
}

/** `9:14 AM` in the reader's zone and language. */
export function timeOf(ts: string): string {
  return instantOf(ts).toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' });
}

/** `9:14`, for the narrow gutter beside a message. */
export function shortTimeOf(ts: string): string {
  return timeOf(ts).replace(/\s*[AP]M$/i, '');
}

/** The full date and time, for a tooltip and for screen readers. */
export function fullTimeOf(ts: string): string {
  return instantOf(ts).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'short' });
}

/** Key of the day, equal for timestamps of one day. */
export function dayKey(ts: string): string {
  return instantOf(ts).toDateString();
}

/** `Today`, `Yesterday` or `Monday, November 16`. */
export function dayName(ts: string): string {
  const day = instantOf(ts);
  const yesterday = new Date(Date.now() - 86_400_000).toDateString();
  if (day.toDateString() === new Date().toDateString()) return 'Today';
  if (day.toDateString() === yesterday) return 'Yesterday';
  return day.toLocaleDateString(undefined, { weekday: 'long', month: 'long', day: 'numeric' });
}
