import { Command } from 'commander';
import { CommandFailure } from '../../../src/cli/context.js';
import { end } from '../../../src/cli/ending.js';

function ending(error: unknown, env: Record<string, string> = {}): { stderr: string; exitCode: number } {
  let stderr = '';
  let exitCode = 0;
  end(error, {
    env,
    stdout: { write: () => undefined },
    stderr: { write: (text) => (stderr += text) },
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  return { stderr, exitCode };
}

describe('an error nobody expected', () => {
  const error = new Error('the sky\n  fell', { cause: new Error('no pillars') });

  test('is one sentence too', () => {
    expect(ending(error)).toEqual({
      stderr: 'egain-bridge: the sky fell (LOG_LEVEL=debug shows where)\n',
      exitCode: 1,
    });
  });

  test.each(['debug', 'trace'])('shows where it came from, causes included, with LOG_LEVEL=%s', (level) => {
    const { stderr } = ending(error, { LOG_LEVEL: level });
    expect(stderr).toMatch(/^ +at .*unexpected\.test/m);
    expect(stderr).toMatch(/^caused by: Error: no pillars/m);
  });

  test('shows nothing else it carries', () => {
    const { stderr } = ending(Object.assign(new Error('refused'), { token: 'hunter2' }), {
      LOG_LEVEL: 'debug',
    });
    expect(stderr).not.toContain('hunter2');
  });

  test.each([[undefined], [null], [''], [new Error('')], [42]])('even when it is %p', (odd) => {
    expect(ending(odd)).toEqual({
      stderr: 'egain-bridge: the command failed without a reason (LOG_LEVEL=debug shows where)\n',
      exitCode: 1,
    });
  });
});

test('a failure meant for whoever typed the command keeps its lines and shows no stack', () => {
  expect(ending(new CommandFailure('bridge.yaml has a problem:\n  port'), { LOG_LEVEL: 'debug' })).toEqual({
    stderr: 'egain-bridge: bridge.yaml has a problem:\n  port\n',
    exitCode: 1,
  });
});

test('asking for help is no failure', () => {
  const program = new Command().exitOverride().configureOutput({ writeOut: () => undefined });
  expect.assertions(1);
  try {
    program.parse(['--help'], { from: 'user' });
  } catch (error) {
    expect(ending(error)).toEqual({ stderr: '', exitCode: 0 });
  }
});
