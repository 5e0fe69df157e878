// Every word the page says is in this folder, ready for translation. Texts with values in them are functions. What the
// first page or several pages say is here; the other pages are loaded when they are opened, and so is what they say.
import type { Tier } from '../api/client';

/** A number with its word in the right form. */
export const many = (count: string, is: boolean, one: string, more: string) => `${count} ${is ? one : more}`;

export const t = {
  close: 'Close',
  retry: 'Try again',
  loading: 'Loading …',
  more: 'Show more',
  unreachable: 'The server can’t be reached.',
  unreadable: 'The server’s answer can’t be read.',
  tiers: { legendary: 'Legendary', ancient: 'Ancient', rare: 'Rare', common: 'Common' } satisfies Record<Tier, string>,
  copy: { copy: 'Copy', done: 'Copied', label: (what: string) => `Copy ${what}` },
  broken: {
    title: 'This page could not be shown',
    why: 'It could not be loaded, or something in it failed. Nothing was signed or sent. Reload it; if that doesn’t help, wait a moment and try again.',
    reload: 'Reload',
  },
  missing: { title: 'There is no such page', back: 'To the shower' },

  app: {
    name: 'Meteor Shower',
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
    lostFirst: 'There is nothing to show yet. This page keeps trying, and fills by itself.',
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

  wallet: {
    connect: 'Connect a wallet',
    connecting: 'Connecting …',
    choose: 'Connect a wallet',
    yours: 'Your wallet',
    play: 'Demo wallet',
    usePlay: 'Use the demo wallet (play money)',
    playTitle: 'Play money',
    playNote: 'This wallet lives in this browser and holds coins of the demo’s chain. They are worth nothing.',
    waiting: (wallet: string) => `Waiting for ${wallet} …`,
    waitingHint: (wallet: string) =>
      `Unlock ${wallet} and allow this page. If no window came up, open ${wallet} yourself: it may be waiting there.`,
    cancel: 'Cancel',
    addChain: (chain: string, wallet: string) => `Add ${chain} to ${wallet}`,
    empty: 'Nothing in it yet. Send some coins to this address first, a little for the fees too.',
    address: 'your address',
    cave: 'My cave',
    disconnect: 'Disconnect',
    ledger:
      'On a Ledger, open the app of your coin first. Terra uses coin type 330. Try a small amount first and check it on the device’s screen.',
    nonePhone: 'There is no wallet in this browser. Open this page in the browser of your wallet’s app.',
    noneDesktop:
      'There is no wallet in this browser. Install Keplr, Leap, Station or Galaxy Station and reload, or go on with your phone.',
    openIn: (wallet: string) => `Open in ${wallet}`,
    copyHere: 'Or copy this address, open Keplr, Leap or Galaxy Station, and paste it into the app’s browser:',
    scan: 'Scan this with your wallet’s app:',
    pageAddress: 'this page’s address',
    qr: 'QR code of this page’s address',
    promise: 'You sign in your wallet. This page never sees your recovery words and never asks for them.',
    gone: (wallet: string) => `${wallet} is not in this browser any more. Reload the page.`,
    prefix: (prefix: string) => `its address is not of this chain: it should begin with ${prefix}1`,
    trouble: {
      rejected: (wallet: string) => `Declined in ${wallet}. Nothing was signed and nothing was sent.`,
      locked: (wallet: string) => `${wallet} is locked, or has no account yet. Unlock it and try again.`,
      chain: (wallet: string) => `${wallet} doesn’t have this chain yet.`,
      ledger: (wallet: string) =>
        `${wallet} can’t reach your Ledger. Connect it, unlock it, open its app, and try again. Nothing was sent.`,
    },
    other: (wallet: string, words: string) => `${wallet} says: ${words}. Nothing was sent.`,
  },

  send: {
    noEvent: 'The event has not been read yet. Wait a moment.',
    noPrice: 'This server doesn’t say what fees cost, so nothing can be signed here.',
    noWallet: 'Connect a wallet first.',
    wrong: 'The server names another contract than this page was made for. Nothing can be signed.',
    unpinned: 'This page was built without the event’s address, so nothing can be signed here.',
    lost: 'The server can’t be reached. Wait until figures are live again.',
    busy: 'Your last transaction is still under way. One at a time.',
  },

  receipt: {
    contribute: (amount: string, shower: string) => `${amount} to shower ${shower}`,
    crack: (meteors: string) => `Crack ${meteors}`,
    reclaim: (meteors: string) => `Take back ${meteors}`,
    steps: { signed: 'Signed', sent: 'Sent', block: 'In a block', credited: 'Credited' },
    states: {
      signed: 'signed, being sent',
      sent: 'sent, waiting for a block',
      block: 'in a block',
      credited: 'credited',
      failed: 'failed',
      expired: 'expired',
      unsure: 'not found',
    },
    expired: 'It was not in a block in time and never will be. Nothing left your wallet.',
    unsure:
      'It is probably in a block: your account’s next transaction has another number by now. Our nodes can’t look it up. Your place and your balance tell. Don’t just send it again.',
    refused: 'The chain refused it. Nothing left your wallet.',
    failed: 'It was in a block without effect: it cost its fee, the amount stayed with you.',
    failedMeteors: 'It was in a block without effect: it cost its fee, and nothing else changed.',
    details: 'Details',
    hash: 'the transaction’s hash',
    signedAt: (time: string) => `Signed ${time}`,
    inBlock: (height: string) => `In block ${height}`,
    title: 'Your transactions',
  },

  shower: {
    title: 'Shower',
    waiting: 'Looking at the sky …',
    heading: {
      before: (number: string, all: string) => `Shower ${number} of ${all} opens soon`,
      open: (number: string, all: string) => `Shower ${number} of ${all} is falling`,
      between: (number: string, all: string) => `Shower ${number} of ${all} is next`,
      over: (_number: string, all: string) => (all === '1' ? 'The shower is over' : `All ${all} showers are over`),
    },
    until: { opens: 'until it opens', closes: 'until it closes' },
    nextBlock: { opens: 'opens with the next block', closes: 'closes with the next block' },
    estimate: 'an estimate: no new block came',
    days: (days: string, one: boolean) => many(days, one, 'day', 'days'),
    progress: (past: string, all: string) => `${past} of ${all} showers are over`,
    contributors: 'Contributors',
    contributed: 'Contributed',
    minimum: 'Minimum',
    floors: 'Floors and odds',
    floorsNote:
      'The floor is the least amount in a tier now. Odds of an egg go from the tier’s last rank to its first. They follow from the rank and the number of contributors alone, and a better rank is never worse off.',
    emptyTier: (minimum: string) => `empty: enter with ${minimum}`,
    seats: (size: string, one: boolean, eggs: string, oneEgg: boolean) =>
      `${many(size, one, 'meteor', 'meteors')}, ${many(eggs, oneEgg, 'egg', 'eggs')}`,
    range: (worst: string, best: string) => `${worst} to ${best}`,
    mine: 'My place',
    noRank: 'No rank yet',
    nothing: '–',
    noneMine: 'You have nothing in this shower yet.',
    rank: (rank: string) => `Rank ${rank}`,
    of: (contributors: string) => `of ${contributors}`,
    tier: 'Tier',
    amount: 'Contributed',
    odds: 'Odds of an egg',
    exactOdds: 'The exact odds',
    exactOddsNote: 'The fraction that the draw uses if the shower ends as it stands now.',
    toRise: (amount: string, tier: string) => `${amount} more would make it ${tier} now.`,
    states: {
      waiting: 'Your meteor is being made. If it isn’t by the mint deadline, all of your money comes back.',
      minted: 'Your meteor is in your cave.',
      refundable: 'Your money comes back to your wallet. Anyone can trigger it, and it can only go to you.',
      refunded: 'Your money is back in your wallet.',
    },
    toCave: (meteor: string) => `Meteor #${meteor} is in your cave`,
    top: 'Ranking',
    rankColumn: 'Rank',
    contributor: 'Contributor',
    you: 'you',
    noneYet: 'No contributions yet. The first one leads.',
    wholeRanking: (contributors: string) => `The whole ranking of ${contributors}`,
    cancelledTitle: (showers: string) => `Shower ${showers} was cancelled`,
    refundTitle: (showers: string) => `Shower ${showers} is being refunded`,
    refund:
      'Contributions without a meteor go back, each to the wallet it came from. You need to do nothing, and nobody who asks you to “claim” it is from the team.',
    over: {
      title: 'What now?',
      minting: (showers: string) =>
        `Meteors are still being made for shower ${showers}. Yours comes to your wallet by itself.`,
      crack:
        'Crack your meteors in the cave and see whether they hold a dragon egg. Then check the draw: you need to trust nobody.',
      toCave: 'To my cave',
      toFairness: 'Check the draw',
    },
  },

  guide: {
    title: 'How to take part',
    demoTitle: 'Try it: one minute',
    connect: 'Connect a wallet.',
    contribute: 'Contribute to the shower that is open. Your rank decides your meteor’s tier.',
    meteor: 'After the shower, your meteor comes to your wallet by itself.',
    crack: 'Crack it, and find a dragon egg or dust.',
    check: 'Check the draw. You need to trust nobody.',
    done: 'done',
    waiting:
      'The showers are over. The demo waits until you have cracked your meteors. Then let it publish the keys, so that you can check the draw.',
    finish: 'Publish the keys now',
    finishing: 'Keys are being published, and everything is checked …',
    over: 'The keys are published: every draw can be checked now. For another event, start the demo again.',
  },

  contribute: {
    title: 'Contribute',
    titleMore: 'Contribute more',
    beforeTitle: 'Before it opens',
    before:
      'You can’t contribute yet. Connect your wallet now, and try amounts: the rank shown is the one they would have.',
    between: 'The next shower opens in a moment. Try amounts: the rank shown is the one they would have in it.',
    prepare: 'Connect a wallet',
    tryLabel: (unit: string) => `Try an amount in ${unit}`,
    label: (unit: string) => `Amount in ${unit}`,
    ways: 'Amounts to pick',
    least: 'Minimum',
    previewEmpty: 'Type an amount to see the rank, tier and odds it would have now.',
    oddsOf: (percent: string) => `${percent} for an egg`,
    becomes: (total: string) => `Your total in this shower becomes ${total}.`,
    tenNothing: (ten: string) => `${ten} more would change nothing.`,
    tenMore: (ten: string, rank: string, tier: string, odds: string) =>
      `${ten} more: rank ${rank}, ${tier}${odds ? `, ${odds}` : ''}.`,
    unreadable: {
      empty: '',
      zero: 'Type more than zero.',
      unreadable: 'This can’t be read as an amount. Write it like 100 or 12.5.',
      places: 'At most six decimal places.',
      large: 'That is more than there is.',
    },
    below: (least: string) => `At least ${least}, so that your total reaches the minimum.`,
    short: (has: string) => `You have ${has}.`,
    noFee: (fee: string, has: string) => `The fee is at most ${fee}, and you have ${has}.`,
    leaves: (amount: string, fee: string) =>
      `Leaves your wallet: ${amount}, and a fee of at most ${fee}. The whole amount counts.`,
    leavesNothing: 'What leaves your wallet is shown here before you sign.',
    feeUnknown: '… (being asked)',
    lateTitle: (left: string) => `Only ${left} left`,
    late: 'A transaction may come too late now. Then it fails, and costs only its fee: the amount stays with you.',
    paused: 'Contributing is off until the team resumes it. Your place in the ranking stays.',
    connect: 'Connect a wallet to contribute',
    enter: 'Enter an amount',
    give: (amount: string) => `Contribute ${amount}`,
    signing: 'Look at your wallet …',
    note: 'Contributions add up, and you get one meteor for this shower whatever you give. If no meteor comes by the deadline, your money goes back.',
  },
};
