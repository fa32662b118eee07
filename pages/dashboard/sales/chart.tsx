// The sales of a period as stacked bars. The figures themselves are in the table below it: a
// canvas says nothing to a screen reader, and only there may an amount become a rounded number.
import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from "chart.js";
import { useEffect, useRef, useState } from "preact/hooks";

import { money, rough } from "../format/money";
import { tick } from "../format/moments";
import type { SalesInterval } from "../generated/graphql";
import { type Bar, KIND_NAMES, KINDS } from "./figures";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

const DARK = matchMedia("(prefers-color-scheme: dark)");

interface SalesChartProps {
  readonly bars: readonly Bar[];
  readonly currency: string;
  readonly interval: SalesInterval;
}

export function SalesChart({ bars, currency, interval }: SalesChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useScheme();
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const chart = drawn(canvas.current, { bars, currency, interval });
    return () => chart.destroy();
  }, [bars, scheme]);
  return (
    <div class="chart">
      <canvas ref={canvas} role="img" aria-label={`Sales in ${currency}; the table below has the figures`} />
    </div>
  );
}

/** Colours are read from the style sheet, which a canvas does not follow by itself. */
function useScheme(): boolean {
  const [isDark, setDark] = useState(DARK.matches);
  useEffect(() => {
    const follow = ({ matches }: MediaQueryListEvent): void => setDark(matches);
    DARK.addEventListener("change", follow);
    return () => DARK.removeEventListener("change", follow);
  }, []);
  return isDark;
}

function drawn(canvas: HTMLCanvasElement, { bars, currency, interval }: SalesChartProps): Chart {
  const styles = getComputedStyle(canvas);
  const colour = (name: string): string => styles.getPropertyValue(`--${name}`);
  const line = colour("line");
  const series = [
    ...KINDS.map((kind) => ({ label: KIND_NAMES[kind], name: kind, sign: 1, of: (bar: Bar) => bar[kind] })),
    { label: "Returned", name: "returned", sign: -1, of: (bar: Bar) => bar.returned },
  ];
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels: bars.map(({ start }) => tick(start, interval)),
      datasets: series.map(({ label, name, sign, of }) => ({
        label,
        data: bars.map((bar) => sign * Number(of(bar))),
        backgroundColor: colour(name),
        maxBarThickness: 48,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      font: { family: styles.fontFamily },
      scales: {
        x: { stacked: true, grid: { display: false }, ticks: { color: colour("quiet"), maxRotation: 0 } },
        y: {
          stacked: true,
          border: { display: false },
          grid: { color: line },
          ticks: { color: colour("quiet"), callback: (value) => rough(Number(value)) },
        },
      },
      plugins: {
        tooltip: {
          filter: ({ raw }) => raw !== 0,
          callbacks: {
            label: ({ datasetIndex, dataIndex }) => {
              const { label, of } = series[datasetIndex]!;
              return `${label}: ${money({ amount: of(bars[dataIndex]!), currency })}`;
            },
          },
        },
      },
    },
  });
}
