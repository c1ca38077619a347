import { isCurrencyCode } from '../base/currencies.js';

/** Words for sums and balances of bills, without accents. They never decide alone: see `totals.ts`. */
const SUMS = words(`
  total totals subtotal grandtotal sum due payable balance owed outstanding
  summe gesamt gesamtbetrag gesamtsumme zwischensumme endbetrag endsumme rechnungsbetrag rechnungssumme zahlbetrag
  vortrag saldovortrag nettobetrag bruttobetrag nettosumme bruttosumme fallig saldo restbetrag gesamtpreis
  totaux montant solde somme soustotal payer suma importe pagar totale subtotale imponibile importo pagare dovuto soma
  valor totaal subtotaal betalen openstaand totaalbedrag
  summa delsumma totalt betala betale delsum ialt slutsumma totalsumma totalbelop
  yhteensa valisumma loppusumma maksettava kokonaissumma
  razem ogolem lacznie zaplaty podsuma celkem spolu mezisoucet medzisucet uhrade soucet sucet zustatek zostatok
  osszesen vegosszeg reszosszeg fizetendo egyenleg sold plata skupaj ukupno zbroj meduzbroj vsota placanje placilo
  общо сума плащане салдо баланс итого всего сумма подытог итог оплате остаток разом всього усього підсумок сплати
  συνολο πληρωτεο υπολοιπο υποσυνολο toplam aratoplam odenecek bakiye tutar kokku vahesumma kopa starpsumma apmaksai
  viso moketi samtals heildar heildarupphaed guztira jumlah tagihan tong cong guthaben
`);
const PAYMENTS = words(`
  payment payments paid deposit zahlung bezahlt anzahlung zahlungseingang paiement paye acompte reglement pago pagado
  pagos pagamento pagato acconto betaling betaald betalt betalning betald maksu maksettu platnosc zaplacono wplata
  platba zaplaceno fizetes befizetes platit uplata платено оплата оплачено платеж сплачено πληρωμη odeme odendi makse
  maksajums mokejimas pembayaran
`);
/** What stands beside such a word without making it the name of a product. */
const FILLERS = words(`
  amount invoice net gross excl incl excluding including before after vat tax taxes gst hst for period charges charge
  the in of to be this month current new open now final general geral generale grand sub all received thank you thanks
  de du la le les des der die das den del di da al do k za ara genel vmesna tarpine is i a att te i alt net netto
  brutto inkl exkl zzgl mwst ust tva iva btw ht ttc hors taxe taxes moms alv dph pdv kdv rechnung rechnungs facture
  factura fattura fatura factuur faktura offener betrag offen noch zu zahlen montant importe importo bedrag belob
  previous last prior opening forward brought carried vom anterior precedent kwota castka celkova k промежуточный к до за междинна μερικο so du
`);
/** Writing that has no spaces between words, or joins articles to them. */
const SUM_PARTS =
  '合計 小計 総計 総額 請求額 残高 合计 小计 总计 總計 总额 總額 应付 應付 余额 餘額 합계 소계 총계 총액 잔액 청구액 รวม ยอดคงเหลือ कुल योग बकाया देय মোট المجموع إجمالي الإجمالي المستحق الرصيد مجموع جمع مانده סה"כ סך סכום יתרה לתשלום'.split(
    ' ',
  );
const PAYMENT_PARTS = '支払 入金 支付 付款 已付 결제 납부 입금 ชำระ भुगतान دفعة مدفوع الدفع پرداخت שולם'.split(
  ' ',
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** What a text says a row is: `only` when it says nothing else, so that it names no product. */
export interface RowWords {
  readonly sum: 'only' | 'among-others' | 'none';
  readonly payment: 'only' | 'among-others' | 'none';
}

/** Reads the words of a row. */
export function wordsOf(text: string): RowWords {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll('ł', 'l')
    .toLowerCase();
  const found = plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '' && !/^\p{N}+$/u.test(word));
  const composed = text.normalize('NFC');
  const judge = (set: ReadonlySet<string>, parts: readonly string[]): RowWords['sum'] => {
    const part = parts.find((each) => composed.includes(each));
    if (part !== undefined) return composed.length <= part.length + 6 ? 'only' : 'among-others';
    if (!found.some((word) => set.has(word))) return 'none';
    const isOnly = found.every(
      (word) =>
        SUMS.has(word) || PAYMENTS.has(word) || FILLERS.has(word) || isCurrencyCode(word.toUpperCase()),
    );
    return isOnly ? 'only' : 'among-others';
  };
  return { sum: judge(SUMS, SUM_PARTS), payment: judge(PAYMENTS, PAYMENT_PARTS) };
}
