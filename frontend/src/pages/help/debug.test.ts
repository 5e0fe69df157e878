// What is copied for a support request.
import { expect, test } from 'vitest';
import type { State } from '../../api/live';
import { debugInfo } from './debug';

const live: State = {
  link: 'polling',
  config: null,
  showers: [],
  current: null,
  height: 112,
  time: 1_636_351_200,
  changed: 1,
  heard: 0,
  pace: 6.02,
  status: null,
  trouble: null,
};

test('says block, link, browser and errors', () => {
  const browser = {
    agent: 'Phone/1.0',
    languages: 'de, en',
    zone: 'Europe/Berlin',
    screen: '390x844 at 3',
    online: false,
    now: new Date('2021-11-08T06:01:00Z'),
    path: '/help',
  };
  expect(debugInfo(live, null, browser, ['then: 503'], -12.34)).toBe(`time: 2021-11-08T06:01:00.000Z (Europe/Berlin)
clock: -12.3 s ahead of the server
page: /help
version: unknown
chain: unknown
contract: unknown
block: 112 of 2021-11-08T06:00:00.000Z
link: polling, a block each 6.0 s
browser: Phone/1.0
languages: de, en
window: 390x844 at 3, offline
errors:
  then: 503`);
});
