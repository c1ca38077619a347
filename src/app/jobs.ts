import { PULL_MINUTE } from '../core/sources/feed.js';

/** Heavy jobs, by the name under which the background worker knows them. */
export type HeavyJob =
  | 'ingest'
  | 'reallocate'
  | 'raise-alerts'
  | 'raise-claims'
  | 'write-digests'
  | 'revise-digests'
  | 'lint-rules'
  | 'resume-backfills';

/** One line of the timetable. */
export interface Job {
  readonly name: HeavyJob | 'deliver';
  /** Cron expression (minute first) in the company's time zone. */
  readonly cron: string;
  /** What it does, in plain words, for the log. */
  readonly what: string;
  /** Whether a run missed while nothing was running is made up for; runs of other jobs are not written down. */
  readonly catchUp: boolean;
  readonly run: () => Promise<unknown>;
}

/** The timetable, in the order in which missed runs are caught up: facts before what follows from them. */
export function createJobs(parts: {
  readonly run: (name: HeavyJob) => Promise<unknown>;
  readonly deliver: () => Promise<unknown>;
}): readonly Job[] {
  const heavy = (name: HeavyJob, cron: string, what: string): Job => ({
    name,
    cron,
    what,
    catchUp: true,
    run: () => parts.run(name),
  });
  return [
    heavy('ingest', `${PULL_MINUTE} * * * *`, 'pull the bills'),
    heavy('reallocate', '*/5 * * * *', 'allocate the months that are stale'),
    heavy('raise-alerts', '25 * * * *', 'look for anomalies'),
    heavy('raise-claims', '0 10 * * *', 'ask whose it is that nobody owns'),
    // Settings say when each is due, in whatever zone: some are off by a quarter of an hour.
    heavy('write-digests', '1,16,31,46 * * * *', 'write the digests that are due'),
    heavy('revise-digests', '40 8 * * *', 'bring posted digests to restated figures'),
    heavy('lint-rules', '30 9 * * 1', 'look for rules that do nothing'),
    heavy('resume-backfills', '*/5 * * * *', 'go on with what was being filled in'),
    {
      name: 'deliver',
      cron: '* * * * *',
      what: 'post what is to be told',
      catchUp: false,
      run: parts.deliver,
    },
  ];
}
