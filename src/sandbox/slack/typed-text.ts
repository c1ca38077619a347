import { IDS } from './model.js';
import { handleOf } from './payloads.js';
import type { Workspace } from './workspace.js';

/** `&`, `<` and `>` as Slack encodes what people type. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

interface Names {
  readonly people: ReadonlyMap<string, string>;
  readonly channels: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, string>;
}

function namesOf(workspace: Workspace): Names {
  const { people, channels, userGroups, appName } = workspace.options;
  return {
    people: new Map([
      ...people.map((person): [string, string] => [handleOf(person.name), person.id]),
      [handleOf(appName), IDS.botUser],
    ]),
    channels: new Map(channels.map((channel) => [channel.name, channel.id])),
    groups: new Map(userGroups.map((group) => [group.handle, group.id])),
  };
}

/** A typed message as Slack stores it: escaped, `@ana.ruiz` and `#channel` turned into mentions. */
export function encodeTyped(workspace: Workspace, text: string): string {
  return encode(text, namesOf(workspace), (id) => id);
}

/** The text of a slash command under `should_escape: true`: mentions carry their name, `<@U1|ana.ruiz>`. */
export function encodeCommandText(workspace: Workspace, text: string): string {
  return encode(text, namesOf(workspace), (id, name) => `${id}|${name}`);
}

function encode(text: string, names: Names, label: (id: string, name: string) => string): string {
  return escapeText(text.trim())
    .replaceAll(/(?<![\w.])@([\p{L}\p{N}._-]+)/gu, (typed, name: string) => {
      const key = name.toLowerCase();
      const person = names.people.get(key);
      if (person) return `<@${label(person, key)}>`;
      const group = names.groups.get(key);
      return group ? `<!subteam^${label(group, `@${key}`)}>` : typed;
    })
    .replaceAll(/(?<![\w&])#([\p{L}\p{N}_-]+)/gu, (typed, name: string) => {
      const channel = names.channels.get(name.toLowerCase());
      return channel ? `<#${label(channel, name)}>` : typed;
    });
}
