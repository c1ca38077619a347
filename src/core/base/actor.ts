/** Who did something: every change carries one into the audit log. */
export type Actor =
  | { readonly kind: 'slack'; readonly userId: string; readonly name: string }
  | { readonly kind: 'terminal'; readonly name: string }
  | { readonly kind: 'system'; readonly name: string };

/** The one-line form in audit rows and version notes: `slack:U123 (Ana Ruiz)`. */
export function describeActor(actor: Actor): string {
  return actor.kind === 'slack' ? `slack:${actor.userId} (${actor.name})` : `${actor.kind}:${actor.name}`;
}

/** The name in such a line: `Ana Ruiz` of `slack:U123 (Ana Ruiz)`, `jobs` of `system:jobs`. */
export function actorName(described: string): string {
  return /^slack:\w+ \((.+)\)$/.exec(described)?.[1] ?? described.replace(/^(terminal|system):/, '');
}

/** Whether two actors are one person (or one machine account), whatever name they go by at the moment. */
export function isSameActor(a: Actor, b: Actor): boolean {
  return a.kind === 'slack'
    ? b.kind === 'slack' && a.userId === b.userId
    : a.kind === b.kind && a.name === b.name;
}
