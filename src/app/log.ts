import type { Log } from '../usecases/context.js';

const SECRET = /(xox[abpesr]-|xapp-|sk-[a-z]+-|crsr_|ghp_|Bearer )[A-Za-z0-9_.-]{4,}/g;

/** A log that writes one JSON line per event; anything that looks like a credential is cut out. */
export function createLog(write: (line: string) => void, clock: () => number): Log {
  const at =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      const line = JSON.stringify(
        { at: new Date(clock()).toISOString(), level, message, ...fields },
        (_key, value: unknown) =>
          typeof value === 'bigint' ? value.toString() : value instanceof Error ? describe(value) : value,
      );
      write(`${line.replaceAll(SECRET, '$1…')}\n`);
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? ` <- ${describe(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
