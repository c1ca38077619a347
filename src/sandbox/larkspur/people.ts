import { addDays, type Day } from '../../core/base/time.js';
import type { Calendar } from './calendar.js';
import { FAMILY_NAMES, GIVEN_NAMES } from './names.js';
import { createDice, hash, stableId } from './random.js';
import { REORG, TEAMS } from './teams.js';

/** A time in a team; half-open days. */
export interface Stay {
  readonly team: string;
  readonly from: Day;
  readonly to: Day | null;
}

/** Someone who works or worked at Larkspur. */
export interface Staff {
  readonly name: string;
  readonly email: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly kind: 'employee' | 'contractor' | 'service';
  readonly stays: readonly Stay[];
  /** Null for those who left. */
  readonly slackId: string | null;
}

/** People with a part in the story who are not leads. */
const CAST: readonly (readonly [name: string, team: string, title: string])[] = [
  ['Ana Ruiz', 'FinOps', 'FinOps analyst'],
  ['Ben Okoye', 'Support Automation', 'Automation engineer'],
  ['Diego Paredes', 'Payments', 'Payments engineer'],
  ['Sam Whitlock', 'Data Science', 'Data engineer'],
  ['Rosa Lindholm', 'Platform', 'CI engineer'],
  ['Helena Marsh', 'Leadership', 'Head of finance'],
];
/** How long ago (days) the nth person of some team came or left. */
const JOINED: Readonly<Record<string, number>> = {
  'Search 9': 201,
  'Mobile 6': 118,
  'Platform 11': 64,
  'Data Science 8': 33,
  'Growth 5': 260,
  'Security 4': 12,
};
const LEFT: Readonly<Record<string, number>> = {
  'Search 12': 97,
  'Platform 14': 210,
  'Growth 8': 44,
  'Payments 10': 19,
};

/** `lucia.fernandez@larkspur.example`. */
export function emailOf(name: string): string {
  return `${name.toLowerCase().replaceAll(' ', '.')}@larkspur.example`;
}

/** The team someone is in on a day. */
export function teamOn(staff: Pick<Staff, 'stays'>, day: Day): string | null {
  return staff.stays.find((stay) => stay.from <= day && (stay.to === null || day < stay.to))?.team ?? null;
}

function staysOf(calendar: Calendar, name: string, place: { team: string; nth: number }): readonly Stay[] {
  const { team, nth } = place;
  const slot = `${team} ${nth}`;
  const tenure = 40 + Math.floor(createDice(hash(calendar.seed, 'tenure', name))() * 1400);
  const joined = JOINED[slot];
  const from = joined === undefined ? addDays(calendar.start, -tenure) : addDays(calendar.today, -joined);
  const left =
    name === 'Sam Whitlock'
      ? calendar.departure
      : LEFT[slot] === undefined
        ? null
        : addDays(calendar.today, -LEFT[slot]);
  if (name === 'Diego Paredes')
    return [
      { team: 'Mobile', from, to: calendar.transfer },
      { team, from: calendar.transfer, to: null },
    ];
  if (team === REORG.to)
    return [
      { team: REORG.from, from, to: calendar.reorg },
      { team, from: calendar.reorg, to: null },
    ];
  return [{ team, from, to: left }];
}

function staffNames(): readonly { name: string; team: string; nth: number; title: string }[] {
  let next = 0;
  return TEAMS.flatMap(({ name: team, lead, size, title }) => {
    const cast = CAST.filter(([, home]) => home === team);
    return Array.from({ length: size }, (_, nth) => {
      if (nth === 0)
        return {
          name: lead,
          team,
          nth,
          title: team === 'Leadership' ? 'Chief technology officer' : `Lead of ${team}`,
        };
      const [name, , ownTitle] = cast[nth - 1] ?? [];
      if (name !== undefined && ownTitle !== undefined) return { name, team, nth, title: ownTitle };
      const given = GIVEN_NAMES[next % GIVEN_NAMES.length] ?? '';
      const family =
        FAMILY_NAMES[(next * 17 + Math.floor(next / GIVEN_NAMES.length)) % FAMILY_NAMES.length] ?? '';
      next += 1;
      return { name: `${given} ${family}`, team, nth, title };
    });
  });
}

/** Everybody, in a fixed order: team by team, leads first; then the service accounts that hold seats. */
export function createStaff(calendar: Calendar): readonly Staff[] {
  const people = staffNames().map(({ name, team, nth, title }): Staff => {
    const stays = staysOf(calendar, name, { team, nth });
    const email = emailOf(name);
    return {
      name,
      email,
      aliases: nth % 9 === 4 ? [email.replace('@', '@eu.')] : [],
      title,
      kind: nth % 11 === 7 ? 'contractor' : 'employee',
      stays,
      slackId: stays.at(-1)?.to === null ? stableId('U0', email, 9).toUpperCase() : null,
    };
  });
  const robot: Staff = {
    name: 'CI robot',
    email: 'ci-robot@larkspur.example',
    aliases: [],
    title: 'Service account',
    kind: 'service',
    stays: [{ team: 'Platform', from: addDays(calendar.start, -200), to: null }],
    slackId: null,
  };
  return [...people, robot];
}
