import { called, figure } from "./model";

type Series = { name: string; values: (number | null)[]; dashed?: boolean };
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [860, 240, 64, 14, 14, 28];
const COLOURS = ["#0a5c80", "#8a5a00"];

/** Steps of an axis: four or so, at round figures. */
function steps(low: number, high: number): number[] {
  const rough = (high - low || Math.abs(high) || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough;
  const first = Math.floor(low / step) * step;
  return Array.from({ length: Math.ceil((high - first) / step + 1e-9) + 1 }, (_, n) => first + n * step);
}

/** Figures by period: bars where they add up, lines where they do not; beside them what they are compared with, and the target. What is drawn stands in the table below it too. */
export function Chart({ periods, grain, series, bars, target, decimals, unit, label, targetLabel, language }: {
  periods: string[]; grain: string; series: Series[]; bars: boolean; target: number | null; decimals: number; unit: string; label: string; targetLabel: string; language: string;
}) {
  const all = [...series.flatMap((s) => s.values), target].filter((v): v is number => v !== null);
  if (!periods.length || !all.length) return null;
  const marks = steps(bars ? Math.min(0, ...all) : Math.min(...all), Math.max(...all));
  const [low, high] = [marks[0]!, marks[marks.length - 1]!];
  const slot = (WIDTH - LEFT - RIGHT) / periods.length;
  const x = (n: number) => LEFT + (n + 0.5) * slot;
  const y = (value: number) => TOP + (1 - (value - low) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
  const every = Math.ceil(periods.length / 13);
  const told = (value: number) => figure(value, decimals, language, unit);
  return (
    <div className="compare">
      <svg role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} style={{ width: "100%", minWidth: 520, maxWidth: 1100, display: "block" }}>
        {marks.map((m) => (
          <g key={m}><line x1={LEFT} x2={WIDTH - RIGHT} y1={y(m)} y2={y(m)} stroke="#e3e8ec" /><text x={LEFT - 8} y={y(m) + 4} textAnchor="end" fontSize="11" fill="#4d5963">{told(m)}</text></g>
        ))}
        {periods.map((p, n) => n % every === 0 && <text key={p} x={x(n)} y={HEIGHT - 8} textAnchor="middle" fontSize="11" fill="#4d5963">{called(p, grain)}</text>)}
        {series.map((s, k) => (bars && !s.dashed ? s.values.map((v, n) => v !== null && (
          <rect key={n} x={x(n) - slot * 0.3} width={slot * 0.6} y={Math.min(y(v), y(0))} height={Math.abs(y(v) - y(0))} fill={COLOURS[k]}><title>{`${called(periods[n]!, grain)}: ${told(v)}`}</title></rect>
        )) : (
          <g key={s.name}>
            {runs(s.values).map((run) => <polyline key={run[0]} points={run.map((n) => `${x(n)},${y(s.values[n]!)}`).join(" ")} fill="none" stroke={COLOURS[k]} strokeWidth="2" strokeDasharray={s.dashed ? "5 4" : undefined} />)}
            {s.values.map((v, n) => v !== null && <circle key={n} cx={x(n)} cy={y(v)} r="3" fill={s.dashed ? "#fff" : COLOURS[k]} stroke={COLOURS[k]}><title>{`${s.name} ${called(periods[n]!, grain)}: ${told(v)}`}</title></circle>)}
          </g>
        )))}
        {target !== null && <g><line x1={LEFT} x2={WIDTH - RIGHT} y1={y(target)} y2={y(target)} stroke="#1c6b3c" strokeDasharray="2 3" /><text x={LEFT + 4} y={y(target) - 5} fontSize="11" fill="#1c6b3c">{`${targetLabel} ${told(target)}`}</text></g>}
      </svg>
      {series.length > 1 && <p className="bar quiet">{series.map((s, k) => <span key={s.name}><svg width="26" height="8" aria-hidden="true"><line x1="0" x2="26" y1="4" y2="4" stroke={COLOURS[k]} strokeWidth="2" strokeDasharray={s.dashed ? "5 4" : undefined} /></svg> {s.name}</span>)}</p>}
    </div>
  );
}

/** Stretches of a line without a gap. */
function runs(values: (number | null)[]): number[][] {
  const found: number[][] = [];
  values.forEach((v, n) => {
    if (v === null) return;
    const last = found[found.length - 1];
    if (last && last[last.length - 1] === n - 1) last.push(n);
    else found.push([n]);
  });
  return found;
}
