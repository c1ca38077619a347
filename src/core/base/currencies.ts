const CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Signs and short names of currencies; some stand for several. Source: Unicode CLDR, narrow symbols. */
const SIGNS: Readonly<Record<string, string>> = {
  $: 'USD CAD AUD NZD SGD HKD MXN ARS CLP COP TWD',
  US$: 'USD',
  CA$: 'CAD',
  C$: 'CAD',
  A$: 'AUD',
  AU$: 'AUD',
  NZ$: 'NZD',
  S$: 'SGD',
  HK$: 'HKD',
  MX$: 'MXN',
  NT$: 'TWD',
  R$: 'BRL',
  '€': 'EUR',
  '£': 'GBP EGP',
  '¥': 'JPY CNY',
  元: 'CNY',
  円: 'JPY',
  '₹': 'INR',
  RS: 'INR PKR LKR NPR',
  'RS.': 'INR PKR LKR NPR',
  '₩': 'KRW',
  '₫': 'VND',
  Đ: 'VND',
  RP: 'IDR',
  '₽': 'RUB',
  '₺': 'TRY',
  '₪': 'ILS',
  '₴': 'UAH',
  '₱': 'PHP',
  '฿': 'THB',
  '₦': 'NGN',
  ZŁ: 'PLN',
  KČ: 'CZK',
  FT: 'HUF',
  LEI: 'RON',
  KR: 'SEK NOK DKK ISK',
  'KR.': 'DKK SEK NOK ISK',
  FR: 'CHF',
  'FR.': 'CHF',
  SFR: 'CHF',
  'SFR.': 'CHF',
  R: 'ZAR',
  RM: 'MYR',
};

/** Whether a text is an ISO 4217 code, in capitals. */
export function isCurrencyCode(text: string): boolean {
  return CODES.has(text);
}

/** The currencies that a sign or a code in any case may mean; null when it means none. */
export function currenciesOf(sign: string): readonly string[] | null {
  const text = sign.toUpperCase();
  if (CODES.has(text)) return [text];
  return SIGNS[text]?.split(' ') ?? null;
}

/** Codes that names write in small letters too (`amount_usd`); others are words, such as all. */
const NAME_WORDS = /^(usd|eur|gbp|cad|aud|chf|jpy|inr|cny|krw|sek|nok|dkk|pln|brl|mxn|sgd|hkd|nzd|zar)$/i;

/** The currency that a column's name says: `amount_usd`, `Betrag (EUR)`, `Cost in €`; null when it says none. */
export function currencyInName(name: string | undefined): string | null {
  const word = /(?:^|[^\p{L}])(\p{L}{3}|[A-Z]{0,2}\p{Sc})\s*[)\]]?$/u.exec((name ?? '').trim())?.[1] ?? '';
  const found = NAME_WORDS.test(word) || /^\P{Ll}+$/u.test(word) ? currenciesOf(word) : null;
  if (found === null || word === 'ALL' || word === 'TOP') return null;
  if (word === '$') return 'USD';
  return found.length === 1 ? (found[0] ?? null) : null;
}
