// A reverse proxy as small as can be: node prefix_proxy.mjs TARGET_PORT PREFIX
// Takes PREFIX away from the path, says so in X-Forwarded-Prefix, and prints the port it listens on.
import http from 'node:http';

const [target, prefix] = process.argv.slice(2);
const server = http.createServer((request, response) => {
  if (request.url !== prefix && !request.url.startsWith(`${prefix}/`)) {
    response.writeHead(404).end('outside the prefix');
    return;
  }
  const headers = { ...request.headers, 'x-forwarded-prefix': prefix, 'x-forwarded-host': request.headers.host, 'x-forwarded-proto': 'http' };
  const path = request.url.slice(prefix.length) || '/';
  const onward = http.request({ host: '127.0.0.1', port: target, method: request.method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  request.pipe(onward);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
