/**
 * The address of a vendor whose API lives under a path: a configured address without one (a proxy, a test) gets the
 * vendor's own path, one with a path is taken as it is.
 */
export function baseUrlOf(configured: string | undefined, vendor: string): string {
  if (configured === undefined) return vendor;
  const own = new URL(configured);
  return own.pathname === '/' ? new URL(new URL(vendor).pathname, own).href : configured;
}
