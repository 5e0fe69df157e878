// What the Fairness page says of contract and chain, and the command it gives.
import { describe, expect, it } from 'vitest';
import { command, whose } from './contract';

const event = { chain_id: 'columbus-5', contract: 'terra1shower' };
const made = { chain_id: 'columbus-5', shower: 'terra1shower', meteors: 'terra1m', hatchery: 'terra1h' };

describe('the contract', () => {
  it('is compared with the one that was compiled in, and so is the chain', () => {
    expect(whose(event, made, false)).toMatchObject({ wrong: false, text: expect.stringContaining('columbus-5') });
    for (const other of [
      { ...made, shower: 'terra1other' },
      { ...made, chain_id: 'rebel-2' },
    ]) {
      const { wrong, text } = whose(event, other, false);
      expect(wrong).toBe(true);
      expect(text).toContain(`${other.shower} (${other.chain_id})`);
    }
  });

  it('is left to the visitor where nothing was compiled in', () => {
    expect(whose(event, null, false).text).toContain('Compare');
    expect(whose(event, null, true).text).toContain('demo');
  });
});

it('the command names the source, the contract, and what to check', () => {
  expect(command(event, '--meteor 42', 'https://event.example')).toBe(
    'meteor verify https://event.example --node https://YOUR-NODE --contract terra1shower --meteor 42',
  );
  expect(command(event, '', 'https://event.example')).toMatch(/terra1shower$/);
});
