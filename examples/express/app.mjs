// A receiver of customer.created with Express: verify, read, act once, answer.
//
// WEBHOOK_SECRET=whsec_… PORT=8000 node app.mjs

import { pathToFileURL } from "node:url";
import express from "express";
import { Webhook } from "svix";
import { read } from "./payload.mjs";

export class Signups {
  // Customers by the event that told of them. Kept in memory: with several processes use a database.
  #customers = new Map();

  act(eventId, customer) {
    if (this.#customers.has(eventId)) return false;
    const { id, email, name } = customer;
    this.#customers.set(eventId, { id, email, name });
    return true;
  }

  get count() {
    return this.#customers.size;
  }
}

export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

const webhook = new Webhook(process.env.WEBHOOK_SECRET);

// The event's id. Over the raw bytes, before anything reads them. Whatever the library throws is a refusal: it
// also reads the JSON once the signature holds, and throws where that is none.
export function verify(headers, body) {
  try {
    webhook.verify(body, headers);
  } catch {
    throw new Refused(401, "the signature does not hold, or the body is no JSON");
  }
  // The same order as the library's: the id that was verified, and no other.
  return headers["svix-id"] ?? headers["webhook-id"];
}

// The parts can be given, so that faulty.mjs can put a wrong one in its place.
export function createApp(parts = {}) {
  const { limit = 1_000_000, check = verify, reader = read, signups = new Signups() } = parts;
  const app = express();
  app.disable("x-powered-by");

  // The provider sends up to about 350 kB; Express's own limit is 100 kB.
  app.post("/webhooks", express.raw({ type: () => true, limit }), (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const eventId = check(request.headers, body);
    const type = (request.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
    if (type !== "application/json") throw new Refused(415, "the body must be application/json");
    const event = reader(body);
    if (event === null || !Object.hasOwn(event, "customer")) return response.json({ status: "ignored" });
    response.json({ status: signups.act(eventId, event.customer) ? "stored" : "done before" });
  });
  app.all("/webhooks", (request, response) => response.status(405).set("allow", "POST").end());

  app.get("/effects", (request, response) => response.json({ writes: signups.count }));

  // Express's own error page shows the stack outside production: never to a sender.
  app.use((error, request, response, next) => {
    const status = error.status ?? 500;
    if (status >= 500) console.error(error);
    response.status(status).json({ error: status < 500 ? error.message : "a fault of ours" });
  });
  return app;
}

export function listen(app) {
  const server = app.listen(Number(process.env.PORT ?? 8000), "127.0.0.1", () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}`);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) listen(createApp());
