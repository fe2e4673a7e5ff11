// Asks the renters' API with the reader's token, at most one request per second.

const key = 'gigaspot.token';
const apart = 1200; // ms between two requests; the API allows one per second

/** The token lives in this browser's local storage, and nowhere else. */
export const token = {
  read() {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  keep(text) {
    localStorage.setItem(key, text);
  },
  forget() {
    localStorage.removeItem(key);
  },
  /** Whether a change of the storage, made in another tab, is about the token. */
  isMeant: (event) => event.key === key || event.key === null,
};

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** An answer of the API that is not the wanted one. */
export class ApiError extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

let next = 0; // the earliest time of the next request

/** Waits until a request is allowed, sends it, and returns its answer. */
export async function ask(path, onWait) {
  for (;;) {
    const now = Date.now();
    if (next > now) {
      const wait = next - now;
      if (wait > 2 * apart) onWait(Math.ceil(wait / 1000));
      await sleep(wait);
      continue;
    }
    next = now + apart;
    const text = token.read();
    if (!text) throw new ApiError(0, 'the token is gone');
    const answer = await fetch(path, {
      headers: { auth: text },
      cache: 'no-store',
      credentials: 'omit',
    });
    if (answer.status === 429) {
      const seconds = Number(answer.headers.get('Retry-After'));
      next = Date.now() + Math.max(apart, (Number.isFinite(seconds) ? seconds : 1) * 1000 + 100);
      continue;
    }
    const body = await answer.json().catch(() => ({}));
    if (answer.ok && body.code === 0) return body;
    throw new ApiError(
      answer.status,
      body.error || `the server answered with status ${answer.status}`,
    );
  }
}
