// Asks the server whether it is there. Not by AbortSignal.timeout: browsers of old tablets have none.

const PATIENCE = 5_000;

export function heartbeat() {
  const waiting = new AbortController();
  setTimeout(() => waiting.abort(), PATIENCE);
  return fetch("/healthz", { cache: "no-store", signal: waiting.signal });
}
