import type { Day } from '../../core/base/time.js';
import type { Ruleset } from '../../core/rules/rule.js';
import type { CursorDataset } from '../vendors/cursor-dataset.js';
import type { AnthropicDataset, OpenAiDataset } from '../vendors/dataset.js';
import type { GithubDataset } from '../vendors/github-dataset.js';
import { createAnthropic } from './anthropic.js';
import { awsFile, type FocusFile } from './bills.js';
import { type Calendar, createCalendar } from './calendar.js';
import { consoleExport } from './console-export.js';
import { createCopilot } from './copilot.js';
import { createCursor } from './cursor.js';
import { peopleCsv, teamsCsv } from './hr-files.js';
import { createOpenAi } from './openai.js';
import { createStaff } from './people.js';
import { startingRules } from './starting-rules.js';
import { createSlackWorkspace, type LarkspurSlack } from './workspace.js';

/** The made-up company: what its vendors, HR and FinOps know, and its Slack workspace. All invented. */
export interface Larkspur {
  readonly company: { readonly name: string; readonly timeZone: string; readonly currency: string };
  /** When the planted things happened. */
  readonly calendar: Calendar;
  /** Text of the HR file and of teams.csv. */
  readonly people: string;
  readonly teams: string;
  readonly ruleset: Ruleset;
  readonly anthropic: AnthropicDataset;
  readonly openai: OpenAiDataset;
  readonly cursor: CursorDataset;
  readonly github: GithubDataset;
  /** The bills that come as files, as they are by now. */
  readonly focusFiles: () => readonly FocusFile[];
  readonly slack: LarkspurSlack;
}

/**
 * Builds Larkspur as it looks on the morning of `today`, and as it goes on from there when `present` moves on: about 120 people in eleven teams, some forty keys, a
 * year and a bit of bills ending yesterday, and a few things for a visitor to find (see `Calendar`). The same
 * day and seed always give the same company. Cheap: the days of the vendors are worked out when asked for.
 */
export function createLarkspur(parts: { today: Day; seed?: number; present?: () => Day }): Larkspur {
  const { today, seed = 1, present } = parts;
  const calendar = createCalendar(today, seed, present);
  const staff = createStaff(calendar);
  const anthropic = createAnthropic(calendar, staff);
  const earlier = consoleExport(calendar, anthropic);
  return {
    company: { name: 'Larkspur', timeZone: 'Europe/Dublin', currency: 'USD' },
    calendar,
    people: peopleCsv(staff),
    teams: teamsCsv(),
    ruleset: startingRules(calendar),
    anthropic,
    openai: createOpenAi(calendar, staff),
    cursor: createCursor(calendar, staff),
    github: createCopilot(calendar, staff),
    focusFiles: () => [awsFile(calendar), ...(earlier === null ? [] : [earlier])],
    slack: createSlackWorkspace(today, staff),
  };
}
