import { z } from 'zod';
import { plainName } from '../core/base/lookalikes.js';
import { Day } from '../core/base/time.js';

const EMAIL = /^[^\s@,;]+@[^\s@,;]+$/;
const NO_EMAIL = 'is no e-mail address';

/** One form of every letter, and single blanks, so that a name is one name however it was typed. */
const text = z.string().transform(plainName);
const orNull = (value: string): string | null => (value === '' ? null : value);
const optionalText = text.transform(orNull);
const email = text.pipe(z.string().toLowerCase().regex(EMAIL, NO_EMAIL));
const optionalEmail = text
  .transform((value) => value.toLowerCase())
  .refine((value) => value === '' || EMAIL.test(value), NO_EMAIL)
  .transform(orNull);
const needed = text.refine((value) => value !== '', 'is empty, but every row needs it');

const NO_DAY = 'is not a day; write it as 2026-10-31';
const optionalDay = text
  .refine((value) => value === '' || Day.safeParse(value).success, NO_DAY)
  .transform((value) => (value === '' ? null : Day.parse(value)));

/** One membership row of the people file; empty dates are open ends. Only a service account may leave its team out. */
export const PersonRow = z.object({
  email,
  name: needed,
  team: optionalText,
  manager_email: optionalEmail,
  cost_centre: optionalText,
  effective_from: optionalDay,
  effective_to: optionalDay,
  aliases: text
    .transform((value) =>
      value
        .toLowerCase()
        .split(';')
        .map((alias) => alias.trim())
        .filter((alias) => alias !== ''),
    )
    .refine(
      (aliases) => aliases.every((alias) => EMAIL.test(alias)),
      'must be e-mail addresses separated by ;',
    ),
  slack_id: optionalText,
  kind: text
    .transform((value) => (value === '' ? 'employee' : value.toLowerCase()))
    .pipe(z.enum(['employee', 'contractor', 'service'], 'must be employee, contractor or service')),
});
export type PersonRow = z.infer<typeof PersonRow>;

/** One row of teams.csv. */
export const TeamRow = z.object({
  team: needed,
  parent: optionalText,
  owner_email: optionalEmail,
  channel: optionalText,
});
