import { readFileSync } from 'node:fs';
import { type } from './terminal.js';

describe('how a command ends', () => {
  test('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await type('--version')).toEqual({ stdout: `${version}\n`, stderr: '', exitCode: 0 });
  });

  test.each(['--help', 'config --help', 'config check --help', 'help config'])(
    '%s shows help and succeeds',
    async (line) => {
      const { stdout, stderr, exitCode } = await type(line);
      expect(stdout).toContain('Usage: egain-bridge');
      expect(stdout).toContain('--config <file>');
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    },
  );

  test('no command at all shows help and fails', async () => {
    const { stdout, stderr, exitCode } = await type('');
    expect(stderr).toContain('Usage: egain-bridge');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
  });

  test.each([
    ['confg', "egain-bridge: unknown command 'confg' (Did you mean config?)\n"],
    ['config chek', "egain-bridge: unknown command 'chek' (Did you mean check?)\n"],
    ['config check --jsn', "egain-bridge: unknown option '--jsn' (Did you mean --json?)\n"],
    ['lanes show --jsn', "egain-bridge: unknown option '--jsn' (Did you mean --json?)\n"],
    ['lanes list -x', "egain-bridge: unknown option '-x'\n"],
    ['lanes list -abc', "egain-bridge: unknown option '-abc'\n"],
    ['config check --config', "egain-bridge: option '--config <file>' argument missing\n"],
    [
      'config reference --format html',
      "egain-bridge: option '--format <format>' argument 'html' is invalid. Allowed choices are markdown, json-schema.\n",
    ],
  ])('%s ends in one plain sentence', async (line, stderr) => {
    expect(await type(line)).toEqual({ stdout: '', stderr, exitCode: 1 });
  });
});
