import { UnexpectedForm, VendorRefusal } from './http.js';

/**
 * Asks for something that a pull can do without (a directory, a second view). Null when the vendor refuses it or
 * answers in a form that is not known, with a remark that says so: tolerant, never silent. A credential that is no
 * good (401) and every outage still fail the pull.
 */
export async function askOptional<T>(
  remarks: string[],
  without: string,
  ask: () => Promise<T>,
): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    const words = reasonOf(error);
    if (words === null) throw error;
    remarks.push(`${words}. ${without}`);
    return null;
  }
}

function reasonOf(error: unknown): string | null {
  if (error instanceof UnexpectedForm) return error.what;
  if (error instanceof VendorRefusal && error.status !== 401) return error.message.replace(/\.$/, '');
  return null;
}
