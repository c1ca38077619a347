import { canonicalJson } from '../../core/base/json.js';
import type { ChargeLine, HowLineage, Lineage, RawReference } from '../../core/lineage/lineage.js';
import type { IdentifierLink } from '../../core/people/data.js';
import type { Context } from '../context.js';

/** The lineage with who added its links and which vendor responses its listed charges were made from. */
export async function withSources(context: Context, lineage: Lineage): Promise<Lineage> {
  const trace = createTrace(context);
  const bills = [];
  for (const bill of lineage.bills) {
    const rules = [];
    for (const rule of bill.rules) {
      const hows = [];
      for (const how of rule.hows) hows.push(await traced(trace, how));
      rules.push({ ...rule, hows });
    }
    bills.push({ ...bill, rules });
  }
  return { ...lineage, bills };
}

interface Trace {
  readonly rawOf: (line: ChargeLine) => Promise<readonly RawReference[]>;
  readonly recordOf: (link: IdentifierLink) => ReturnType<Context['store']['findLinkRecord']>;
}

/** Asks the store once for each day of a source and each link. */
function createTrace({ store }: Context): Trace {
  const responses = new Map<string, ReturnType<Trace['rawOf']>>();
  const records = new Map<string, ReturnType<Trace['recordOf']>>();
  return {
    rawOf({ source, day, priorDay }) {
      const on = priorDay ?? day;
      const key = `${source} ${on}`;
      const found = responses.get(key) ?? store.listRawReferences(source, on);
      responses.set(key, found);
      return found;
    },
    recordOf(link) {
      const key = canonicalJson(link);
      const found = records.get(key) ?? store.findLinkRecord(link);
      records.set(key, found);
      return found;
    },
  };
}

async function traced(trace: Trace, lineage: HowLineage): Promise<HowLineage> {
  const lines = [];
  for (const line of lineage.lines) lines.push({ ...line, raw: await trace.rawOf(line) });
  const { how } = lineage;
  if (how.kind !== 'directory' || how.evidence.link === null) return { ...lineage, lines };
  const linkedBy = await trace.recordOf(how.evidence.link);
  return { ...lineage, lines, how: { ...how, linkedBy } };
}
