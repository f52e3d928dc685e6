/** One line of a plot: points from left to right. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface PlotOptions {
  readonly title: string;
  /** With its unit. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
}

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 72;
const RIGHT = 20;
const TOP = 48;
const BOTTOM = 64;
/** Told apart on white and on black, and by people who do not see all colours. */
const COLOURS = ['#0a84d0', '#d9730d', '#3a9b5c'];
const TICKS = 5;

/** A plot with straight lines between points, from 0 on both axes, as text of an SVG. Readable on light and dark. */
export function plotSvg({ title, xLabel, yLabel, series }: PlotOptions): string {
  const points = series.flatMap((each) => each.points);
  const xStep = niceStep(Math.max(...points.map(([x]) => x)) / TICKS);
  const yStep = niceStep(Math.max(...points.map(([, y]) => y)) / TICKS);
  const xMax = xStep * Math.ceil(Math.max(...points.map(([x]) => x)) / xStep);
  const yMax = yStep * Math.ceil(Math.max(...points.map(([, y]) => y)) / yStep);
  const atX = (x: number): number => round(LEFT + (x / xMax) * (WIDTH - LEFT - RIGHT));
  const atY = (y: number): number => round(HEIGHT - BOTTOM - (y / yMax) * (HEIGHT - TOP - BOTTOM));
  const lines: string[] = [];
  for (let y = 0; y <= yMax + yStep / 2; y += yStep) {
    lines.push(`<path class="grid" d="M${LEFT} ${atY(y)}H${WIDTH - RIGHT}"/>`);
    lines.push(`<text x="${LEFT - 8}" y="${atY(y) + 4}" text-anchor="end">${numberText(y)}</text>`);
  }
  for (let x = 0; x <= xMax + xStep / 2; x += xStep) {
    lines.push(`<path class="grid" d="M${atX(x)} ${TOP}V${HEIGHT - BOTTOM}"/>`);
    lines.push(`<text x="${atX(x)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${numberText(x)}</text>`);
  }
  for (const [index, each] of series.entries()) {
    const colour = COLOURS[index % COLOURS.length];
    const path = each.points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${atX(x)} ${atY(y)}`).join('');
    lines.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const [x, y] of each.points) lines.push(`<circle cx="${atX(x)}" cy="${atY(y)}" r="3.5" fill="${colour}"/>`);
    const legendY = TOP + 8 + 20 * index;
    lines.push(`<circle cx="${LEFT + 16}" cy="${legendY}" r="4" fill="${colour}"/>`);
    lines.push(`<text x="${LEFT + 28}" y="${legendY + 4}">${escaped(each.name)}</text>`);
  }
  const middle = (TOP + HEIGHT - BOTTOM) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 15px; }
.grid { stroke: #8c959f; stroke-opacity: 0.35; }
.paper { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .paper { fill: #0d1117; }
}
</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
<text class="title" x="${LEFT}" y="26">${escaped(title)}</text>
${lines.join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 16}" text-anchor="middle">${escaped(xLabel)}</text>
<text x="18" y="${middle}" text-anchor="middle" transform="rotate(-90 18 ${middle})">${escaped(yLabel)}</text>
</svg>
`;
}

/** 1, 2 or 5 times a power of ten, and no less than `atLeast`. */
function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return power * ([1, 2, 5].find((factor) => factor * power >= atLeast) ?? 10);
}

function numberText(value: number): string {
  const rounded = Number(value.toPrecision(6));
  return rounded >= 1_000 ? String(rounded).replace(/\B(?=(\d{3})+$)/g, ',') : String(rounded);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
