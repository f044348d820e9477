/** What Node itself can take: the body is read and parsed, nothing is kept. */
import { listen } from './listen.js';
import { readJson } from './read-json.js';

listen((request, response) => {
  readJson(request, () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
  });
});
