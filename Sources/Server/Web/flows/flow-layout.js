/** Where components lie when nobody has placed them: from left to right in layers, always the same for the same flow. */
import { snapped } from "./flow-geometry.js";
import { longestPaths, untangled, withBends, withoutCircles } from "./flow-layers.js";
import { portParts } from "./flow-model.js";

const between = { x: 80, y: 32 };
const bendHeight = 12;

/**
 * Places for all of `ids`, as a map of ids to `{x, y}`.
 * `edges` are those of a flow; `sizeOf(id)` is the size of a component, `portAt(id, side, name)` how far a port lies
 * below its upper edge. What has no edge lies in rows below the rest.
 */
export function laidOut(ids, edges, sizeOf, portAt = (id) => sizeOf(id).h / 2) {
  const number = new Map(ids.map((id, i) => [id, i]));
  const pairs = new Map();
  for (const edge of edges) {
    const [[from, output], [to, input]] = [portParts(edge.from), portParts(edge.to)];
    if (!number.has(from) || !number.has(to) || from === to) continue;
    const key = `${number.get(from)},${number.get(to)}`;
    if (pairs.has(key)) continue;
    pairs.set(key, { from, to, start: portAt(from, "out", output) - sizeOf(from).h / 2, end: portAt(to, "in", input) - sizeOf(to).h / 2 });
  }
  const linked = new Set([...pairs.values()].flatMap(({ from, to }) => [from, to]));
  const places = new Map();
  const inner = ids.filter((id) => linked.has(id));
  const lowest = inner.length ? placeLinked(inner, [...pairs.values()], sizeOf, places) : 0;
  placeAlone(ids.filter((id) => !linked.has(id)), lowest, sizeOf, places);
  return places;
}

function placeLinked(ids, pairs, sizeOf, places) {
  const number = new Map(ids.map((id, i) => [id, i]));
  const ends = new Map(pairs.map((pair) => [`${number.get(pair.from)},${number.get(pair.to)}`, pair]));
  const edges = withoutCircles(ids.length, pairs.map(({ from, to }) => [number.get(from), number.get(to)]));
  const layer = longestPaths(ids.length, edges);
  // An edge that was turned round begins and ends in the middle.
  const bent = withBends(ids.length, edges, layer, ([from, to]) => ends.get(`${from},${to}`) ?? { start: 0, end: 0 });
  const { rows, before, after } = untangled(bent.rows, bent.links, bent.total);
  const height = Array.from({ length: bent.total }, (_, i) => (i < ids.length ? sizeOf(ids[i]).h : bendHeight));
  const middle = heights(rows, before, after, height);
  const top = Math.min(...ids.map((_, i) => middle[i] - height[i] / 2));
  let x = 0;
  let lowest = 0;
  for (const row of rows) {
    const width = Math.max(0, ...row.filter((node) => node < ids.length).map((node) => sizeOf(ids[node]).w));
    for (const node of row) {
      if (node >= ids.length) continue;
      const y = snapped(middle[node] - height[node] / 2 - top);
      places.set(ids[node], { x: snapped(x), y });
      lowest = Math.max(lowest, y + height[node]);
    }
    if (width) x += width + between.x;
  }
  return lowest;
}

/** The middle of each node, from top to bottom: near the middle of what it is linked with, in the order of its row. */
function heights(rows, before, after, height) {
  const middle = new Float64Array(height.length);
  const distance = (a, b) => (height[a] + height[b]) / 2 + between.y;
  for (const row of rows) {
    let y = 0;
    row.forEach((node, i) => {
      y += i ? distance(row[i - 1], node) : height[node] / 2;
      middle[node] = y;
    });
    for (const node of row) middle[node] -= y / 2;
  }
  for (let round = 0; round < 10; round += 1) {
    const down = round % 2 === 0;
    const order = down ? rows : [...rows].reverse();
    for (const row of order) settle(row, down ? before : after, middle, distance);
  }
  for (const row of rows) settle(row, before.map((near, i) => [...near, ...after[i]]), middle, distance);
  return middle;
}

/** Moves a row's nodes as near as their order allows to where they would like to lie. */
function settle(row, near, middle, distance) {
  // Blocks of nodes that touch, each at the mean of what its nodes want.
  const blocks = [];
  for (const node of row) {
    // An edge is level where the ports at both its ends are at one height.
    const wanted = near[node].length
      ? near[node].reduce((sum, { node: next, own, other }) => sum + middle[next] + other - own, 0) / near[node].length : middle[node];
    const weight = near[node].length ? 1 + near[node].length : 0.1;
    let block = { nodes: [node], offsets: [0], weight, at: wanted };
    while (blocks.length) {
      const last = blocks.at(-1);
      const gap = last.offsets.at(-1) + distance(last.nodes.at(-1), block.nodes[0]);
      if (last.at + gap <= block.at + 1e-9) break;
      blocks.pop();
      const weights = last.weight + block.weight;
      block = {
        nodes: [...last.nodes, ...block.nodes],
        offsets: [...last.offsets, ...block.offsets.map((offset) => offset + gap)],
        weight: weights, at: (last.at * last.weight + (block.at - gap) * block.weight) / weights,
      };
    }
    blocks.push(block);
  }
  for (const { nodes, offsets, at } of blocks) nodes.forEach((node, i) => { middle[node] = at + offsets[i]; });
}

function placeAlone(ids, lowest, sizeOf, places) {
  const columns = Math.max(4, Math.ceil(Math.sqrt(ids.length)));
  let y = lowest ? lowest + 2 * between.y : 0;
  for (let i = 0; i < ids.length; i += columns) {
    const row = ids.slice(i, i + columns);
    row.forEach((id, k) => places.set(id, { x: snapped(k * (sizeOf(id).w + between.y)), y: snapped(y) }));
    y += Math.max(...row.map((id) => sizeOf(id).h)) + between.y;
  }
}
