// Every word the page says, in one place, ready for translation. Texts with values in them are functions.
// Each page has its own section; what several use is at the top.
import type { Tier } from './api/client';

const many = (count: string, is: boolean, one: string, more: string) => `${count} ${is ? one : more}`;

export const t = {
  close: 'Close',
  retry: 'Try again',
  loading: 'Loading …',
  more: 'Show more',
  tiers: { legendary: 'Legendary', ancient: 'Ancient', rare: 'Rare', common: 'Common' } satisfies Record<Tier, string>,
  copy: { copy: 'Copy', done: 'Copied', label: (what: string) => `Copy ${what}` },
  missing: { title: 'There is no such page', back: 'To the shower' },

  app: {
    skip: 'Skip to the content',
    nav: 'Pages',
    shower: 'Shower',
    telescope: 'Telescope',
    cave: 'Cave',
    fairness: 'Fairness',
    help: 'Help',
    contract: 'Contract',
    contractLabel: 'the contract’s address',
    neverSend:
      'Never send coins to this address by hand. The chain accepts them, but they are no contribution: no rank, no meteor. Only the team can send them back.',
    asOf: (height: string, time: string) => `Figures as of block ${height}, ${time}`,
    release: (version: string, hash: string) => `Version ${version}, page ${hash}`,
    words: 'We never ask for your recovery words. Whoever asks for them is a thief.',
  },

  pulse: {
    connecting: 'connecting',
    live: (height: string) => `block ${height}`,
    late: (seconds: string) => `last block ${seconds} s ago`,
    lost: 'no connection',
    label: (text: string) => `State: ${text}. More on the help page.`,
  },

  banners: {
    lostTitle: 'The server can’t be reached',
    lost: (since: string) =>
      `You see the last known figures, from ${since}. Nothing is lost: contributions are on the chain. This page comes back by itself.`,
    lateTitle: (seconds: string) => `The last block came ${seconds} seconds ago`,
    late: 'Figures may be old, and the countdown is an estimate. The chain or our link to it is slow. Wait before you sign anything.',
    haltedTitle: 'Figures have stopped at an earlier block',
    halted:
      'Our server met something on the chain that it does not trust, and stopped there rather than guess. Contributions are safe on the chain. The team has been alerted.',
    pausedTitle: 'Showers halted',
    paused:
      'Contributing is paused by the team. Money that is in stays where it is, deadlines stay as they were, and minting and refunds go on.',
    clockTitle: 'Your device’s clock is wrong',
    clock: (span: string, ahead: boolean) =>
      `It is ${span} ${ahead ? 'ahead' : 'behind'}. The countdown here goes by the chain, not by your clock.`,
    wrongTitle: 'Don’t contribute here',
    wrong: (wanted: string, given: string) =>
      `This page was made for the contract ${wanted}. The server speaks of ${given}. One of them is not genuine. Nothing can be signed here. Tell the team, and compare the address with a second source.`,
    unpinnedTitle: 'This page can’t vouch for the contract',
    unpinned:
      'It was built without the event’s address, so it can’t tell whether the server names the right one. You can look at everything; signing is off.',
    demoTitle: 'Demo',
    demo: 'Play money on a chain that lives on this computer. Nothing here is worth anything.',
  },

  shower: { title: 'Shower' },
  telescope: { title: 'Telescope' },
  cave: { title: 'Cave' },
  fairness: { title: 'Fairness' },
  help: { title: 'Help and status' },
  many,
};
