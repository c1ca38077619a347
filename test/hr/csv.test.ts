import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { addDays, parseDay } from '../../src/core/base/time.js';
import { parsePeople } from '../../src/hr/csv.js';

const HEADER = 'email,name,team,manager_email,cost_centre,effective_from,effective_to,aliases,slack_id,kind';

function parse(...rows: string[]) {
  return parsePeople({ name: 'people.csv', text: [HEADER, ...rows].join('\n') }, null);
}

function parseWithTeams(people: string, ...teams: string[]) {
  const text = ['team,parent,owner_email,channel', ...teams].join('\r\n');
  return parsePeople({ name: 'people.csv', text: `${HEADER}\n${people}` }, { name: 'teams.csv', text });
}

describe('the people file', () => {
  it('gives a person and a membership, with addresses in lower case and empty cells as nothing', () => {
    const { people, memberships, teams, remarks } = parse(
      'Mia@Larkspur.example, Mia Kern ,Search,BOSS@larkspur.example,R-1,2026-01-01,,,,',
      'boss@larkspur.example,Bo,Management,,,,,,U1,contractor',
    );
    expect(people).toEqual([
      { email: 'mia@larkspur.example', name: 'Mia Kern', kind: 'employee', aliases: [], slackUserId: null },
      { email: 'boss@larkspur.example', name: 'Bo', kind: 'contractor', aliases: [], slackUserId: 'U1' },
    ]);
    expect(memberships[0]).toEqual({
      email: 'mia@larkspur.example',
      team: 'Search',
      managerEmail: 'boss@larkspur.example',
      costCentre: 'R-1',
      from: '2026-01-01',
      to: null,
    });
    expect(memberships[1]).toMatchObject({ from: '1970-01-01', to: null, managerEmail: null });
    expect(teams).toEqual([]);
    expect(remarks).toEqual([]);
  });

  it('finds columns by name in any order, behind a byte order mark, and says which it does not use', () => {
    const text = '\uFEFFteam,Grade,NAME,email\r\n"Search, Web",7,Mia,m@x.example\r\n\r\n';
    const { people, memberships, remarks } = parsePeople({ name: 'hr.csv', text }, null);
    expect(people).toMatchObject([{ email: 'm@x.example', name: 'Mia' }]);
    expect(memberships).toMatchObject([{ team: 'Search, Web' }]);
    expect(remarks).toEqual(['hr.csv: column grade is not used.']);
  });

  it('takes a transfer in mid-month as two memberships that meet on one day', () => {
    const { people, memberships } = parse(
      'm@x.example,Mia,Ads,,,2026-10-15,,,,',
      'm@x.example,Mia,Search,,,2026-01-01,2026-10-15,,,',
    );
    expect(people).toHaveLength(1);
    expect(memberships.map(({ team, from, to }) => [team, from, to])).toEqual([
      ['Ads', '2026-10-15', null],
      ['Search', '2026-01-01', '2026-10-15'],
    ]);
  });

  it('takes a rehire with a gap, by the name and kind of the latest membership and all aliases', () => {
    const { people, memberships } = parse(
      'm@x.example,Mia Kern-Ruiz,Search,,,2026-06-01,,mk@x.example;M@X.example,,employee',
      'm@x.example,Mia Kern,Ads,,,2024-01-01,2025-01-01,Mia@old.example; mk@x.example,U7,contractor',
    );
    expect(people).toEqual([
      {
        email: 'm@x.example',
        name: 'Mia Kern-Ruiz',
        kind: 'employee',
        aliases: ['mia@old.example', 'mk@x.example'],
        slackUserId: 'U7',
      },
    ]);
    expect(memberships).toHaveLength(2);
  });

  it('refuses memberships of one person that overlap and names both rows', () => {
    expect(() =>
      parse(
        'm@x.example,Mia,Ads,,,2026-10-14,,,,',
        'tom@x.example,Tom,Ads,,,2026-01-01,,,,',
        'M@x.example,Mia,Search,,,2026-01-01,2026-10-15,,,',
      ),
    ).toThrow(/people\.csv, rows 2 and 4: m@x\.example .* from 2026-10-14 on/);
  });

  it('only remarks on an unknown manager and on an alias that two people claim', () => {
    const { remarks } = parse(
      'm@x.example,Mia,Ads,ghost@x.example,,,,dev@x.example,,',
      'tom@x.example,Tom,Ads,mia@y.example,,,,dev@x.example;mia@y.example,,',
    );
    expect(remarks).toEqual([
      'people.csv: alias dev@x.example of tom@x.example is also an address of m@x.example.',
      'people.csv: manager ghost@x.example is not among the people.',
    ]);
  });

  it.each([
    ['nobody,Mia,Ads,,,,,,,', /row 2, column email: "nobody" is no e-mail address/],
    ['m@x.example,,Ads,,,,,,,', /row 2, column name: "" is empty/],
    ['m@x.example,Mia, ,,,,,,,', /row 2, column team/],
    ['m@x.example,Mia,Ads,boss,,,,,,', /row 2, column manager_email: "boss" is no e-mail/],
    ['m@x.example,Mia,Ads,,,31.10.2026,,,,', /row 2, column effective_from: "31.10.2026" is not a day/],
    ['m@x.example,Mia,Ads,,,,2026-02-30,,,', /row 2, column effective_to: "2026-02-30" is not a day/],
    ['m@x.example,Mia,Ads,,,2026-02-01,2026-02-01,,,', /row 2, column effective_to: 2026-02-01 is not after/],
    ['m@x.example,Mia,Ads,,,,,a b,,', /row 2, column aliases: "a b" must be e-mail addresses/],
    ['m@x.example,Mia,Ads,,,,,,,robot', /row 2, column kind: "robot" must be employee/],
    ['m@x.example,Mia,Ads,Sales,,,,,,,', /row 2: 11 cells under a header of 10/],
    ['"m@x.example,Mia', /row 2: a quote is not closed/],
  ])('refuses %s with a sentence that names the place', (row, sentence) => {
    expect(() => parse(row)).toThrow(sentence);
  });

  it('refuses a header that lacks a column or has one twice', () => {
    expect(() => parsePeople({ name: 'p.csv', text: 'email,name\n' }, null)).toThrow(/row 1.*lacks team/);
    const text = 'email,name,team,Email\n';
    expect(() => parsePeople({ name: 'p.csv', text }, null)).toThrow(/column email stands twice/);
  });

  it('gives back any history of disjoint memberships, and refuses it as soon as two share a day', () => {
    const day = fc.integer({ min: 0, max: 60 }).map((offset) => addDays(parseDay('2026-01-01'), offset));
    const stay = fc
      .tuple(day, fc.option(day))
      .filter(([from, to]) => to === null || from < to)
      .map(([from, to]) => ({ from, to }));
    fc.assert(
      fc.property(fc.array(stay, { minLength: 1, maxLength: 4 }), (stays) => {
        const rows = stays.map(({ from, to }, index) => ({
          effective_to: to ?? '',
          team: `Team, "${index}"`,
          name: 'Mia',
          effective_from: from,
          email: 'm@x.example',
        }));
        const read = () => parsePeople({ name: 'people.csv', text: Papa.unparse(rows) }, null).memberships;
        const overlap = stays.some((a, i) =>
          stays.some((b, j) => i < j && (a.to === null || b.from < a.to) && (b.to === null || a.from < b.to)),
        );
        if (overlap) expect(read).toThrow(/would be in two teams/);
        else {
          expect(read().map(({ team, from, to }) => ({ team, from, to }))).toEqual(
            stays.map(({ from, to }, index) => ({ team: `Team, "${index}"`, from, to })),
          );
        }
      }),
    );
  });
});

describe('teams.csv', () => {
  const MIA = 'm@x.example,Mia,Search,,,,,,,';

  it('gives the tree of teams with owners and channels', () => {
    const { teams, remarks } = parseWithTeams(MIA, 'Product,,,', 'Search,Product,Lead@X.example,#search');
    expect(teams).toEqual([
      { name: 'Product', parent: null, ownerEmail: null, channel: null },
      { name: 'Search', parent: 'Product', ownerEmail: 'lead@x.example', channel: '#search' },
    ]);
    expect(remarks).toEqual([]);
  });

  it('remarks on teams that people or other teams name but the file does not list', () => {
    const { remarks } = parseWithTeams(MIA, 'Ads,Product,,');
    expect(remarks).toEqual([
      'teams.csv: team Search is not listed, so it has no parent and no channel.',
      'teams.csv: team Product is not listed, so it has no parent and no channel.',
    ]);
  });

  it('refuses a team that stands twice and one that is above itself', () => {
    expect(() => parseWithTeams(MIA, 'Search,,,', 'Search,,,')).toThrow(
      /teams\.csv, rows 2 and 3: team Search stands twice/,
    );
    expect(() => parseWithTeams(MIA, 'A,B,,', 'B,C,,', 'C,B,,')).toThrow(/row 3: team B is above itself/);
  });
});
