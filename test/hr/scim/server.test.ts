import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startScim } from '../../../src/app/assemble-scim.js';
import type { ScimServer } from '../../../src/hr/scim/server.js';
import { chargeOn, ingest, settle } from '../../store/contract/support.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const TOKEN = 'a-token-that-is-long-enough';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

let context: TestContext;
let server: ScimServer;
async function open(teamGroupPrefix: string | null = null) {
  server = await startScim(context, { host: '127.0.0.1', port: 0, token: TOKEN, teamGroupPrefix });
}
beforeEach(async () => {
  const made = await createTestContext({ now: '2026-11-02T23:30:00Z' });
  // Half past midnight on the third in Berlin: days are the company's.
  context = { ...made, company: { ...made.company, timeZone: 'Europe/Berlin' } };
  await open();
});
afterEach(async () => {
  await server.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Readonly<Record<string, unknown>>;
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: (text === '' ? {} : JSON.parse(text)) as Answer['json'],
  };
}

const patch = (id: string, ...Operations: unknown[]) =>
  call('PATCH', `/Users/${id}`, { schemas: [PATCH_OP], Operations });
const memberships = async () =>
  (await context.store.directory()).memberships.map(
    ({ email, team, managerEmail, costCentre, from, to }) =>
      `${email} ${from}..${to ?? ''} ${team} ${managerEmail ?? '-'} ${costCentre ?? '-'}`,
  );

/** What Okta sends for a new assignment. */
const okta = (name: string, more: Record<string, unknown> = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
  userName: `${name}@larkspur.test`,
  name: { givenName: name, familyName: 'Chen' },
  emails: [{ primary: true, value: `${name}@larkspur.test`, type: 'work' }],
  displayName: `${name} Chen`,
  locale: 'en-US',
  externalId: `00u${name}`,
  groups: [],
  password: 'never kept',
  active: true,
  ...more,
});
const create = async (user: unknown): Promise<string> => {
  const { status, json } = await call('POST', '/Users', user);
  expect(status).toBe(201);
  return json['id'] as string;
};

describe('a push by Okta', () => {
  const mia = okta('mia', { [ENTERPRISE]: { department: 'Search', costCenter: 'R1' } });

  it('looks the user up, creates, reads back, updates by PUT and deactivates by PATCH', async () => {
    const probe = await call(
      'GET',
      '/Users?filter=userName%20eq%20%22mia%40larkspur.test%22&startIndex=1&count=100',
    );
    expect(probe.json).toMatchObject({ totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] });
    const made = await call('POST', '/Users', mia);
    const id = made.json['id'] as string;
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`${server.url}/Users/${id}`);
    expect(made.json).toMatchObject({
      userName: 'mia@larkspur.test',
      externalId: '00umia',
      active: true,
      meta: { resourceType: 'User', version: 'W/"1"', created: '2026-11-02T23:30:00.000Z' },
    });
    expect(JSON.stringify(made.json)).not.toContain('never kept');
    expect(await memberships()).toEqual(['mia@larkspur.test 2026-11-03.. Search - R1']);

    const found = await call('GET', '/Users?filter=userName eq "MIA@larkspur.test"');
    expect(found.json['totalResults']).toBe(1);
    expect((await call('GET', `/Users/${id}`)).json).toEqual(made.json);

    context.testClock.set('2026-12-10');
    const moved = await call('PUT', `/Users/${id}`, {
      ...mia,
      [ENTERPRISE]: { department: 'Ads', costCenter: 'R1' },
    });
    expect(moved.status).toBe(200);
    expect(moved.headers.get('etag')).toBe('W/"2"');
    context.testClock.set('2026-12-20');
    const gone = await patch(id, { op: 'replace', value: { active: false } });
    expect(gone.json).toMatchObject({ active: false });
    expect(await memberships()).toEqual([
      'mia@larkspur.test 2026-11-03..2026-12-10 Search - R1',
      'mia@larkspur.test 2026-12-10..2026-12-20 Ads - R1',
    ]);
    context.testClock.set('2027-02-01');
    await patch(id, { op: 'replace', value: { active: true } });
    expect((await memberships()).at(-1)).toBe('mia@larkspur.test 2027-02-01.. Ads - R1');
    expect(await memberships()).toHaveLength(3);
  });

  it('changes nothing, marks nothing and audits nothing when it comes again', async () => {
    await ingest(context.store, [chargeOn('2026-11-10')]);
    const id = await create(mia);
    await settle(context.store);
    const before = await context.store.listAudit(100);
    const again = await call('PUT', `/Users/${id}`, mia);
    expect(again.headers.get('etag')).toBe('W/"1"');
    expect(await context.store.listAudit(100)).toEqual(before);
    expect(await context.store.listStaleMonths()).toEqual([]);
  });

  it('is refused a second user of the same name, in any case, with 409 uniqueness', async () => {
    await create(mia);
    const { status, json } = await call('POST', '/Users', { ...mia, userName: 'MIA@LARKSPUR.TEST' });
    expect(status).toBe(409);
    expect(json).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '409',
      scimType: 'uniqueness',
    });
    expect(await memberships()).toHaveLength(1);
  });

  it('ends a deleted user today, keeps the history, and a new account of the same person is a rehire', async () => {
    const id = await create(mia);
    context.testClock.set('2026-12-01');
    expect((await call('DELETE', `/Users/${id}`)).status).toBe(204);
    expect((await call('GET', `/Users/${id}`)).status).toBe(404);
    expect((await call('GET', '/Users')).json['totalResults']).toBe(0);
    expect(await memberships()).toEqual(['mia@larkspur.test 2026-11-03..2026-12-01 Search - R1']);
    context.testClock.set('2027-01-07');
    expect(await create(mia)).not.toBe(id);
    expect(await memberships()).toEqual([
      'mia@larkspur.test 2026-11-03..2026-12-01 Search - R1',
      'mia@larkspur.test 2027-01-07.. Search - R1',
    ]);
  });

  it('does not let the clean-up of an old account end the new one', async () => {
    const old = await create(okta('mia', { userName: 'old-mia', [ENTERPRISE]: { department: 'Search' } }));
    await patch(old, { op: 'replace', value: { active: false } });
    await create(mia);
    await call('DELETE', `/Users/${old}`);
    expect(await memberships()).toEqual(['mia@larkspur.test 2026-11-03.. Search - R1']);
  });

  it('takes a new address as an alias of the same person, and knows who came by CSV', async () => {
    const person = {
      email: 'mia@larkspur.test',
      name: 'Mia',
      kind: 'employee',
      aliases: [],
      slackUserId: 'U1',
    } as const;
    await context.store.importPeople({
      people: [person],
      memberships: [],
      teams: [],
      actor: context.actor,
      atMs: 1,
    });
    const id = await create(mia);
    await patch(id, { op: 'replace', path: 'userName', value: 'mia.osei@larkspur.test' });
    await patch(id, { op: 'replace', path: 'emails[type eq "work"].value', value: 'mia.osei@larkspur.test' });
    expect((await context.store.directory()).people).toEqual([
      { ...person, name: 'mia Chen', aliases: ['mia.osei@larkspur.test'] },
    ]);
  });

  it('keeps the place of a user for whom no team is sent', async () => {
    const id = await create(mia);
    context.testClock.set('2026-12-01');
    await call('PUT', `/Users/${id}`, okta('mia'));
    expect(await memberships()).toEqual(['mia@larkspur.test 2026-11-03.. Search - R1']);
  });
});

describe('a push by Entra', () => {
  const user = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
    externalId: 'tom',
    userName: 'tom.lee@larkspur.onmicrosoft.test',
    active: true,
    displayName: 'Tom Lee',
    emails: [{ primary: true, type: 'work', value: 'tom@larkspur.test' }],
    meta: { resourceType: 'User' },
    [ENTERPRISE]: { department: 'Platform' },
  };

  it('sends capitals, text for booleans, dotted and qualified keys, and a manager as a bare id', async () => {
    const id = await create(user);
    const boss = await create({
      ...user,
      externalId: 'eva',
      userName: 'eva@larkspur.test',
      displayName: 'Eva',
      emails: [],
    });
    context.testClock.set('2026-11-20');
    const { status, json } = await patch(
      id,
      { op: 'Add', path: `${ENTERPRISE}:manager`, value: boss },
      { op: 'Replace', path: `${ENTERPRISE}:costCenter`, value: 'P7' },
      {
        op: 'Replace',
        value: { displayName: 'Tom R. Lee', 'name.givenName': 'Tom', [`${ENTERPRISE}:department`]: 'Data' },
      },
    );
    expect(status).toBe(200);
    // Entra cannot read back a manager that is no object.
    expect(json).toMatchObject({
      displayName: 'Tom R. Lee',
      name: { givenName: 'Tom' },
      [ENTERPRISE]: { department: 'Data', costCenter: 'P7', manager: { value: boss } },
    });
    expect((await memberships()).filter((line) => line.startsWith('tom@'))).toEqual([
      'tom@larkspur.test 2026-11-03..2026-11-20 Platform - -',
      'tom@larkspur.test 2026-11-20.. Data eva@larkspur.test P7',
    ]);
    const people = (await context.store.directory()).people;
    expect(people.find(({ email }) => email === 'tom@larkspur.test')?.aliases).toEqual([
      'tom.lee@larkspur.onmicrosoft.test',
    ]);
    await patch(
      id,
      { op: 'Remove', path: `${ENTERPRISE}:manager` },
      { op: 'Replace', path: 'active', value: 'False' },
    );
    expect((await call('GET', `/Users/${id}`)).json).toMatchObject({ active: false });
    expect((await memberships()).at(-1)).toBe('tom@larkspur.test 2026-11-03..2026-11-20 Platform - -');
  });

  it('names a manager who comes only later', async () => {
    await create({ ...user, [ENTERPRISE]: { department: 'Platform', manager: 'E-007' } });
    expect(await memberships()).toEqual(['tom@larkspur.test 2026-11-03.. Platform - -']);
    await create({
      ...user,
      externalId: 'E-007',
      userName: 'eva@larkspur.test',
      displayName: 'Eva',
      emails: [],
    });
    expect(await memberships()).toContain('tom@larkspur.test 2026-11-03.. Platform eva@larkspur.test -');
  });

  it('finds a user by external id, and a group without its members', async () => {
    const id = await create(user);
    const { json } = await call('GET', '/Users?filter=externalId eq "tom"');
    expect(json).toMatchObject({ totalResults: 1, Resources: [{ id }] });
    const group = { displayName: 'Everyone', externalId: 'g1', members: [{ value: id }] };
    const made = await call('POST', '/Groups', group);
    const groups = await call('GET', '/Groups?excludedAttributes=members&filter=displayName eq "Everyone"');
    expect(groups.json).toMatchObject({ totalResults: 1, Resources: [{ displayName: 'Everyone' }] });
    expect(JSON.stringify(groups.json)).not.toContain('"members"');
    const asked = `/Groups?filter=id eq "${String(made.json['id'])}" and members eq "${id}"`;
    expect((await call('GET', asked)).json['totalResults']).toBe(1);
    expect((await call('GET', asked.replace(id, 'nobody'))).json['totalResults']).toBe(0);
  });

  it('turns groups that are marked as teams into teams, member by member', async () => {
    await server.close();
    await open('team-');
    const id = await create(user);
    expect(await memberships()).toEqual(['tom@larkspur.test 2026-11-03.. Platform - -']);
    context.testClock.set('2026-11-20');
    const search = await call('POST', '/Groups', { displayName: 'team-Search', members: [{ value: id }] });
    const ads = await call('POST', '/Groups', { displayName: 'team-Ads' });
    await call('POST', '/Groups', { displayName: 'everyone', members: [{ value: id }] });
    context.testClock.set('2026-12-01');
    const members = (place: Answer, ...Operations: unknown[]) =>
      call('PATCH', `/Groups/${String(place.json['id'])}`, { schemas: [PATCH_OP], Operations });
    await members(ads, { op: 'Add', path: 'members', value: [{ value: id }] });
    await members(search, { op: 'Remove', path: 'members', value: [{ value: id }] });
    expect(await memberships()).toEqual([
      'tom@larkspur.test 2026-11-03..2026-11-20 Platform - -',
      'tom@larkspur.test 2026-11-20..2026-12-01 Search - -',
      'tom@larkspur.test 2026-12-01.. Ads - -',
    ]);
    context.testClock.set('2026-12-24');
    await members(ads, { op: 'remove', path: `members[value eq "${id}"]` });
    expect((await memberships()).at(-1)).toBe('tom@larkspur.test 2026-12-24.. Platform - -');
    expect((await context.store.directory()).teams.map(({ name }) => name)).toEqual([
      'Ads',
      'Platform',
      'Search',
    ]);
  });
});

describe('the SCIM server', () => {
  it('answers nobody without the token', async () => {
    for (const authorization of ['', 'Bearer ', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
      const { status, json } = await call('GET', '/Users', undefined, { authorization });
      expect(status).toBe(401);
      expect(json['detail']).toBe('The bearer token is missing or wrong.');
    }
  });

  it('refuses what is too large, no JSON, no patch, no known filter, no e-mail, no such place', async () => {
    const id = await create(okta('mia'));
    const refused = async (method: string, path: string, body?: unknown) => {
      const { status, json } = await call(method, path, body);
      expect(json['schemas']).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error']);
      return [status, json['scimType']];
    };
    expect(await refused('POST', '/Users', '{')).toEqual([400, 'invalidSyntax']);
    expect(await refused('POST', '/Users', { userName: 'x', note: 'a'.repeat(3_000_000) })).toEqual([
      413,
      undefined,
    ]);
    expect(await refused('PATCH', `/Users/${id}`, { Operations: [{ op: 'move' }] })).toEqual([
      400,
      'invalidSyntax',
    ]);
    expect(
      await refused('PATCH', `/Users/${id}`, { Operations: [{ op: 'add', path: 'a b[', value: 1 }] }),
    ).toEqual([400, 'invalidPath']);
    expect(await refused('GET', '/Users?filter=title sw "a"')).toEqual([400, 'invalidFilter']);
    expect(await refused('POST', '/Users', { userName: 'nobody' })).toEqual([400, 'invalidValue']);
    expect(await refused('POST', '/Users', { emails: [] })).toEqual([400, 'invalidValue']);
    expect(await refused('GET', '/Devices')).toEqual([404, undefined]);
    expect(await refused('GET', '/Users/nobody')).toEqual([404, undefined]);
    expect(await refused('DELETE', '/Schemas')).toEqual([405, undefined]);
    expect(context.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('guards a change by the version that was read', async () => {
    const id = await create(okta('mia'));
    const change = (ifMatch: string) =>
      call('PUT', `/Users/${id}`, okta('mia', { displayName: 'Mia' }), { 'if-match': ifMatch });
    expect((await change('W/"7"')).status).toBe(412);
    expect((await change('W/"1"')).status).toBe(200);
    const unchanged = await call('GET', `/Users/${id}`, undefined, { 'if-none-match': 'W/"2"' });
    expect(unchanged.status).toBe(304);
  });

  it('pages through users in order, each once', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      context.testClock.advance(1);
      await create(okta(name));
    }
    const page = async (startIndex: number) => {
      const { json } = await call('GET', `/Users?startIndex=${startIndex}&count=2`);
      expect(json).toMatchObject({ totalResults: 5, startIndex });
      return (json['Resources'] as { externalId: string }[]).map(({ externalId }) => externalId);
    };
    expect([...(await page(1)), ...(await page(3)), ...(await page(5))]).toEqual([
      '00ua',
      '00ub',
      '00uc',
      '00ud',
      '00ue',
    ]);
  });

  it('describes itself', async () => {
    expect((await call('GET', '/ServiceProviderConfig')).json).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
      filter: { supported: true, maxResults: 200 },
      authenticationSchemes: [{ type: 'oauthbearertoken' }],
    });
    expect((await call('GET', '/ResourceTypes/User')).json).toMatchObject({ endpoint: '/Users' });
    expect((await call('GET', '/Schemas')).json['totalResults']).toBe(3);
    expect((await call('GET', `/Schemas/${ENTERPRISE}`)).json).toMatchObject({ id: ENTERPRISE });
  });

  it('takes pushes that come at once one after another', async () => {
    const id = await create(okta('mia'));
    const departments = ['A', 'B', 'C', 'D', 'E', 'F'];
    const answers = await Promise.all(
      departments.map((name) => patch(id, { op: 'replace', path: `${ENTERPRISE}:department`, value: name })),
    );
    expect(answers.map(({ status }) => status)).toEqual(departments.map(() => 200));
    expect(await memberships()).toHaveLength(1);
  });

  it('makes a service account stand where its owner stands', async () => {
    await create(okta('mia', { [ENTERPRISE]: { department: 'Search' } }));
    await create(
      okta('bot', { userType: 'Service account', [ENTERPRISE]: { manager: 'mia@larkspur.test' } }),
    );
    expect(await memberships()).toContain('bot@larkspur.test 2026-11-03.. null mia@larkspur.test -');
  });
});
