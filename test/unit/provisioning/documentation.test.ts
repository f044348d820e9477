import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { minimal } from '../config/fixture.js';
import { config, declared } from './fixture.js';

const page = readFileSync(fileURLToPath(new URL('../../../docs/provisioning.md', import.meta.url)), 'utf8');
const examples = [...page.matchAll(/```yaml\n(provisioning:\n[\s\S]*?)```/g)].map(([, yaml]) => yaml ?? '');

describe('docs/provisioning.md', () => {
  test('has examples', () => expect(examples.length).toBeGreaterThan(1));

  test.each(examples)('its example is a valid declaration: %#', (yaml) => {
    expect(config(`${minimal}\n${yaml}`).provisioning?.notificationEmail).toBe('oncall@example.com');
    expect(declared(`${minimal}\n${yaml}`).problems).toEqual([]);
  });
});
