// Reads a bundle of contract-kit: checks every file, and counts the cases by kind and expectation.
// In a test suite, give `body` to the consumer where it is counted here.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2] ?? "fixtures";
const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
if (manifest.bundle !== "contract-kit" || manifest.format !== 1) {
  console.error(`${folder}: not a bundle that this reader knows`);
  process.exit(2);
}

const counts = new Map();
const damaged = [];
for (const { file, sha256, kind, expect } of manifest.cases) {
  const body = readFileSync(join(folder, file)); // bytes: decoding is the consumer's business
  if (createHash("sha256").update(body).digest("hex") !== sha256) damaged.push(file);
  const key = `${kind} ${expect}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

console.log(`${manifest.event}: ${manifest.cases.length} cases, ${damaged.length} damaged`);
for (const [key, count] of counts) console.log(`${key} ${count}`);
for (const file of damaged) console.error(`damaged: ${file}`);
process.exitCode = damaged.length > 0 ? 1 : 0;
