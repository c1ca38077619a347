import { z } from 'zod';
import { addDays, type Day, parseDay } from '../../../src/core/base/time.js';
import { type FakeCall, refuse, startFake, type Trouble } from './server.js';

/** One conversation; credits in hundredths, as the vendor counts. */
interface WindsurfRun {
  readonly day: Day;
  readonly email: string;
  readonly model: string;
  readonly promptsUsed: number;
}

export interface WindsurfTeam {
  readonly serviceKey: string;
  runs: WindsurfRun[];
}

export const WINDSURF_KEY = 'ws-TopSecretServiceKeyOfLarkspur';
/** The vendor hands out every user's key: none may be kept. */
export const USER_API_KEY = 'aaaaaaaa-user-api-key-of-ana';

/** Two approved members, one pending, and the runs of somebody who has left. */
export function windsurfTeam(): WindsurfTeam {
  const runs = Array.from({ length: 20 }, (_, index): WindsurfRun[] => {
    const day = addDays(parseDay('2026-11-01'), index);
    const model = 'CLAUDE_SONNET_5';
    return [
      { day, email: 'ana.ruiz@larkspur.example', model, promptsUsed: 150 },
      { day, email: 'ana.ruiz@larkspur.example', model, promptsUsed: 25 },
      { day, email: 'tom.lee@larkspur.example', model, promptsUsed: 100 },
      { day, email: 'gone@larkspur.example', model, promptsUsed: 50 },
    ];
  }).flat();
  return { serviceKey: WINDSURF_KEY, runs };
}

const Question = z.object({
  service_key: z.string(),
  start_timestamp: z.iso.datetime().optional(),
  end_timestamp: z.iso.datetime().optional(),
  emails: z.array(z.string()).optional(),
  query_requests: z.array(z.object({ cascade_runs: z.object({}) })).optional(),
});

/** Windsurf's analytics as documented: POST, the key in the body, numbers as strings. */
export async function startWindsurf(team: WindsurfTeam, trouble?: Trouble) {
  return await startFake((call: FakeCall) => {
    if (call.headers.authorization !== undefined) refuse(400, 'the key belongs into the body');
    const asked = Question.safeParse(call.body);
    if (!asked.success) return refuse(400, 'no such question');
    const { service_key: key, emails, start_timestamp: start = '', end_timestamp: end = '' } = asked.data;
    if (key !== team.serviceKey) refuse(401, `invalid service key ${key}`);
    if (call.endpoint === '/api/v1/UserPageAnalytics') return { userTableStats: USERS };
    if (call.endpoint !== '/api/v1/CascadeAnalytics') return null;
    if (asked.data.query_requests?.length !== 1) refuse(400, 'query_requests');
    const inside = team.runs.filter(
      ({ day, email }) =>
        start <= `${day}T00:00:00Z` &&
        `${day}T00:00:00Z` < end &&
        (emails === undefined || emails.includes(email)),
    );
    const cascadeRuns = inside.map(({ day, model, promptsUsed }, index) => ({
      day: `${day}T00:00:00Z`,
      model,
      mode: 'CONVERSATIONAL_PLANNER_MODE_DEFAULT',
      messagesSent: '3',
      cascadeId: `cascade-${index}`,
      promptsUsed: String(promptsUsed),
    }));
    return { queryResults: [{ cascadeRuns: cascadeRuns.length === 0 ? {} : { cascadeRuns } }] };
  }, trouble);
}

const USERS = [
  {
    name: 'Ana Ruiz',
    email: 'ana.ruiz@larkspur.example',
    lastUpdateTime: '2026-11-20T22:56:10.771591Z',
    apiKey: USER_API_KEY,
    activeDays: 178,
    teamStatus: 'USER_TEAM_STATUS_APPROVED',
  },
  { name: 'Tom Lee', email: 'tom.lee@larkspur.example', apiKey: 'bbbb', activeDays: 3 },
  { name: 'New One', email: 'new@larkspur.example', apiKey: 'cccc', teamStatus: 'USER_TEAM_STATUS_PENDING' },
];
