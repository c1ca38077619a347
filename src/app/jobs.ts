import { type Schedule, TASKS, type Task, type Tasks } from '../usecases/tasks.js';

/** A task that the timetable runs. */
export type ScheduledTask = {
  [N in keyof Tasks]: Tasks[N] extends { schedule: Schedule } ? N : never;
}[keyof Tasks];

/** One line of the timetable. */
export interface Job extends Schedule {
  readonly name: ScheduledTask | 'deliver';
  /** Whether a run missed while nothing was running is made up for; runs of other jobs are not written down. */
  readonly catchUp: boolean;
  readonly run: () => Promise<unknown>;
}

/** The timetable, in the order in which missed runs are caught up. */
export function createJobs(parts: {
  readonly run: (name: ScheduledTask) => Promise<unknown>;
  readonly deliver: () => Promise<unknown>;
}): readonly Job[] {
  return [
    ...Object.keys(TASKS)
      .filter(isScheduled)
      .map((name) => ({ ...TASKS[name].schedule, name, catchUp: true, run: () => parts.run(name) })),
    {
      name: 'deliver',
      cron: '* * * * *',
      what: 'post the notices',
      catchUp: false,
      run: parts.deliver,
    },
  ];
}

function isScheduled(name: string): name is ScheduledTask {
  const tasks: Readonly<Record<string, Task>> = TASKS;
  return tasks[name]?.schedule !== undefined;
}
