/** Who did something: every change carries one into the audit log. */
export type Actor =
  | { readonly kind: 'slack'; readonly userId: string; readonly name: string }
  | { readonly kind: 'terminal'; readonly name: string }
  | { readonly kind: 'system'; readonly name: string };

/** The one-line form in audit rows and version notes: `slack:U123 (Ana Ruiz)`. */
export function describeActor(actor: Actor): string {
  return actor.kind === 'slack' ? `slack:${actor.userId} (${actor.name})` : `${actor.kind}:${actor.name}`;
}
