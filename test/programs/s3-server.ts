/** A stranger's object store in a folder; says in one JSON line at which port, and lives until it is ended. */
import { startS3Server } from '../support/s3-server.js';

const [, , directory = '', port = '0', bucket = '', accessKeyId = '', secretAccessKey = ''] = process.argv;
const server = await startS3Server({ directory, port: Number(port), bucket, accessKeyId, secretAccessKey });
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
