// Checks an evidence bundle as docs/reference/evidence-format.md describes it: a second implementation, in another
// language, that shares no line with the stand-alone verifier. The tests demand that both agree.
//
// Usage: node verify.mjs BUNDLE [NOTE …]      each NOTE a file with a checkpoint that was kept elsewhere
// Prints findings as `kind where: what`; exit code 0 whole, 1 not, 2 cannot be read. Node 20 or newer, no packages.

import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const LONGEST_LINE = 256_000_000;
const TABLES = ["document", "reading", "sighting", "extraction", "claim", "judgement", "gazetteer_file", "stamp", "figure_version", "list_release", "list_row"];
const CONFIG_FIELDS = ["format", "id", "name", "created", "verifier"];
const COMMENT = "# A Sijill case. Do not edit: the log's first entry vouches for these lines.\n";
const VOUCHES = {
  case: {},
  document: { document: "document", reading: "reading", sighting: "sighting" },
  sighting: { sighting: "sighting" },
  reading: { reading: "reading" },
  extraction: { extraction: "extraction", claims: "claim" },
  judgement: { judgement: "judgement" },
  suggestions: { judgements: "judgement" },
  gazetteer: { file: "gazetteer_file" },
  publication: {},
  custody: {},
  healed: {},
  stamp: { stamp: "stamp" },
  figures: { versions: "figure_version" },
  list: { release: "list_release", rows: "list_row" },
};

const BARE_ROOT = /^[0-9a-fA-F]{64}$/;

class Unreadable extends Error {}

const findings = [];
const add = (kind, where, what) => findings.push({ kind, where, what });

// --- bytes and JSON ---

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const utf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

function demand(condition, what) {
  if (!condition) throw new TypeError(what);
}

function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    demand(value.isWellFormed(), "half a surrogate pair");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    demand(Number.isFinite(value), "no finite number");
    demand(!Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21, "beyond 2^53 - 1");
    return String(value);
  }
  demand(typeof value === "object", "not JSON");
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
}

const digest = (value) => sha256(canonical(value)).toString("hex");
const same = (a, b) => canonical(a) === canonical(b);

function member(object, name) {
  demand(object !== null && typeof object === "object" && Object.hasOwn(object, name), `no member ${name}`);
  return object[name];
}

function base64(text) {
  const bytes = Buffer.from(text, "base64");
  demand(bytes.toString("base64") === text, "not canonical base64");
  return bytes;
}

// Lines without their ends, a piece of the file in memory at a time.
function* lines(file) {
  const name = path.basename(file);
  if (!isFile(file)) return add("case", name, "missing");
  const handle = fs.openSync(file);
  const piece = Buffer.alloc(1 << 20);
  let rest = Buffer.alloc(0);
  try {
    for (let size; (size = fs.readSync(handle, piece)) > 0; ) {
      rest = Buffer.concat([rest, piece.subarray(0, size)]);
      let start = 0;
      for (let end; (end = rest.indexOf(10, start)) >= 0; start = end + 1) yield rest.subarray(start, end);
      rest = rest.subarray(start);
      if (rest.length >= LONGEST_LINE) break;
    }
  } finally {
    fs.closeSync(handle);
  }
  if (rest.length) add("case", name, "a line has no end, or is too long");
}

function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

// --- the tree and its notes ---

class Tree {
  size = 0;
  #peaks = []; // [number of leaves, hash]

  append(leaf) {
    let node = [1, leaf];
    while (this.#peaks.at(-1)?.[0] === node[0]) {
      const left = this.#peaks.pop();
      node = [2 * node[0], sha256(Buffer.of(1), left[1], node[1])];
    }
    this.#peaks.push(node);
    this.size += 1;
  }

  root() {
    if (!this.#peaks.length) return sha256("");
    return this.#peaks.map((peak) => peak[1]).reduceRight((right, left) => sha256(Buffer.of(1), left, right));
  }
}

function parseKey(text, name) {
  const [found, id, ...encoded] = text.split("+");
  const raw = base64(encoded.join("+"));
  demand(found === name && raw.length === 33 && raw[0] === 1, "no Ed25519 key of that name");
  const expected = sha256(`${name}\n`, raw).subarray(0, 4);
  demand(id === expected.toString("hex"), "the key does not fit its id");
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw.subarray(1)]);
  return { name, id: expected, key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

function readNote(note, key) {
  const split = note.lastIndexOf("\n\n");
  demand(split > 0 && note.endsWith("\n"), "no signatures");
  const text = note.slice(0, split + 1);
  let signed = false;
  for (const line of note.slice(split + 2, -1).split("\n")) {
    const parts = line.split(" ");
    demand(parts.length === 3 && parts[0] === "—", "a signature line is malformed");
    const raw = base64(parts[2]);
    if (parts[1] !== key.name || !raw.subarray(0, 4).equals(key.id)) continue;
    demand(verifySignature(null, Buffer.from(text), key.key, raw.subarray(4)), "the signature does not hold");
    signed = true;
  }
  const [origin, size, root, ...more] = text.split("\n");
  demand(signed && origin === key.name && more.length > 0, "no checkpoint that the case's key signed");
  demand(/^(0|[1-9][0-9]{0,15})$/.test(size), "its size is not a number");
  return { size: Number(size), root: base64(root).toString("hex") };
}

function statedSize(note) {
  const size = note.split("\n")[1] ?? "";
  return /^[0-9]{1,16}$/.test(size) ? Number(size) : -1;
}

function readNotes(file) {
  const name = path.basename(file);
  let parts;
  try {
    parts = utf8(fs.readFileSync(file)).split("\n\n");
  } catch (error) {
    if (error.code && error.code !== "ENOENT" && !(error instanceof TypeError)) throw error;
    add("case", name, "missing or no text");
    return [];
  }
  const end = parts.pop();
  if (end || parts.length % 2) add("case", name, "not notes that are followed by an empty line each");
  const notes = [];
  for (let i = 0; i + 1 < parts.length; i += 2) notes.push(`${parts[i]}\n\n${parts[i + 1]}\n`);
  return notes;
}

// --- the log ---

function takeUp(log, seq, entry) {
  const [kind, body] = [member(entry, "kind"), member(entry, "body")];
  for (const [name, table] of Object.entries(member(VOUCHES, kind))) {
    const ids = member(body, name);
    for (const id of typeof ids === "string" ? [ids] : ids) {
      if (!log.ids[table].has(id)) log.ids[table].set(id, seq);
    }
  }
  if (kind === "case" && seq === 0) log.case = body;
  if (kind === "document") log.sizes.set(body.document, member(body, "size"));
  if (kind === "gazetteer") {
    log.sizes.set(body.file, member(body, "size"));
    log.names.set(body.file, member(body, "name"));
  }
  if (kind === "list") log.sizes.set(body.file, member(body, "size"));
  if (kind === "extraction") log.extractions.set(body.extraction, body);
  if (kind === "custody") log.vault = true;
  if (kind === "publication") log.publications.set(member(body, "form"), body);
  if (kind === "stamp") log.stamps.set(body.stamp, body);
}

function readLog(folder, sizes, every) {
  const log = {
    ids: Object.fromEntries(TABLES.map((table) => [table, new Map()])),
    sizes: new Map(),
    names: new Map(),
    extractions: new Map(),
    publications: new Map(),
    stamps: new Map(),
    case: null,
    vault: false,
    tree: new Tree(),
  };
  log.roots = new Map([[0, log.tree.root().toString("hex")]]);
  for (const line of lines(path.join(folder, "log.jsonl"))) {
    const seq = log.tree.size;
    log.tree.append(sha256(Buffer.of(0), line));
    if (every || sizes.has(log.tree.size)) log.roots.set(log.tree.size, log.tree.root().toString("hex"));
    try {
      const entry = JSON.parse(utf8(line));
      takeUp(log, seq, entry);
      demand(canonical(entry) === utf8(line), "not canonical JSON");
    } catch (error) {
      add("entry", `log entry ${seq}`, `not canonical JSON, or of a kind not known here: ${error.name}`);
    }
  }
  if (!log.case) add("entry", "log entry 0", "missing, or it does not say what the case is");
  return log;
}

function keyOf(log, config) {
  for (const [case_, id] of [[log.case, "case"], [config, "id"]]) {
    try {
      return parseKey(member(case_, "verifier"), `sijill/${member(case_, id)}`);
    } catch {
      // The other may have one.
    }
  }
  add("entry", "log entry 0", "the case's key is unusable, so no checkpoint can be checked");
  return null;
}

function checkNotes(notes, key, log) {
  const entries = log.tree.size;
  let [largest, led] = [0, true];
  for (const note of notes) {
    let point;
    try {
      point = readNote(note, key);
    } catch (error) {
      add("checkpoint", `checkpoint ${statedSize(note)}`, `does not verify: ${error.message}`);
      continue;
    }
    largest = Math.max(largest, point.size);
    if (led && log.roots.has(point.size) && log.roots.get(point.size) !== point.root) {
      led = false;
      add("checkpoint", `checkpoint ${point.size}`, "the log's entries do not lead to the root it signs");
    }
  }
  if (largest > entries) add("entry", `log entry ${entries}`, `missing: a checkpoint signs ${largest} entries`);
  if (largest < entries) add("checkpoint", `checkpoint ${entries}`, "missing: the last entries are not signed");
}

function checkKept(kept, key, log) {
  const elsewhere = "checkpoint kept elsewhere";
  const points = [];
  for (const text of kept) {
    if (BARE_ROOT.test(text)) {
      const known = [...log.roots.values()].includes(text.toLowerCase());
      if (!known) add("checkpoint", elsewhere, `no beginning of the log has the root ${text}`);
      continue;
    }
    try {
      points.push(readNote(text, key));
    } catch (error) {
      add("checkpoint", elsewhere, `this case's key did not sign it: ${error.message}`);
    }
  }
  points.sort((a, b) => a.size - b.size);
  for (const { size } of points.filter((point) => point.size > log.tree.size)) {
    add("checkpoint", `checkpoint ${size}`, "the log was cut back");
  }
  const other = points.find(({ size, root }) => size <= log.tree.size && log.roots.get(size) !== root);
  if (other) add("checkpoint", `checkpoint ${other.size}`, "the log was rewritten");
}

function keptText(text) {
  const kept = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n").trim();
  if (BARE_ROOT.test(kept)) return kept;
  if (!kept.includes("\n\n— ")) throw new Unreadable("what was kept is neither a note nor a root");
  return `${kept}\n`;
}

// --- rows, objects, pages, case.toml ---

function wrong(table, id, row, log) {
  if (table === "document") return same(row, { size: log.sizes.get(id) }) ? "" : "its size changed";
  if (table === "gazetteer_file") {
    const expected = { size: log.sizes.get(id), name: log.names.get(id) };
    return same({ ...row, name: digest(member(row, "name")) }, expected) ? "" : "its name or size changed";
  }
  if (table === "stamp") {
    const { reply, ...rest } = row;
    const found = { ...rest, stamp: sha256(base64(reply)).toString("hex"), authority: digest(member(row, "authority")) };
    return found.stamp === id && same(found, log.stamps.get(id)) ? "" : "its reply, size or authority changed";
  }
  if (table === "extraction") {
    const { extraction, ...body } = log.extractions.get(id);
    if (!same(row, body)) return "it is not what the log's entry says";
  }
  if (table === "list_release" && !log.sizes.has(member(row, "file"))) return "its file is not the one of its entry";
  return digest(row) === id ? "" : "its content changed";
}

// Whether a stamp's reply is over one of the log's checkpoints; not whether an authority signed it.
function stray(id, row, notes) {
  try {
    const [reply, note] = [base64(member(row, "reply")), notes.get(member(row, "size"))];
    if (note === undefined) return "the checkpoint that it is over is missing";
    if (sha256(reply).toString("hex") !== id) return "";
    const digests = ["sha256", "sha384", "sha512"].map((name) => createHash(name).update(note).digest());
    return digests.some((stamped) => reply.includes(stamped)) ? "" : "it is over something other than this checkpoint";
  } catch (error) {
    return `unreadable: ${error.message}`;
  }
}

function checkRows(folder, notes, log) {
  const bySize = new Map(notes.map((note) => [statedSize(note), note]));
  let number = 0;
  for (const line of lines(path.join(folder, "rows.jsonl"))) {
    number += 1;
    let row;
    try {
      row = JSON.parse(utf8(line));
      demand(canonical(row) === utf8(line), "not canonical JSON");
      demand(Object.keys(row).sort().join() === "id,row,table", "not a row");
      demand(TABLES.includes(row.table) && typeof row.id === "string", "not a row of a table known here");
    } catch (error) {
      add("row", `rows.jsonl line ${number}`, `unreadable: ${error.message}`);
      continue;
    }
    const where = `${row.table} ${String(row.id).slice(0, 16)}`;
    const off = row.table === "stamp" && stray(row.id, row.row, bySize);
    if (off) add("stamp", where, off);
    if (!log.ids[row.table].has(row.id)) {
      add("row", where, "no entry of the log vouches for it, or it is there twice");
      continue;
    }
    log.ids[row.table].delete(row.id);
    let what;
    try {
      what = wrong(row.table, row.id, row.row, log);
    } catch (error) {
      what = `unreadable: ${error.message}`;
    }
    if (what) add("row", where, what);
  }
  for (const table of TABLES) {
    for (const [id, seq] of log.ids[table]) {
      add("row", `${table} ${String(id).slice(0, 16)}`, `missing, though log entry ${seq} vouches for it`);
    }
  }
}

function checkObjects(folder, log) {
  for (const id of log.sizes.keys()) {
    const where = `object ${String(id).slice(0, 16)}`;
    if (!/^[0-9a-f]{64}$/.test(id)) {
      add("object", where, "its id is no SHA-256");
      continue;
    }
    const found = hashOf(path.join(folder, "objects", id.slice(0, 2), id.slice(2)));
    if (found !== id) add("object", where, found ? `its bytes changed: they are now ${found.slice(0, 32)}` : "missing");
  }
}

function hashOf(file) {
  return isFile(file) ? sha256(fs.readFileSync(file)).toString("hex") : null;
}

function checkPages(folder, log) {
  const published = log.publications.get("working-record");
  if (!published || log.vault) return; // The pages of an encrypted case lie where its people put them.
  const record = path.join(folder, "record");
  let files;
  try {
    files = JSON.parse(utf8(fs.readFileSync(path.join(record, "manifest.json"))));
    demand(digest(files) === published.digest, "not the manifest that the log vouches for");
    demand(!Object.keys(files).some((name) => /^\/|\\|(^|\/)\.\.(\/|$)/.test(name)), "it names files elsewhere");
  } catch {
    add("derived", "record/manifest.json", "changed or missing");
    return;
  }
  for (const name of Object.keys(files)) {
    if (hashOf(path.join(record, name)) !== files[name]) add("derived", `record/${name}`, "changed or missing");
  }
  for (const entry of fs.readdirSync(record, { recursive: true })) {
    const name = entry.split(path.sep).join("/");
    const folder_ = fs.statSync(path.join(record, entry), { throwIfNoEntry: false })?.isDirectory();
    if (!folder_ && name !== "manifest.json" && !Object.hasOwn(files, name)) {
      add("derived", `record/${name}`, "no page of the record");
    }
  }
}

// TOML is more than this, but the lines of `case.toml` are written in one way only: `name = JSON`.
function readConfig(text) {
  const config = {};
  for (const line of text.split("\n").slice(1, -1)) {
    const [, name, value] = /^([a-z]+) = (.*)$/.exec(line) ?? [];
    demand(name !== undefined && !Object.hasOwn(config, name), "not a line of case.toml");
    config[name] = JSON.parse(value);
  }
  return config;
}

function checkConfig(text, config, log) {
  if (Number.isInteger(config.format) && config.format > 1 && log.case?.format !== 1) {
    throw new Unreadable(`it is of format ${config.format}; this verifier knows 1`);
  }
  try {
    const line = (name) => `${name} = ${JSON.stringify(member(config, name)).replaceAll("\x7f", "\\u007f")}\n`;
    demand(text === COMMENT + CONFIG_FIELDS.map(line).join(""), "it is not written as it was");
    const { id, ...stated } = config;
    const first = { ...stated, case: id, name: digest(config.name) };
    demand(log.case === null || same(first, log.case), "it is not what the log's first entry says");
  } catch (error) {
    add("case", "case.toml", error.message);
  }
}

function check(folder, kept) {
  if (fs.existsSync(path.join(folder, "vault.json"))) throw new Unreadable("it is encrypted");
  if (fs.existsSync(path.join(folder, "database.toml"))) throw new Unreadable("its rows lie on a server");
  if (!isFile(path.join(folder, "case.toml"))) throw new Unreadable("it has no case.toml");
  let [text, config] = ["", {}];
  try {
    text = utf8(fs.readFileSync(path.join(folder, "case.toml")));
    config = readConfig(text);
  } catch {
    // Found below: what is read so far is not what the log's first entry says.
  }
  const notes = readNotes(path.join(folder, "checkpoints.txt"));
  const log = readLog(folder, new Set([...notes, ...kept].map(statedSize)), kept.some((text) => BARE_ROOT.test(text)));
  const key = keyOf(log, config);
  if (key) {
    checkNotes(notes, key, log);
    checkKept(kept, key, log);
  }
  checkRows(folder, notes, log);
  checkConfig(text, config, log);
  checkObjects(folder, log);
  checkPages(folder, log);
  return log.tree.root().toString("hex");
}

try {
  const [folder, ...files] = process.argv.slice(2);
  if (!folder) throw new Unreadable("usage: node verify.mjs BUNDLE [NOTE …]");
  const kept = files.map((file) => keptText(utf8(fs.readFileSync(file))));
  const root = check(folder, kept);
  for (const { kind, where, what } of findings) console.log(`${kind} ${where}: ${what}`);
  console.error(`${findings.length ? `NOT whole: ${findings.length} findings` : "whole"}; root ${root}`);
  process.exitCode = findings.length ? 1 : 0;
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
}
