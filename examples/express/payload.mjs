// What a body must be: schema.json put to Ajv.
//
// ajv-formats' own "date-time" takes a blank or a line break in place of the T and an offset without its
// colon ("+0100"), and refuses leap seconds outside 23:59:60 UTC. So the format is ours.

import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const TIME =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$/;

export function isTime(text) {
  const found = TIME.exec(text);
  if (found === null) return false;
  const [year, month, day] = found.slice(1, 4).map(Number);
  if (year === 0 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

export class BadBody extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

const schema = JSON.parse(readFileSync(new URL("schema.json", import.meta.url), "utf8"));

export function compile(checkTime = isTime) {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { "date-time": checkTime } });
  return ajv.compile(schema);
}

const isSound = compile();

// The JSON value of a body. Buffer.toString() would put U+FFFD in the place of bytes that are no UTF-8, and
// the signature library does: so the bytes are decoded here, strictly, whatever was verified.
export function parse(body) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new BadBody(400, "the body is no JSON");
  }
}

// The event; null for one that we do not handle.
export function read(body, validate = isSound) {
  const value = parse(body);
  const name = value !== null && typeof value === "object" ? value.event_type : undefined;
  if (typeof name === "string" && name !== "customer.created" && !Array.isArray(value)) return null;
  if (!validate(value)) {
    const [first] = validate.errors;
    throw new BadBody(422, `${first.instancePath || "/"}: ${first.keyword}`);
  }
  return value;
}
