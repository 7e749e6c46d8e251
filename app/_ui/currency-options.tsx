/** The currencies that farms use most; another one that is already set stays in the list. */
const CURRENCIES: Record<string, string> = {
  EUR: "Euro (EUR)",
  USD: "US dollar (USD)",
  GBP: "British pound (GBP)",
  CHF: "Swiss franc (CHF)",
  AUD: "Australian dollar (AUD)",
  BRL: "Brazilian real (BRL)",
  CAD: "Canadian dollar (CAD)",
  CZK: "Czech koruna (CZK)",
  DKK: "Danish krone (DKK)",
  INR: "Indian rupee (INR)",
  JPY: "Japanese yen (JPY)",
  MXN: "Mexican peso (MXN)",
  NOK: "Norwegian krone (NOK)",
  NZD: "New Zealand dollar (NZD)",
  PLN: "Polish złoty (PLN)",
  SEK: "Swedish krona (SEK)",
  ZAR: "South African rand (ZAR)",
};

/** The options of a currency's select. */
export function CurrencyOptions({ chosen }: { chosen: string }) {
  const codes = Object.keys(CURRENCIES);
  return (
    <>
      {(codes.includes(chosen) ? codes : [chosen, ...codes]).map((code) => (
        <option key={code} value={code}>
          {CURRENCIES[code] ?? code}
        </option>
      ))}
    </>
  );
}
