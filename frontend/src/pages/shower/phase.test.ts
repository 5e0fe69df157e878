import { expect, test } from 'vitest';
import type { Shower } from '../../api/live';
import { late, phaseOf } from './phase';

const shower = (number: number, status: Shower['status']) => ({ shower: number, status }) as Shower;

test('the page is about the open shower, else the next, else the last', () => {
  expect(phaseOf([])).toBeNull();
  expect(phaseOf([shower(1, 'upcoming'), shower(2, 'upcoming')])).toMatchObject({
    is: 'before',
    shower: { shower: 1 },
  });
  expect(phaseOf([shower(1, 'minted'), shower(2, 'open'), shower(3, 'upcoming')])).toMatchObject({
    is: 'open',
    shower: { shower: 2 },
  });
  expect(phaseOf([shower(1, 'ended'), shower(2, 'upcoming')])).toMatchObject({
    is: 'between',
    shower: { shower: 2 },
    ended: { shower: 1 },
  });
  expect(phaseOf([shower(1, 'minted'), shower(2, 'refunding')])).toMatchObject({ is: 'over', shower: { shower: 2 } });
});

test('the warning comes two blocks and the time to sign before the end', () => {
  expect(late(19, 6)).toBe(false);
  expect(late(17, 6)).toBe(true);
  expect(late(14, 0.5)).toBe(true);
  expect(late(125, 60)).toBe(true);
});
