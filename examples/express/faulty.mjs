// The same receiver with a mistake in it, chosen by FAULT (a,b for several): what people have written.
//
// FAULT=default-limit node faulty.mjs

import { createHmac } from "node:crypto";
import { createApp, listen, Refused, verify } from "./app.mjs";
import { compile, read } from "./payload.mjs";

const FAULTS = {
  // Express's own limit for bodies is 100 kB; the provider sends more.
  "default-limit": () => ({ limit: "100kb" }),

  // What JavaScript can read is a time.
  "new-date": () => {
    const isSound = compile((text) => !Number.isNaN(Date.parse(text)));
    return { reader: (body) => read(body, isSound) };
  },

  // A kind word to whoever cannot sign: what the signature should have been.
  "tells-signature": () => ({
    check(headers, body) {
      try {
        return verify(headers, body);
      } catch {
        const key = Buffer.from(process.env.WEBHOOK_SECRET.replace("whsec_", ""), "base64");
        const signed = `${headers["svix-id"]}.${headers["svix-timestamp"]}.${body}`;
        const good = createHmac("sha256", key).update(signed).digest("base64");
        throw new Refused(401, `expected v1,${good}`);
      }
    },
  }),
};

const chosen = process.env.FAULT.split(",").map((name) => FAULTS[name]());
listen(createApp(Object.assign({}, ...chosen)));
