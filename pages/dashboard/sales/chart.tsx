// The sales of a period as stacked bars. Here alone an amount becomes a rounded number: that of the
// pixels to draw. The figures are in the table below, since a canvas is silent to screen readers.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartOptions,
  LinearScale,
  Tooltip,
  type TooltipItem,
} from "chart.js";
import { useEffect, useRef, useState } from "preact/hooks";

import { money, rough } from "../format/money";
import { tick } from "../format/moments";
import type { Decimal } from "../graph/scalars";
import type { SalesInterval } from "../generated/graphql";
import { type Bar, KIND_NAMES, KINDS } from "./figures";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

type ScaleOptions = NonNullable<ChartOptions<"bar">["scales"]>;

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
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Sales in ${currency}; the table below has the figures`}
      />
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

interface Series {
  readonly label: string;
  readonly colour: string;
  readonly amount: (bar: Bar) => Decimal;
  /** Returns go down from zero. */
  readonly direction: 1 | -1;
}

const SERIES: readonly Series[] = [
  ...KINDS.map((kind): Series => ({
    label: KIND_NAMES[kind],
    colour: kind,
    amount: (bar) => bar[kind],
    direction: 1,
  })),
  { label: "Returned", colour: "returned", amount: ({ returned }) => returned, direction: -1 },
];

function drawn(canvas: HTMLCanvasElement, { bars, currency, interval }: SalesChartProps): Chart {
  const styles = getComputedStyle(canvas);
  const colour = (name: string): string => styles.getPropertyValue(`--${name}`);
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels: bars.map(({ start }) => tick(start, interval)),
      datasets: SERIES.map(({ label, colour: name, amount, direction }) => ({
        label,
        data: bars.map((bar) => direction * Number(amount(bar))),
        backgroundColor: colour(name),
        maxBarThickness: 48,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      font: { family: styles.fontFamily },
      scales: scales(colour("quiet"), colour("line")),
      plugins: {
        tooltip: {
          filter: ({ raw }) => raw !== 0,
          callbacks: { label: (item) => exact(item, bars, currency) },
        },
      },
    },
  });
}

function scales(text: string, line: string): ScaleOptions {
  return {
    x: { stacked: true, grid: { display: false }, ticks: { color: text, maxRotation: 0 } },
    y: {
      stacked: true,
      border: { display: false },
      grid: { color: line },
      ticks: { color: text, callback: (value) => rough(Number(value)) },
    },
  };
}

/** What a tooltip says: the amount itself, not the number that was drawn. */
function exact(item: TooltipItem<"bar">, bars: readonly Bar[], currency: string): string {
  const [series, bar] = [SERIES[item.datasetIndex], bars[item.dataIndex]];
  return series && bar ? `${series.label}: ${money({ amount: series.amount(bar), currency })}` : "";
}
