export type Point = { day: string; index: number };
const [WIDTH, HEIGHT, EDGE] = [120, 28, 3];

/** How an index went: a line from its first day to its last; what it says is in its label too. */
export function Way({ of, label }: { of: Point[]; label: string }) {
  const first = of[0];
  const last = of[of.length - 1];
  if (!first || !last) return <>–</>;
  const low = Math.min(...of.map((p) => p.index));
  const span = Math.max(...of.map((p) => p.index)) - low || 1;
  const [from, to] = [Date.parse(first.day), Date.parse(last.day)];
  const at = (p: Point) => `${(EDGE + ((Date.parse(p.day) - from) / (to - from || 1)) * (WIDTH - 2 * EDGE)).toFixed(1)},${(HEIGHT - EDGE - ((p.index - low) / span) * (HEIGHT - 2 * EDGE)).toFixed(1)}`;
  const told = `${label}: ${first.day} ${first.index}%${of.length > 1 ? ` → ${last.day} ${last.index}%` : ""}`;
  return (
    <svg role="img" aria-label={told} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      <title>{told}</title>
      {of.length > 1 && <polyline points={of.map(at).join(" ")} fill="none" stroke="#0a5c80" strokeWidth="1.5" />}
      {of.map((p) => <circle key={p.day} cx={at(p).split(",")[0]} cy={at(p).split(",")[1]} r="1.8" fill="#0a5c80" />)}
    </svg>
  );
}
