import type { Bin } from "./model";

const [WIDTH, HEIGHT] = [120, 30];

/** How numbers or days are spread: a bar for each span; what it shows is in its label too. */
export function Spread({ of, label }: { of: Bin[]; label: string }) {
  const first = of[0];
  const last = of[of.length - 1];
  if (!first || !last) return null;
  const most = Math.max(...of.map((b) => b.rows)) || 1;
  const wide = WIDTH / of.length;
  const told = `${label}: ${first.low} … ${last.high}`;
  return (
    <svg role="img" aria-label={told} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      <title>{told}</title>
      <line x1="0" y1={HEIGHT - 0.5} x2={WIDTH} y2={HEIGHT - 0.5} stroke="#b9c3ca" />
      {of.map((b, n) => {
        const high = b.rows ? Math.max(1.5, (b.rows / most) * (HEIGHT - 3)) : 0;
        return <rect key={n} x={n * wide + 0.5} y={HEIGHT - high} width={wide - 1} height={high} fill="#0a5c80"><title>{`${b.low} … ${b.high}: ${b.rows}`}</title></rect>;
      })}
    </svg>
  );
}

/** What share of rows has a value. */
export function Filled({ share, told }: { share: number; told: string }) {
  return (
    <svg role="img" aria-label={told} width="70" height="8" viewBox="0 0 70 8">
      <rect width="70" height="8" rx="2" fill="#dfe5e9" />
      <rect width={Math.max(share > 0 ? 1.5 : 0, share * 70)} height="8" rx="2" fill={share === 1 ? "#1c6b3c" : share > 0.5 ? "#0a5c80" : "#8a5a00"} />
    </svg>
  );
}
