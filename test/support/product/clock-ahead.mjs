// Preloaded into the built product (NODE_OPTIONS): its clock is the machine's, moved by TEST_CLOCK_AHEAD_MS.
// Worker threads are given the same options, so all of a product live at the same time.
const aheadMs = Number(process.env.TEST_CLOCK_AHEAD_MS);
const Real = Date;

globalThis.Date = class extends Real {
  constructor(...parts) {
    if (parts.length === 0) super(Real.now() + aheadMs);
    else super(...parts);
  }

  static now() {
    return Real.now() + aheadMs;
  }
};
