import { describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/core/base/time.js';
import type { Membership, Person, Team } from '../../../src/core/people/data.js';
import type { Store } from '../../../src/store/store.js';
import { ANA, chargeOn, ingest, settle } from './support.js';

function personCalled(name: string): Person {
  const email = `${name.toLowerCase()}@larkspur.example`;
  return { email, name, kind: 'employee', aliases: [], slackUserId: null };
}

function member(person: Person, team: string, from: string, to: string | null = null): Membership {
  const range = { from: parseDay(from), to: to === null ? null : parseDay(to) };
  return { email: person.email, team, managerEmail: null, costCentre: null, ...range };
}

const TEAM: Team = { name: 'Search', parent: null, ownerEmail: null, channel: '#search' };
const MIA = personCalled('Mia');
const TOM = personCalled('Tom');

const snapshot = (people: Person[], memberships: Membership[], teams: Team[] = []) => ({
  people,
  memberships,
  teams,
  actor: ANA,
  atMs: 1000,
});
const staleMonths = async (store: Store) => (await store.listStaleMonths()).map(({ month }) => month);

/** What every directory store promises; `open` gives a fresh, empty store. */
export function directoryStoreContract(open: () => Promise<Store>): void {
  async function openWithCharges(): Promise<Store> {
    const store = await open();
    await ingest(store, [chargeOn('2026-08-31'), chargeOn('2026-10-01'), chargeOn('2026-11-02')]);
    await settle(store);
    return store;
  }

  describe('a directory store', () => {
    it('gives back people, memberships, teams and links as they were put', async () => {
      const store = await open();
      const mia: Person = { ...MIA, kind: 'contractor', aliases: ['m@old.example'], slackUserId: 'U9' };
      const membership = {
        ...member(mia, 'Search', '2026-01-01'),
        managerEmail: TOM.email,
        costCentre: 'R1',
      };
      await store.importPeople(snapshot([mia], [membership], [TEAM]));
      const key = { kind: 'apiKey', value: 'key_1', from: parseDay('2026-01-01'), to: null } as const;
      const seat = { kind: 'seat', value: 'seat_1', from: parseDay('2026-01-01'), to: null } as const;
      await store.putLink({ ...key, owner: { person: mia.email } }, ANA, 1);
      await store.putLink({ ...seat, owner: { team: 'Search' } }, ANA, 1);
      expect(await store.directory()).toEqual({
        people: [mia],
        memberships: [membership],
        teams: [TEAM],
        links: [
          { ...key, owner: { person: mia.email } },
          { ...seat, owner: { team: 'Search' } },
        ],
      });
    });

    it('replaces the memberships of people in a snapshot as a whole and leaves the others', async () => {
      const store = await open();
      const tom = member(TOM, 'Platform', '2026-01-01');
      await store.importPeople(snapshot([MIA, TOM], [member(MIA, 'Search', '2026-01-01'), tom]));
      const moved = [member(MIA, 'Search', '2026-01-01', '2026-10-01'), member(MIA, 'Ads', '2026-10-01')];
      expect(await store.importPeople(snapshot([MIA], moved))).toMatchObject({ changedPeople: 1 });
      const { memberships, people } = await store.directory();
      expect(memberships).toEqual([...moved, tom]);
      expect(people).toEqual([MIA, TOM]);
    });

    it('changes nothing, marks nothing and audits nothing when the same snapshot comes again', async () => {
      const store = await openWithCharges();
      const same = snapshot(
        [MIA, TOM],
        [member(TOM, 'Ads', '2026-05-01'), member(MIA, 'Search', '2026-01-01')],
        [{ ...TEAM, parent: 'Product' }],
      );
      expect((await store.importPeople(same)).changedTeams).toBe(1);
      await settle(store);
      const again = await store.importPeople({
        ...same,
        memberships: same.memberships.toReversed(),
        atMs: 2000,
      });
      expect(again).toEqual({ changedPeople: 0, changedTeams: 0, staleMonths: [] });
      expect(await staleMonths(store)).toEqual([]);
      const imports = (await store.listAudit(10)).filter(({ action }) => action === 'directory.import');
      expect(imports).toHaveLength(1);
    });

    it('marks the months from the day of a transfer on, not from the start of the membership', async () => {
      const store = await openWithCharges();
      await store.importPeople(snapshot([MIA], [member(MIA, 'Search', '2026-01-01')]));
      expect(await staleMonths(store)).toEqual(['2026-08', '2026-10', '2026-11']);
      await settle(store);
      const moved = [member(MIA, 'Search', '2026-01-01', '2026-10-15'), member(MIA, 'Ads', '2026-10-15')];
      const result = await store.importPeople(snapshot([MIA], moved));
      expect(result.staleMonths).toEqual(['2026-10', '2026-11']);
      expect(await staleMonths(store)).toEqual(['2026-10', '2026-11']);
    });

    it('marks nothing when a membership is only written in two pieces', async () => {
      const store = await openWithCharges();
      await store.importPeople(snapshot([MIA], [member(MIA, 'Search', '2026-01-01')]));
      await settle(store);
      const pieces = [member(MIA, 'Search', '2026-01-01', '2026-06-01'), member(MIA, 'Search', '2026-06-01')];
      const result = await store.importPeople(snapshot([MIA], pieces));
      expect(result).toEqual({ changedPeople: 1, changedTeams: 0, staleMonths: [] });
    });

    it('marks every month when a person is known by a new address, since addresses are not dated', async () => {
      const store = await openWithCharges();
      const membership = member(MIA, 'Search', '2026-10-01');
      await store.importPeople(snapshot([MIA], [membership]));
      await settle(store);
      await store.importPeople(snapshot([{ ...MIA, aliases: ['mia@old.example'] }], [membership]));
      expect(await staleMonths(store)).toEqual(['2026-08', '2026-10', '2026-11']);
    });

    it("marks every month when a team's parent changes and none when only its channel does", async () => {
      const store = await openWithCharges();
      await store.importPeople(snapshot([], [], [TEAM]));
      await store.importPeople(snapshot([], [], [{ ...TEAM, channel: '#find' }]));
      expect(await staleMonths(store)).toEqual([]);
      await store.importPeople(snapshot([], [], [{ ...TEAM, parent: 'Product' }]));
      expect(await staleMonths(store)).toEqual(['2026-08', '2026-10', '2026-11']);
    });

    it('refuses a membership of somebody who is not among the people, and changes nothing', async () => {
      const store = await open();
      const stray = snapshot([MIA], [member(MIA, 'Search', '2026-01-01'), member(TOM, 'Ads', '2026-01-01')]);
      await expect(store.importPeople(stray)).rejects.toThrow(/tom@larkspur.example/);
      expect((await store.directory()).people).toEqual([]);
    });

    it('replaces a link from the same day and marks the months that either covers', async () => {
      const store = await openWithCharges();
      const link = { kind: 'apiKey', value: 'key_1', from: parseDay('2026-08-01') } as const;
      await store.putLink({ ...link, to: parseDay('2026-09-01'), owner: { team: 'Search' } }, ANA, 1);
      expect(await staleMonths(store)).toEqual(['2026-08']);
      await settle(store);
      const longer = { ...link, to: parseDay('2026-11-01'), owner: { team: 'Search' } };
      await store.putLink(longer, ANA, 2);
      expect(await staleMonths(store)).toEqual(['2026-08', '2026-10']);
      expect((await store.directory()).links).toEqual([longer]);
    });

    it('does not audit or mark a link that is there already', async () => {
      const store = await openWithCharges();
      const link = { kind: 'email', value: 'x@y.example', from: parseDay('2026-01-01'), to: null } as const;
      await store.putLink({ ...link, owner: { person: MIA.email } }, ANA, 1);
      await settle(store);
      await store.putLink({ ...link, owner: { person: MIA.email } }, ANA, 2);
      expect(await staleMonths(store)).toEqual([]);
      expect((await store.listAudit(10)).filter(({ action }) => action === 'directory.link')).toHaveLength(1);
    });

    it('remembers which memberships and links were known when; persons and teams are those of now', async () => {
      const store = await open();
      const at = (atMs: number, team: string) => ({
        ...snapshot([{ ...MIA, name: `Mia ${atMs}` }], [member(MIA, team, '2026-01-01')]),
        atMs,
      });
      const link = { kind: 'apiKey', value: 'k', from: parseDay('2026-01-01'), to: null } as const;
      await store.importPeople(at(1000, 'Search'));
      await store.putLink({ ...link, owner: { team: 'Search' } }, ANA, 1500);
      await store.importPeople(at(2000, 'Ads'));
      await store.putLink({ ...link, owner: { team: 'Ads' } }, ANA, 2500);
      const known = async (instantMs: number) => {
        const { people, memberships, links } = await store.directoryAt(instantMs);
        return [
          people[0]?.name,
          memberships.map(({ team }) => team),
          links.map(({ owner }) => ('team' in owner ? owner.team : null)),
        ];
      };
      expect(await known(999)).toEqual(['Mia 2000', [], []]);
      expect(await known(1000)).toEqual(['Mia 2000', ['Search'], []]);
      expect(await known(1999)).toEqual(['Mia 2000', ['Search'], ['Search']]);
      expect(await known(2000)).toEqual(['Mia 2000', ['Ads'], ['Search']]);
      expect(await store.directoryAt(2500)).toEqual(await store.directory());
    });
  });
}
