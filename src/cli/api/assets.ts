import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { whyUnreadable } from '../../../config/reading.js';
import type { AssetUpload } from '../../egain/assets.js';
import type { DownloadedFile } from '../../egain/signed-url.js';
import { CommandFailure, type CliContext } from '../context.js';
import { contentTypeOf } from '../../files/content-type.js';
import { outgoing } from './outgoing.js';
import { readBody } from './read-body.js';
import { fieldTable } from './show.js';
import { withEgain } from './with-egain.js';

interface UploadOptions {
  readonly channel: string;
  readonly sender: string;
  readonly name?: string;
  readonly contentType?: string;
  readonly json?: boolean;
}

/** What goes in is unknown until the client has checked it. */
interface Unchecked {
  create(body: unknown): Promise<AssetUpload>;
}

export function registerAssets(api: Command, context: CliContext): void {
  const group = api.command('assets').description('files that messages carry');
  const show = (json: boolean | undefined, item: unknown): void =>
    void context.stdout.write(json === true ? `${JSON.stringify(item, null, 2)}\n` : fieldTable(item));

  group
    .command('create')
    .description('announce a file; the answer says where its bytes go')
    .requiredOption('--file <file>', 'the announcement as JSON or YAML; - reads standard input')
    .option('--json', 'print as JSON')
    .action(async (options: { file: string; json?: boolean }, command: Command) => {
      const body = outgoing(await readBody(context, options.file));
      await withEgain(context, command, async (client) => {
        const assets: Unchecked = client.assets;
        show(options.json, await assets.create(body));
      });
    });

  group
    .command('get')
    .description('where a file can be downloaded, for a while')
    .argument('<id>', 'its id in eGain')
    .option('--json', 'print as JSON')
    .action((id: string, options: { json?: boolean }, command: Command) =>
      withEgain(context, command, async ({ assets }) => show(options.json, await assets.get(id))),
    );

  group
    .command('delete')
    .description('remove a file that no message has used')
    .argument('<id>', 'its id in eGain')
    .option('--json', 'print as JSON')
    .action((id: string, options: { json?: boolean }, command: Command) =>
      withEgain(context, command, async ({ assets }) => {
        await assets.delete(id);
        if (options.json === true) show(true, { id, deleted: true });
        else context.stdout.write(`asset ${id} deleted\n`);
      }),
    );

  group
    .command('upload')
    .description('announce a file and send its bytes')
    .argument('<file>', 'path of the file')
    .requiredOption('--channel <type>', 'type of the channel it belongs to, e.g. custom.support')
    .option('--sender <role>', 'who sends it', 'customer')
    .option('--name <name>', 'its name in eGain, with extension (default: that of the file)')
    .option('--content-type <type>', 'its type (default: by the name)')
    .option('--json', 'print as JSON')
    .action((file: string, options: UploadOptions, command: Command) =>
      upload(context, command, file, options),
    );

  group
    .command('download')
    .description('save a file')
    .argument('<id>', 'its id in eGain')
    .option('-o, --output <file>', 'where to (default: its own name, here; an existing file is kept)')
    .option('--json', 'print as JSON')
    .action((id: string, options: { output?: string; json?: boolean }, command: Command) =>
      withEgain(context, command, async ({ assets }) => {
        const saved = await save(await assets.download(id), id, options.output);
        if (options.json === true) show(true, saved);
        else context.stdout.write(`${saved.file} saved, ${saved.size} bytes\n`);
      }),
    );
}

async function upload(
  context: CliContext,
  command: Command,
  file: string,
  options: UploadOptions,
): Promise<void> {
  const facts = await stat(file).catch((error: unknown) => {
    throw new CommandFailure(`${file} cannot be used: ${whyUnreadable(error)}`, { cause: error });
  });
  if (!facts.isFile()) throw new CommandFailure(`${file} cannot be used: it is not a file`);
  const name = options.name ?? basename(file);
  const contentType = options.contentType ?? contentTypeOf(name);
  if (contentType === undefined) {
    throw new CommandFailure(`the type of ${name} is not known by its name: --content-type tells it`);
  }
  const { size } = facts;
  await withEgain(context, command, async ({ assets }) => {
    const { id } = await assets.upload({
      channelType: options.channel,
      senderType: options.sender,
      name,
      contentType,
      size,
      open: () => createReadStream(file),
    });
    context.stdout.write(
      options.json === true
        ? `${JSON.stringify({ id, name, size, contentType }, null, 2)}\n`
        : `asset ${id} uploaded: ${name}, ${size} bytes, ${contentType}\n`,
    );
  });
}

/** A download that breaks off leaves nothing behind that could be taken for the file. */
async function save(
  asset: DownloadedFile & { readonly name?: string },
  id: string,
  output: string | undefined,
): Promise<{ file: string; size: number }> {
  const file = output ?? ownName(asset.name, id);
  const part = `${file}.part`;
  try {
    if (output === undefined && (await exists(file))) {
      throw new CommandFailure(`${file} exists already: -o <file> says where to save instead`);
    }
    await pipeline(asset.body, createWriteStream(part));
    const { size } = await stat(part);
    if (asset.size !== undefined && asset.size !== size) {
      throw new CommandFailure(`${file}: expected ${asset.size} bytes, but only ${size} came`);
    }
    await rename(part, file);
    return { file, size };
  } catch (error) {
    asset.body.destroy();
    await rm(part, { force: true });
    if (error instanceof Error && 'syscall' in error) {
      throw new CommandFailure(`${file} cannot be written: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** A name from outside must not lead out of this folder, nor hide. */
function ownName(name: string | undefined, id: string): string {
  const own = basename((name ?? '').replaceAll('\\', '/')).replaceAll(/\p{Cc}/gu, '');
  return own === '' || own.startsWith('.') ? `asset-${id}` : own;
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
