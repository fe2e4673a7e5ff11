// A proxy between the browser and a server: writes down what passes, and cuts, adds or answers.
import { createServer, request as ask } from 'node:http';

/** Splits a stream of server-sent events into frames. */
function framesOf(text) {
  return text.split('\n\n').map((frame) => {
    const fields = {};
    for (const line of frame.split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
    }
    return fields;
  });
}

export class Proxy {
  requests = []; // {method, url, headers, time}
  frames = []; // of all streams: {id, event, data}
  streams = new Set();
  intercept = null; // (request, response) => whether it was answered here
  #held = false;

  constructor(target) {
    this.target = new URL(target);
    this.server = createServer((request, response) => this.#pass(request, response));
  }

  async start() {
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
    return this.origin;
  }

  stop() {
    return new Promise((done) => {
      this.server.close(done);
      this.server.closeAllConnections();
    });
  }

  to(path) {
    return this.requests.filter(({ url }) => url.split('?')[0] === path);
  }

  /** Cuts all streams. While `hold`, connections for new ones are broken too. */
  cut({ hold = false } = {}) {
    this.#held = hold;
    for (const stream of this.streams) stream.destroy();
  }

  release() {
    this.#held = false;
  }

  /** Adds a frame to all streams. */
  inject(frame) {
    for (const stream of this.streams) stream.write(frame);
  }

  #pass(request, response) {
    const { method, url, headers } = request;
    const noted = { method, url, headers, time: Date.now(), status: null };
    this.requests.push(noted);
    const isStream = url.split('?')[0] === '/events';
    if (isStream && this.#held) return response.destroy();
    if (this.intercept?.(request, response)) return undefined;
    const forward = ask(
      {
        host: this.target.hostname,
        port: this.target.port,
        method,
        path: url,
        headers: { ...headers, host: this.target.host },
      },
      (answer) => {
        noted.status = answer.statusCode;
        response.writeHead(answer.statusCode, answer.headers);
        if (isStream) this.#watch(answer, response);
        answer.pipe(response);
      },
    );
    forward.on('error', () => response.destroy());
    response.on('close', () => forward.destroy());
    request.pipe(forward);
    return undefined;
  }

  #watch(answer, response) {
    response.flushHeaders();
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
    let rest = '';
    answer.setEncoding('utf8');
    answer.on('data', (text) => {
      rest += text;
      const end = rest.lastIndexOf('\n\n');
      if (end < 0) return;
      this.frames.push(...framesOf(rest.slice(0, end)).filter(({ event }) => event));
      rest = rest.slice(end + 2);
    });
  }
}
