/** Layers and order of the automatic layout, after Sugiyama: no circles, longest paths, few crossings. */

/** Edges `[from, to]` by number, those turned round that would close a circle; loops on one node are left out. */
export function withoutCircles(count, edges) {
  const next = Array.from({ length: count }, () => []);
  edges.forEach(([from, to], i) => { if (from !== to) next[from].push([to, i]); });
  const state = new Uint8Array(count);
  const back = new Set();
  for (let root = 0; root < count; root += 1) {
    if (state[root]) continue;
    const stack = [[root, 0]];
    state[root] = 1;
    while (stack.length) {
      const top = stack.at(-1);
      const step = next[top[0]][top[1]];
      if (!step) {
        state[top[0]] = 2;
        stack.pop();
        continue;
      }
      top[1] += 1;
      if (state[step[0]] === 1) back.add(step[1]);
      else if (!state[step[0]]) { state[step[0]] = 1; stack.push([step[0], 0]); }
    }
  }
  return edges.map(([from, to], i) => (back.has(i) ? [to, from] : [from, to])).filter(([from, to]) => from !== to);
}

/** The layer of each node: the longest path to it; what nothing leads to lies just before what it feeds. */
export function longestPaths(count, edges) {
  const next = Array.from({ length: count }, () => []);
  const waits = new Int32Array(count);
  for (const [from, to] of edges) { next[from].push(to); waits[to] += 1; }
  const layer = new Int32Array(count);
  const isSource = Array.from(waits, (n) => n === 0);
  const order = [...waits.keys()].filter((node) => waits[node] === 0);
  for (let i = 0; i < order.length; i += 1) {
    for (const to of next[order[i]]) {
      layer[to] = Math.max(layer[to], layer[order[i]] + 1);
      waits[to] -= 1;
      if (!waits[to]) order.push(to);
    }
  }
  for (let node = 0; node < count; node += 1) {
    if (isSource[node] && next[node].length) layer[node] = Math.min(...next[node].map((to) => layer[to])) - 1;
  }
  return layer;
}

/**
 * Nodes by layer, with a bend for each layer that an edge passes; `links` join neighbouring layers only.
 * `heights([from, to])` tells how far the edge's ends lie below the middle of their nodes.
 */
export function withBends(count, edges, layer, heights) {
  const rows = [];
  const put = (node, at) => { (rows[at] ??= []).push(node); };
  for (let node = 0; node < count; node += 1) put(node, layer[node]);
  let total = count;
  const links = [];
  for (const edge of edges) {
    const [from, to] = edge;
    let { start, end } = heights(edge);
    let last = from;
    for (let at = layer[from] + 1; at < layer[to]; at += 1) {
      links.push({ from: last, to: total, start, end: 0 });
      put(total, at);
      last = total;
      start = 0;
      total += 1;
    }
    links.push({ from: last, to, start, end });
  }
  return { rows: Array.from(rows, (row) => row ?? []), links, total };
}

/**
 * Orders each row so that few links cross: barycentres from both sides, of which the best order is kept.
 * `before` and `after` of a node are its neighbours, as `{node, own, other}` with the heights of both ends.
 */
export function untangled(rows, links, total) {
  const before = Array.from({ length: total }, () => []);
  const after = Array.from({ length: total }, () => []);
  for (const { from, to, start, end } of links) {
    after[from].push({ node: to, own: start, other: end });
    before[to].push({ node: from, own: end, other: start });
  }
  const at = new Float64Array(total);
  // Of two that lead to one node, the one that leads to its upper port counts as higher.
  const rank = ({ node, other }) => at[node] + other / 5000;
  const number = (order) => order.forEach((row) => row.forEach((node, i) => { at[node] = i; }));
  const sort = (row, near) => {
    const middle = new Map(row.map((node) => [node, near[node].length
      ? near[node].reduce((sum, link) => sum + rank(link), 0) / near[node].length : at[node]]));
    const sorted = [...row].sort((a, b) => middle.get(a) - middle.get(b) || at[a] - at[b]);
    sorted.forEach((node, i) => { at[node] = i; });
    return sorted;
  };
  let order = rows.map((row) => [...row]);
  number(order);
  let best = order;
  let fewest = crossings(order, after, rank);
  const sweeps = total > 4000 ? 4 : 12;
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    order = [...order];
    if (sweep % 2 === 0) for (let i = order.length - 2; i >= 0; i -= 1) order[i] = sort(order[i], after);
    else for (let i = 1; i < order.length; i += 1) order[i] = sort(order[i], before);
    const count = crossings(order, after, rank);
    if (count < fewest) { fewest = count; best = order; }
  }
  number(best);
  return { rows: best, before, after };
}

/** How often links cross, by counting inversions with a tree of sums. */
function crossings(rows, after, rank) {
  let count = 0;
  for (const row of rows) {
    const ends = row.map((node) => after[node].map(rank));
    const order = new Map([...new Set(ends.flat())].sort((a, b) => a - b).map((end, i) => [end, i]));
    const tree = new Int32Array(order.size + 1);
    let seen = 0;
    for (const list of ends) {
      for (const end of list) {
        let smaller = 0;
        for (let k = order.get(end) + 1; k > 0; k -= k & -k) smaller += tree[k];
        count += seen - smaller;
      }
      for (const end of list) for (let k = order.get(end) + 1; k <= order.size; k += k & -k) tree[k] += 1;
      seen += list.length;
    }
  }
  return count;
}
