// A bad connection: a proxy that cuts, slows, duplicates and reorders requests as a test tells it.
import http from 'node:http';
import { port as upstream } from './where.mjs';

function forward(request, body, port) {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = request;
    const out = http.request({ port, method, path: url, headers: { ...headers, 'content-length': body.length } }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
      answer.on('error', reject);
    });
    out.on('error', reject);
    out.end(body);
  });
}

/**
 * Starts a proxy. `rule(request)` answers what happens to a request:
 * `request`: it is cut before the server has it; `half`: after half of its body; `answer`: the server has it, its answer
 * is lost; `twice`: the server has it twice; a number: it waits for so many milliseconds; `rewrite`: its answer is changed;
 * `port`: another server answers.
 */
export async function badLine(rule = () => ({})) {
  const line = { rule, seen: [] };
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('error', () => {});
    request.on('end', async () => {
      const body = Buffer.concat(parts);
      line.seen.push(`${request.method} ${request.url}`);
      const fault = line.rule(request) ?? {};
      const cut = () => response.socket?.destroy();
      try {
        if (fault.wait) await new Promise((done) => setTimeout(done, fault.wait));
        if (fault.request) return cut();
        if (fault.half) {
          await forward(request, body.subarray(0, Math.floor(body.length / 2)), upstream);
          return cut();
        }
        if (fault.twice) await forward(request, body, upstream);
        const answer = await forward(request, body, fault.port ?? upstream);
        if (fault.answer) return cut();
        const content = fault.rewrite ? fault.rewrite(answer.body) : answer.body;
        const { 'transfer-encoding': _, ...headers } = answer.headers;
        if (request.method !== 'HEAD') headers['content-length'] = Buffer.byteLength(content);
        response.writeHead(answer.status, headers);
        response.end(content);
      } catch {
        cut();
      }
    });
  });
  await new Promise((done) => server.listen(0, done));
  line.base = `http://localhost:${server.address().port}`;
  line.close = () => new Promise((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  return line;
}
