/** Words that keys and addresses are called by without saying whose they are. */
const NOISE = new Set(
  'api key keys prod production dev development test tests testing stage staging svc service app bot the my new old tmp temp default main openai anthropic claude gpt llm ai'.split(
    ' ',
  ),
);

/** The telling words of a name, in lower case without accents: `samW-Notebook_2` is sam, w, notebook. */
export function nameTokens(name: string): readonly string[] {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '' && !NOISE.has(word));
}
