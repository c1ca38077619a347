/**
 * Takes the words `as-is` or `as is` out of a `/spend` text: they ask for the past under today's organisation.
 * Without them the company counts as it was.
 */
export function takeAsIs(text: string): { readonly text: string; readonly asIs: boolean } {
  const rest = text.replaceAll(/(?<=^|\s)as[- ]is(?=\s|$)/gi, ' ');
  return { text: rest.trim().replaceAll(/\s+/g, ' '), asIs: rest !== text };
}
