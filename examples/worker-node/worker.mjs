// The worker protocol (docs/worker-protocol.md) around parse(): one process for thousands of bodies.
// Without CONTRACT_KIT_WORKER it is a plain command: a body on stdin, a JSON value on stdout, exit 0 or 1.
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { BadWebhook, parse } from "./parse.mjs";

function answer(id, body) {
  try {
    return { id, outcome: "accepted", value: parse(body) };
  } catch (error) {
    if (error instanceof BadWebhook) return { id, outcome: "rejected", message: error.message };
    const where = /\((?:file:\/\/)?([^()]+):\d+\)/.exec(error?.stack ?? "")?.[1] ?? null;
    return { id, outcome: "crashed", exception: error?.name ?? "Error", message: String(error?.message), where };
  }
}

// A value that was nested too deep to be written is left out: what parse() said of the body counts all the same.
function written(answer) {
  try {
    return JSON.stringify(answer);
  } catch {
    return JSON.stringify({ ...answer, value: undefined });
  }
}

if (process.env.CONTRACT_KIT_WORKER === "1") {
  console.log(JSON.stringify({ contract_kit_worker: 1 }));
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, body_base64 } = JSON.parse(line);
    console.log(written(answer(id, Buffer.from(body_base64, "base64"))));
  }
} else {
  try {
    console.log(JSON.stringify(parse(readFileSync(0))));
  } catch (error) {
    if (!(error instanceof BadWebhook)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
