import { describe, expect, test } from '@jest/globals';
import {
  basic,
  expectProtected,
  expectRefused,
  jsonType,
  marker,
  tokenClient,
  useWeb,
  waysIn,
  type Headers,
  type Refused,
} from './support/web.js';

const path = '/egain/token';
const { id, secret } = tokenClient;
const form: readonly [string, string] = ['content-type', 'application/x-www-form-urlencoded'];
const right = `grant_type=client_credentials&client_id=${id}&client_secret=${secret}`;

const malformed: Refused = { status: 400, code: 'malformed', caller: 'token', names: /^body: / };
const unbelieved: Refused = {
  status: 401,
  code: 'unauthenticated',
  caller: 'token',
  names: /^authorization: /,
};
const wrongType: Refused = { status: 415, code: 'unsupported-type', caller: 'token', names: /^content-/ };

describe.each(waysIn)('the token endpoint, $way', ({ direct }) => {
  const web = useWeb({ direct });
  const post = (body: string | Buffer, headers: Headers = [form]) => web().send({ path, headers, body });

  test.each<[string, Headers, string]>([
    ['a form', [form], right],
    [
      'JSON',
      [jsonType],
      JSON.stringify({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    ],
    ['JSON in eGain’s spelling', [jsonType], JSON.stringify({ clientId: id, clientSecret: secret })],
    ['a Basic header', [form, ['authorization', basic(secret, id)]], 'grant_type=client_credentials'],
    ['no content type', [], right],
  ])('%s is read', async (_what, headers, body) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expectProtected(answer);
  });

  test.each<[string, Headers, string | Buffer, Refused, string]>([
    ['nothing', [form], '', malformed, 'invalid_request'],
    ['no JSON', [jsonType], `{"client_id": ${marker}`, malformed, 'invalid_request'],
    ['a JSON list', [jsonType], `["${marker}"]`, malformed, 'invalid_request'],
    ['bytes that are not UTF-8', [form], Buffer.from([0x67, 0xff, 0xfe]), malformed, 'invalid_request'],
    ['another grant', [form], `grant_type=${marker}`, malformed, 'unsupported_grant_type'],
    [
      'the password grant',
      [form],
      right.replace('client_credentials', 'password'),
      malformed,
      'unsupported_grant_type',
    ],
    ['a parameter given twice', [form], `${right}&client_id=${marker}`, malformed, 'invalid_request'],
    ['two proofs', [form, ['authorization', basic(secret, id)]], right, malformed, 'invalid_request'],
    ['a wrong secret', [form], right.replace(secret, marker), unbelieved, 'invalid_client'],
    ['a wrong client', [form], right.replace(`=${id}`, `=${marker}`), unbelieved, 'invalid_client'],
    ['no client', [form], 'grant_type=client_credentials', unbelieved, 'invalid_client'],
    [
      'a Basic header that is none',
      [form, ['authorization', 'Basic {}']],
      'grant_type=client_credentials',
      unbelieved,
      'invalid_client',
    ],
  ])('%s is refused in OAuth’s words and ours', async (_what, headers, body, refused, error) => {
    const answer = await expectRefused(web(), () => post(body, headers), refused);
    expect(JSON.parse(answer.body)).toMatchObject({ error });
    expect(answer.headers.has('www-authenticate')).toBe(refused.status === 401);
  });

  test.each<[string, Headers]>([
    ['XML', [['content-type', 'application/xml']]],
    ['a multipart form', [['content-type', 'multipart/form-data; boundary=x']]],
    ['a compressed form', [form, ['content-encoding', 'gzip']]],
  ])('%s is of the wrong type', async (_what, headers) => {
    await expectRefused(web(), () => post(right, headers), wrongType);
  });

  test('more than 16 KB is too large, announced or not', async () => {
    const tooLarge: Refused = { status: 413, code: 'too-large', caller: 'token', names: /^body: .*16384/ };
    const large = `${right}&x=${marker.repeat(1000)}`;
    await expectRefused(web(), () => post(large), tooLarge);
    const chunked = `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`;
    await expectRefused(web(), () => post(chunked, [form, ['transfer-encoding', 'chunked']]), tooLarge);
  });

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('%s is not a way to ask', async (method) => {
    const answer = await web().send({ method, path });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('neither secrets nor tokens were ever written to the log', async () => {
    const { body } = await post(right);
    const { access_token: token } = JSON.parse(body) as { access_token: string };
    for (const word of [marker, secret, token]) expect(web().log.text()).not.toContain(word);
  });
});
