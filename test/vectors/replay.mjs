#!/usr/bin/env node
// oxlint-disable typescript/require-array-sort-compare -- only strings are sorted without one
// Replays the vectors in this folder against an implementation behind an
// adapter module. No dependencies. See README.md for the adapter interface.
//
//   node replay.mjs --adapter ./my-adapter.mjs [--dir DIR] [--only TEXT] [--verbose]
//
// Exit code: 0 when every vector passed, 1 when any failed or none was found,
// 2 for a usage error.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));

// ---------------------------------------------------------------- command line

function usage(message) {
  if (message) console.error(message);
  console.error('usage: node replay.mjs --adapter FILE [--dir DIR] [--only TEXT] [--verbose]');
  process.exit(2);
}

const options = { dir: here, only: null, verbose: false, adapter: null };
for (let i = 2; i < process.argv.length; i++) {
  const arg = process.argv[i];
  if (arg === '--verbose') options.verbose = true;
  else if (arg === '--adapter' || arg === '--dir' || arg === '--only') {
    if (i + 1 >= process.argv.length) usage(`${arg} needs a value`);
    options[arg.slice(2)] = process.argv[++i];
  } else usage(`unknown argument: ${arg}`);
}
if (!options.adapter) usage('--adapter is required');

// ------------------------------------------------------------------ comparison

class Mismatch extends Error {}

function show(value) {
  const text = JSON.stringify(value, (key, v) => (v === undefined ? null : v));
  return text === undefined ? String(value) : text;
}

function mismatch(what, expected, actual) {
  return new Mismatch(`${what}\n      expected: ${show(expected)}\n      actual:   ${show(actual)}`);
}

const milli = (n) => Math.round(Number(n) * 1000) / 1000;

function sortedKeys(value) {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (value && typeof value === 'object') {
    const out = {};
    for (const key of Object.keys(value).sort()) {
      if (value[key] !== undefined && value[key] !== null) out[key] = sortedKeys(value[key]);
    }
    return out;
  }
  return value;
}

function coalesce(ranges) {
  const sorted = ranges
    .map((r) => ({ begin: Number(r.begin), end: Number(r.end) }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  const out = [];
  for (const r of sorted) {
    const last = out[out.length - 1];
    if (last && r.begin <= last.end + 1) last.end = Math.max(last.end, r.end);
    else out.push({ ...r });
  }
  return out;
}

// One entry of listResources() in a form that can be compared as text.
// `allocation_info` is dropped where `keepAllocation` is false (offers).
function normalEntry(entry, keepAllocation) {
  const e = sortedKeys(entry);
  const out = { name: e.name, type: e.type };
  if (e.type === 'SCALAR') out.scalar = { value: milli(e.scalar?.value ?? 0) };
  if (e.type === 'RANGES') out.ranges = coalesce(e.ranges?.range ?? []);
  if (e.type === 'SET') out.set = [...(e.set?.item ?? [])].sort();
  if (e.reservations?.length) out.reservations = e.reservations;
  if (e.disk) {
    // The container-side description of a volume is no part of its identity,
    // but that there is a disk description at all is.
    const disk = {};
    if (e.disk.source) disk.source = e.disk.source;
    if (e.disk.persistence) disk.persistence = { id: e.disk.persistence.id };
    out.disk = disk;
  }
  if (e.revocable) out.revocable = true;
  if (e.provider_id) out.provider_id = e.provider_id;
  if (e.shared) {
    out.shared = true;
    out.sharedCount = e.sharedCount ?? 1;
  }
  if (keepAllocation && e.allocation_info) out.allocation_info = e.allocation_info;
  return sortedKeys(out);
}

function normalList(list, keepAllocation = true) {
  return list.map((e) => normalEntry(e, keepAllocation)).sort((a, b) => (show(a) < show(b) ? -1 : 1));
}

function normalQuantities(q, keepZero = false) {
  const out = {};
  for (const name of Object.keys(q ?? {}).sort()) {
    const v = milli(q[name]);
    if (keepZero || v !== 0) out[name] = v;
  }
  return out;
}

function need(adapter, name) {
  if (typeof adapter[name] !== 'function') throw new Mismatch(`the adapter does not provide ${name}()`);
  return adapter[name].bind(adapter);
}

// ----------------------------------------------------------------- expressions

function makeEval(adapter) {
  const fn = (name) => need(adapter, name);
  const evalExpr = (e) => {
    if (typeof e === 'string') return fn('parseResources')(e, {});
    if (Array.isArray(e)) return fn('makeResources')(structuredClone(e));
    if ('parse' in e) return fn('parseResources')(e.parse, e.role === undefined ? {} : { defaultRole: e.role });
    if ('add' in e) return e.add.map(evalExpr).reduce((a, b) => fn('addResources')(a, b));
    if ('subtract' in e) return e.subtract.map(evalExpr).reduce((a, b) => fn('subtractResources')(a, b));
    if ('repeat' in e) {
      const one = evalExpr(e.of);
      let sum = fn('makeResources')([]);
      for (let i = 0; i < e.repeat; i++) sum = fn('addResources')(sum, one);
      return sum;
    }
    if ('filter' in e)
      return fn('filterResources')(
        evalExpr(e.of),
        e.role === undefined ? { kind: e.filter } : { kind: e.filter, role: e.role },
      );
    if ('pushReservation' in e) return fn('pushReservation')(evalExpr(e.of), structuredClone(e.pushReservation));
    if ('toUnreserved' in e) return fn('toUnreserved')(evalExpr(e.toUnreserved));
    if ('allocate' in e) return fn('allocateResources')(evalExpr(e.of), e.allocate);
    if ('unallocate' in e) return fn('unallocateResources')(evalExpr(e.unallocate));
    if ('apply' in e) return fn('applyOperation')(evalExpr(e.of), evalOperation(e.apply));
    if ('shrink' in e) return fn('shrinkResources')(evalExpr(e.of), structuredClone(e.shrink));
    throw new Error(`unknown expression: ${show(e)}`);
  };
  const evalOperation = (op) => {
    const out = { type: op.type };
    for (const key of ['resources', 'consumed', 'converted']) if (key in op) out[key] = evalExpr(op[key]);
    return out;
  };
  return { evalExpr, evalOperation };
}

// ------------------------------------------------------------- resources suite

function attempt(thunk) {
  try {
    return { ok: true, value: thunk() };
  } catch (error) {
    if (error instanceof Mismatch) throw error;
    return { ok: false, error };
  }
}

function expectOutcome(outcome, expect, normal) {
  if (outcome.ok !== expect.ok) {
    throw mismatch(
      'accepted or refused wrongly',
      expect.ok ? 'accepted' : 'refused (throws)',
      outcome.ok ? 'accepted' : `refused: ${outcome.error?.message}`,
    );
  }
  if (expect.ok && 'value' in expect) {
    const actual = normal(outcome.value);
    const wanted = normal(expect.value);
    if (!isDeepStrictEqual(actual, wanted)) throw mismatch('value', wanted, actual);
  }
}

function normalValue(v) {
  const out = { type: v.type };
  if (v.type === 'SCALAR') out.value = milli(v.value);
  if (v.type === 'RANGES') out.ranges = v.ranges.map((r) => [Number(r[0]), Number(r[1])]);
  if (v.type === 'SET') out.items = [...v.items].sort();
  if (v.type === 'TEXT') out.value = v.value;
  if (v.name !== undefined) out.name = v.name;
  return sortedKeys(out);
}

function replayResources(adapter, v) {
  const fn = (name) => need(adapter, name);
  const { evalExpr } = makeEval(adapter);
  const list = (e) => fn('listResources')(evalExpr(e));
  const same = (what, actual) => {
    if (!isDeepStrictEqual(actual, v.expect)) throw mismatch(what, v.expect, actual);
  };
  switch (v.kind) {
    case 'parse': {
      const outcome = attempt(() =>
        fn('parseResources')(v.text, v.defaultRole === undefined ? {} : { defaultRole: v.defaultRole }),
      );
      if (outcome.ok !== v.expect.ok) {
        throw mismatch(
          'parse',
          v.expect.ok ? 'accepted' : 'refused (throws)',
          outcome.ok ? 'accepted' : `refused: ${outcome.error?.message}`,
        );
      }
      if (v.expect.ok) {
        const actual = normalList(fn('listResources')(outcome.value));
        const wanted = normalList(v.expect.value);
        if (!isDeepStrictEqual(actual, wanted)) throw mismatch('parsed resources', wanted, actual);
      }
      return;
    }
    case 'equal':
      return same('equalResources', Boolean(fn('equalResources')(evalExpr(v.args[0]), evalExpr(v.args[1]))));
    case 'contains':
      return same('containsResources', Boolean(fn('containsResources')(evalExpr(v.args[0]), evalExpr(v.args[1]))));
    case 'list': {
      const actual = normalList(list(v.of));
      const wanted = normalList(v.expect);
      if (!isDeepStrictEqual(actual, wanted)) throw mismatch('resources', wanted, actual);
      return;
    }
    case 'empty':
      return same('empty', list(v.of).length === 0);
    case 'size':
      return same('number of entries', list(v.of).length);
    case 'names':
      return same('names', [...new Set(list(v.of).map((e) => e.name))].sort());
    case 'types': {
      const types = {};
      for (const e of list(v.of)) types[e.name] = e.type;
      return same('types', sortedKeys(types));
    }
    case 'total': {
      const entries = list(v.of).filter((e) => e.name === v.name && e.type === 'SCALAR');
      const actual = entries.length === 0 ? null : milli(entries.reduce((s, e) => s + Number(e.scalar?.value ?? 0), 0));
      return same(`sum of ${v.name}`, actual);
    }
    case 'count': {
      const wanted = normalEntry({ ...v.resource, sharedCount: undefined }, true);
      delete wanted.sharedCount;
      let actual = 0;
      for (const e of list(v.of)) {
        const n = normalEntry(e, true);
        const count = n.sharedCount ?? 1;
        delete n.sharedCount;
        if (isDeepStrictEqual(n, wanted)) actual = count;
      }
      return same('count', actual);
    }
    case 'format':
      return same('formatResources', fn('formatResources')(evalExpr(v.of)));
    case 'find': {
      const found = fn('findResources')(evalExpr(v.of), evalExpr(v.targets));
      const actual = found === null || found === undefined ? null : normalList(fn('listResources')(found));
      const wanted = v.expect === null ? null : normalList(list(v.expect));
      if (!isDeepStrictEqual(actual, wanted)) throw mismatch('findResources', wanted, actual);
      return;
    }
    case 'fails': {
      const outcome = attempt(() => evalExpr(v.of));
      if (outcome.ok) throw mismatch('operation', 'refused (throws)', 'accepted');
      return;
    }
    case 'validate': {
      const problem = fn('validateResource')(structuredClone(v.resource));
      return same('validateResource says valid', problem === null || problem === undefined);
    }
    case 'value':
      return expectOutcome(
        attempt(() => fn('parseValue')(v.text)),
        v.expect,
        normalValue,
      );
    case 'attributes':
      return expectOutcome(
        attempt(() => fn('parseAttributes')(v.text)),
        v.expect,
        (l) => l.map(normalValue),
      );
    case 'attributesEqual': {
      const parse = fn('parseAttributes');
      return same('equalAttributes', Boolean(fn('equalAttributes')(parse(v.args[0]), parse(v.args[1]))));
    }
    case 'parseQuantities':
      return expectOutcome(
        attempt(() => fn('parseQuantities')(v.text)),
        v.expect,
        (q) => normalQuantities(q),
      );
    case 'parseLimits':
      return expectOutcome(
        attempt(() => fn('parseLimits')(v.text)),
        v.expect,
        (q) => normalQuantities(q, true),
      );
    case 'quantitiesOf': {
      const actual = normalQuantities(fn('quantitiesOf')(evalExpr(v.of)));
      if (!isDeepStrictEqual(actual, normalQuantities(v.expect))) throw mismatch('quantitiesOf', v.expect, actual);
      return;
    }
    case 'addQuantities':
    case 'subtractQuantities': {
      const [a, b] = v.args.map((t) => fn('parseQuantities')(t));
      const actual = normalQuantities(fn(v.kind)(a, b), true);
      if (!isDeepStrictEqual(actual, normalQuantities(v.expect, true))) throw mismatch(v.kind, v.expect, actual);
      return;
    }
    case 'containsQuantities': {
      const [a, b] = v.args.map((t) => fn('parseQuantities')(t));
      return same('containsQuantities', Boolean(fn('containsQuantities')(a, b)));
    }
    case 'formatQuantities':
      return same('formatQuantities', fn('formatQuantities')(fn('parseQuantities')(v.text)));
    case 'resourcesContainQuantities':
      return same(
        'resourcesContainQuantities',
        Boolean(fn('resourcesContainQuantities')(evalExpr(v.of), fn('parseQuantities')(v.quantities))),
      );
    case 'limitsContainLimits': {
      const [a, b] = v.args.map((t) => fn('parseLimits')(t));
      return same('limitsContain', Boolean(fn('limitsContain')(a, { limits: b })));
    }
    case 'limitsContainQuantities':
      return same(
        'limitsContain',
        Boolean(fn('limitsContain')(fn('parseLimits')(v.args[0]), { quantities: fn('parseQuantities')(v.args[1]) })),
      );
    case 'subtractLimits': {
      const actual = normalQuantities(
        fn('subtractLimits')(fn('parseLimits')(v.args[0]), fn('parseQuantities')(v.args[1])),
        true,
      );
      if (!isDeepStrictEqual(actual, normalQuantities(v.expect, true)))
        throw mismatch('subtractLimits', v.expect, actual);
      return;
    }
    case 'role':
      return same(`validRole(${show(v.role)})`, Boolean(fn('validRole')(v.role)));
    case 'ancestors':
      return same('roleAncestors', fn('roleAncestors')(v.role));
    case 'strictSubrole':
      return same('isStrictSubrole', Boolean(fn('isStrictSubrole')(v.args[0], v.args[1])));
    default:
      throw new Error(`unknown kind: ${v.kind}`);
  }
}

// ---------------------------------------------------------------- sorter suite

function replaySorter(adapter, v) {
  const { evalExpr } = makeEval(adapter);
  const listOf = (r) => normalList(need(adapter, 'listResources')(r), false);
  const sorter = need(adapter, 'createSorter')(structuredClone(v.options ?? {}));
  const call = (name, ...args) => need(sorter, name)(...args);
  const totals = new Map();
  v.steps.forEach((s, i) => {
    const at = `step ${i + 1} (${s.do})`;
    const same = (actual, wanted = s.expect) => {
      if (!isDeepStrictEqual(actual, wanted)) throw mismatch(at, wanted, actual);
    };
    switch (s.do) {
      case 'addAgent':
        totals.set(s.agent, s.quantities);
        return call('addAgent', s.agent, structuredClone(s.quantities));
      case 'removeAgent':
        totals.delete(s.agent);
        return call('removeAgent', s.agent);
      case 'add':
      case 'remove':
      case 'activate':
      case 'deactivate':
        return call(s.do, s.client);
      case 'updateWeight':
        return call('updateWeight', s.client, s.weight);
      case 'allocated':
      case 'unallocated':
        return call(s.do, s.client, s.agent, evalExpr(s.resources));
      case 'update':
        return call('update', s.client, s.agent, evalExpr(s.from), evalExpr(s.to));
      case 'sort':
        return same([...call('sort')]);
      case 'sortSet':
        return same([...call('sort')].sort());
      case 'contains':
        return same(Boolean(call('contains', s.client)));
      case 'count':
        return same(call('count'));
      case 'allocation':
        return same(listOf(call('allocation', s.client, s.agent)), listOf(evalExpr(s.expect)));
      case 'allocationQuantities':
        return same(normalQuantities(call('allocationQuantities', s.client)), normalQuantities(s.expect));
      case 'fill': {
        // Progressive filling: give one task to the client that sorts first,
        // again and again, until that client's next task no longer fits.
        const left = {};
        for (const q of totals.values()) for (const n of Object.keys(q)) left[n] = (left[n] ?? 0) + q[n] * 1000;
        const counts = {};
        const order = [];
        for (let turn = 0; turn < 100000; turn++) {
          const first = call('sort')[0];
          const task = s.tasks[first];
          if (!task) throw new Mismatch(`${at}: sort() put ${show(first)} first, which has no task`);
          if (Object.keys(task).some((n) => Math.round(task[n] * 1000) > Math.round(left[n] ?? 0))) break;
          for (const n of Object.keys(task)) left[n] -= task[n] * 1000;
          const text = Object.keys(task)
            .map((n) => `${n}:${task[n]}`)
            .join(';');
          call('allocated', first, s.agent, evalExpr(text));
          counts[first] = (counts[first] ?? 0) + 1;
          order.push(first);
        }
        if (s.expectOrder) same(order, s.expectOrder);
        return same(sortedKeys(counts), sortedKeys(s.expectCounts));
      }
      default:
        throw new Error(`unknown sorter step: ${s.do}`);
    }
  });
}

// ------------------------------------------------------------- allocator suite

class VirtualClock {
  constructor() {
    this.ms = 0;
    this.seq = 0;
    this.timers = new Map();
    this.now = () => this.ms;
    this.setTimeout = (callback, delay) => {
      const id = ++this.seq;
      this.timers.set(id, { id, at: this.ms + Math.max(0, delay), order: id, callback });
      return id;
    };
    this.setInterval = (callback, period) => {
      const id = ++this.seq;
      this.timers.set(id, { id, at: this.ms + Math.max(1, period), order: id, callback, period: Math.max(1, period) });
      return id;
    };
    this.clearTimeout = (id) => void this.timers.delete(id);
    this.clearInterval = this.clearTimeout;
  }
  next(until) {
    let best = null;
    for (const t of this.timers.values()) {
      if (t.at <= until && (!best || t.at < best.at || (t.at === best.at && t.order < best.order))) best = t;
    }
    return best;
  }
  async advance(ms, settle) {
    const until = this.ms + ms;
    for (let t = this.next(until); t; t = this.next(until)) {
      this.ms = t.at;
      if (t.period) {
        t.at += t.period;
        t.order = ++this.seq;
      } else this.timers.delete(t.id);
      t.callback();
      await settle();
    }
    this.ms = until;
    await settle();
  }
}

function pretty(offers) {
  return offers.map((o) => ({
    framework: o.framework,
    role: o.role,
    agent: o.agent,
    resources: o.list
      .map(
        (e) =>
          `${e.name}${e.reservations ? `(${e.reservations.map((r) => r.role).join('>')})` : ''}${e.disk ? '[disk]' : ''}${e.revocable ? '{REV}' : ''}${e.shared ? `<${e.sharedCount}>` : ''}:${e.scalar ? e.scalar.value : show(e.ranges ?? e.set)}`,
      )
      .join('; '),
  }));
}

async function replayAllocator(adapter, v) {
  const { evalExpr, evalOperation } = makeEval(adapter);
  const listOf = (r) => normalList(need(adapter, 'listResources')(r), false);
  const clock = new VirtualClock();
  let offers = [];
  let inverse = [];
  let last = [];
  const allocator = await need(
    adapter,
    'createAllocator',
  )({
    clock,
    options: structuredClone({ allocationInterval: 1, minAllocatable: ['cpus:0.01', 'mem:32'], ...(v.options ?? {}) }),
    onOffers(framework, byRole) {
      for (const role of Object.keys(byRole)) {
        for (const agent of Object.keys(byRole[role])) {
          offers.push({ framework, role, agent, raw: byRole[role][agent], list: listOf(byRole[role][agent]) });
        }
      }
    },
    onInverseOffers(framework, agents) {
      for (const agent of agents) inverse.push({ framework, agent });
    },
  });
  const settle = async () => {
    if (typeof allocator.settle === 'function') await allocator.settle();
    await new Promise((done) => setImmediate(done));
  };
  const call = (name, arg) => need(allocator, name)(arg);
  const used = (l) => (l ?? []).map((u) => ({ ...u, resources: evalExpr(u.resources) }));
  const sortOffers = (l) =>
    [...l].sort((a, b) =>
      show([a.framework, a.role, a.agent, a.list]) < show([b.framework, b.role, b.agent, b.list]) ? -1 : 1,
    );
  const wantedOffers = (l) =>
    sortOffers(
      l.map((o) => ({ framework: o.framework, role: o.role, agent: o.agent, list: listOf(evalExpr(o.resources)) })),
    );
  const plain = (l) => l.map(({ framework, role, agent, list }) => ({ framework, role, agent, list }));
  const drain = () => {
    last = offers;
    offers = [];
    return sortOffers(last);
  };

  await settle();
  for (let i = 0; i < v.steps.length; i++) {
    const s = v.steps[i];
    const at = `step ${i + 1} (${s.do})`;
    const args = structuredClone(s);
    delete args.do;
    delete args.note;
    switch (s.do) {
      case 'advance':
        await clock.advance(s.seconds * 1000, settle);
        break;
      case 'addAgent':
      case 'addResourceProvider':
      case 'updateAgent':
        if ('resources' in s) args.resources = evalExpr(s.resources);
        if (s.do !== 'updateAgent' || 'used' in s) args.used = used(s.used);
        await call(s.do, args);
        break;
      case 'addFramework':
        args.used = used(s.used);
        await call(s.do, args);
        break;
      case 'recoverResources':
        args.resources = evalExpr(s.resources);
        await call(s.do, args);
        break;
      case 'recoverOffered':
        // Gives back everything the last expectation saw.
        for (const o of last) {
          const arg = { framework: o.framework, role: o.role, agent: o.agent, resources: o.raw };
          if ('refuseSeconds' in s) arg.refuseSeconds = s.refuseSeconds;
          await call('recoverResources', arg);
        }
        break;
      case 'applyOperations':
        args.operations = s.operations.map(evalOperation);
        await call(s.do, args);
        break;
      case 'updateAvailable': {
        args.operations = s.operations.map(evalOperation);
        delete args.expect;
        let ok = true;
        try {
          await call(s.do, args);
        } catch (error) {
          if (error instanceof Mismatch) throw error;
          ok = false;
        }
        if (ok !== (s.expect !== 'refused')) throw mismatch(at, s.expect ?? 'accepted', ok ? 'accepted' : 'refused');
        break;
      }
      case 'expectOffers': {
        const actual = drain();
        const choices = (s.anyOf ?? [s.offers]).map(wantedOffers);
        if (!choices.some((c) => isDeepStrictEqual(plain(actual), plain(c)))) {
          throw mismatch(
            `${at}${s.anyOf ? ' (any of)' : ''}`,
            s.anyOf ? choices.map(pretty) : pretty(choices[0]),
            pretty(actual),
          );
        }
        break;
      }
      case 'expectTotals': {
        const actual = drain();
        const groups = new Map();
        for (const o of actual) {
          const key = show([o.framework, o.role]);
          const g = groups.get(key) ?? { framework: o.framework, role: o.role, agents: new Set(), sum: evalExpr([]) };
          g.agents.add(o.agent);
          g.sum = need(adapter, 'addResources')(g.sum, o.raw);
          groups.set(key, g);
        }
        const got = [...groups.values()].map((g) => ({
          framework: g.framework,
          role: g.role,
          agents: g.agents.size,
          list: listOf(g.sum),
        }));
        const want = s.totals.map((t) => ({
          framework: t.framework,
          role: t.role,
          agents: t.agents,
          list: listOf(evalExpr(t.resources)),
        }));
        const order = (l) => [...l].sort((a, b) => (show(a) < show(b) ? -1 : 1));
        if (!isDeepStrictEqual(order(got), order(want))) throw mismatch(at, want, got);
        break;
      }
      case 'expectInverseOffers': {
        const order = (l) => [...l].sort((a, b) => (show(a) < show(b) ? -1 : 1));
        const got = order(inverse);
        inverse = [];
        if (!isDeepStrictEqual(got, order(s.offers))) throw mismatch(at, s.offers, got);
        break;
      }
      case 'expectSnapshot': {
        const got = await call('snapshot');
        const walk = (want, have, path) => {
          if (want === null) {
            if (have !== undefined && have !== null) throw mismatch(`${at} ${path}`, 'absent', have);
          } else if (typeof want === 'object') {
            for (const key of Object.keys(want)) walk(want[key], have?.[key], `${path}.${key}`);
          } else if (typeof want === 'number') {
            if (typeof have !== 'number' || Math.abs(want - have) > 1e-6) throw mismatch(`${at} ${path}`, want, have);
          } else if (want !== have) throw mismatch(`${at} ${path}`, want, have);
        };
        walk(s.expect, got, 'snapshot');
        break;
      }
      default:
        await call(s.do, args);
    }
    await settle();
  }
}

// ----------------------------------------------------------------------- driver

function findFiles(dir) {
  const out = [];
  for (const name of readdirSync(dir).sort()) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) {
      if (name !== 'schema' && name !== 'node_modules') out.push(...findFiles(path));
    } else if (name.endsWith('.json')) out.push(path);
  }
  return out;
}

const adapterModule = await import(pathToFileURL(resolve(options.adapter)).href);
const adapter = adapterModule.default ?? adapterModule;
const root = resolve(options.dir);
let passed = 0;
let failed = 0;
for (const path of findFiles(root)) {
  const file = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(file.vectors) || !['resources', 'sorter', 'allocator'].includes(file.suite)) continue;
  let ok = 0;
  const failures = [];
  for (const v of file.vectors) {
    if (options.only && !`${v.id} ${v.source} ${v.description}`.includes(options.only)) continue;
    try {
      if (file.suite === 'resources') replayResources(adapter, v);
      else if (file.suite === 'sorter') replaySorter(adapter, v);
      else await replayAllocator(adapter, v);
      ok++;
    } catch (error) {
      const text =
        error instanceof Mismatch ? error.message : options.verbose ? error.stack : `${error.name}: ${error.message}`;
      failures.push(`  FAIL ${v.id}: ${v.description}\n    ${text}`);
    }
  }
  if (ok + failures.length === 0) continue;
  console.log(`${relative(root, path) || path}: ${ok} passed, ${failures.length} failed`);
  for (const f of failures) console.log(f);
  passed += ok;
  failed += failures.length;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
