import { spawnSync } from 'node:child_process';
import { z } from 'zod';

export interface DeploymentTools {
  /** A folder `node_modules` with what `scripts/deployment-tools/package.json` names. */
  readonly modules: string;
  readonly helm: string;
}

const answerSchema = z.object({ modules: z.string(), helm: z.string() });
const outOfReach = 3;

/**
 * Where the tools are, fetched when they are not there; undefined when the registry is out of reach, which is said once on
 * standard error. Any other failure is thrown: it must not pass for a skipped test.
 */
export function deploymentTools(): DeploymentTools | undefined {
  const { status, stdout, stderr } = spawnSync('node', ['scripts/deployment-tools.mjs'], {
    encoding: 'utf8',
  });
  if (status === outOfReach) {
    console.warn(
      'SKIPPED: the npm registry is out of reach, so the chart, the compose file and the expressions are not checked with their real tools.',
    );
    return undefined;
  }
  if (status !== 0) throw new Error(`deployment-tools: ${stderr}`);
  return answerSchema.parse(JSON.parse(stdout));
}
