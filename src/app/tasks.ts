import { type DrawnChart, drawChart } from '../charts/draw.js';
import type { ChartRequest } from '../charts/spec.js';
import type { Context } from '../usecases/context.js';
import { TASKS } from '../usecases/tasks.js';

/** What the worker runs: the tasks of the use cases, and the drawing of charts. */
export const WORKER_TASKS = {
  ...TASKS,
  draw: { run: (_context: Context, chart: ChartRequest): Promise<DrawnChart> => drawChart(chart) },
};
