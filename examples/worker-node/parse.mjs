// What you would test: reads one webhook body, gives what the shop needs, throws BadWebhook for what it refuses.
export class BadWebhook extends Error {}

export function parse(body) {
  let event;
  try {
    event = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch (error) {
    throw new BadWebhook(`no JSON: ${error.message}`);
  }
  if (event === null || typeof event !== "object" || Array.isArray(event)) throw new BadWebhook("no object");
  const { event_type: type, customer } = event;
  if (type !== undefined && typeof type !== "string") throw new BadWebhook("event_type is no string");
  if (customer !== undefined && (customer === null || typeof customer !== "object" || Array.isArray(customer))) {
    throw new BadWebhook("customer is no object");
  }
  return event;
}
