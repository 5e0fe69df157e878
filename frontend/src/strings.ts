// Every word the page says, in one place, ready for translation. Texts with values in them are functions.
// Each page has its own section; what several use is at the top.
import type { Tier } from './api/client';

const many = (count: string, is: boolean, one: string, more: string) => `${count} ${is ? one : more}`;

/** What answers of the help page say of this event; empty where it is not known (yet). */
export interface EventFacts {
  contract: string;
  minimum: string;
  tiers: { legendary: string; ancient: string; rare: string } | null;
  mintWindow: string;
  keyWindow: string;
  revealTimeout: string;
  holdback: string;
  tax: string;
  taxCap: string;
}

/** The tax on what contracts send: a part, and the most of one transfer. */
function taxIn(event: EventFacts): string {
  return event.taxCap ? `${event.tax}, at most ${event.taxCap} of each transfer` : event.tax;
}

/** A question with its answer. Empty paragraphs are left out. */
export interface Answer {
  /** For links to it. */
  id: string;
  question: string;
  steps?: string[];
  cases?: string[];
  paragraphs?: (string | null)[];
  code?: string[];
  to?: { path: string; text: string };
}

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
  telescope: {
    title: 'Telescope',
    lead: 'Look back at the showers that are over: what it took to be in each tier.',
    nothingYet: 'Nothing to look back at yet',
    nothingOpen: (number: string, time: string) =>
      `Shower ${number} is falling now. When it is over, ${time}, its floors appear here.`,
    nothingBefore: (time: string) => `The first shower opens ${time}. When it is over, its floors appear here.`,
    nothingKnown: 'When the first shower is over, its floors appear here.',
    over: 'Showers over',
    overOf: (past: string, all: string) => `${past} of ${all}`,
    entries: 'Contributors',
    entriesNote: 'added up over the showers',
    contributed: 'Contributed',

    chart: 'Floors by shower',
    chartNote: (unit: string) => `The least amount in each tier at the end, in ${unit}.`,
    logNote: 'Each line up is many times the one below.',
    chartName: (first: string, last: string) =>
      first === last
        ? `Chart of the floors of shower ${first}. The table below has the same figures.`
        : `Chart of the floors of showers ${first} to ${last}, one line for each tier. The table below has the same figures.`,
    pick: 'Shower to read out',
    picked: (shower: string, floors: string, contributors: string) =>
      `Shower ${shower}: ${floors}; ${contributors} contributors`,
    hint: 'Tap a shower, or use the arrow keys.',
    earlier: 'Earlier shower',
    later: 'Later shower',
    ended: (time: string) => `ended ${time}`,
    nobodyInTier: 'nobody',
    cancelled: 'cancelled',
    detail: (shower: string) => `All about shower ${shower}`,

    table: 'Every shower',
    tableNote: (unit: string) => `Floors, contributors and totals; amounts in ${unit}, exact.`,
    shower: 'Shower',
    showerN: (shower: string) => `Shower ${shower}`,
    contributors: 'Contributors',
    total: 'Total',
    all: (showers: string) => `Show all ${showers} showers`,

    coming: 'Showers to come',
    comingNow: (time: string) => `falling now, until ${time}`,
    comingMinimum: (amount: string) => `minimum ${amount}`,
    comingMore: (count: string, one: boolean, time: string) =>
      `and ${many(count, one, 'more', 'more')}; the last closes ${time}`,
    comingAll: (showers: string) => `Show all ${showers}`,
    comingNone: 'No more showers: this was all of the event.',

    back: 'All showers',
    unknown: (shower: string) => `There is no shower ${shower}`,
    before: (shower: string) => `Shower ${shower}`,
    states: {
      upcoming: (opens: string) => `It opens ${opens}.`,
      open: (closes: string) => `It is falling now, until ${closes}. Ranks and floors still change.`,
      ended: 'It is over, and its ranking is final. The chain is about to close it.',
      closed: 'It is over, and its ranking is final. The draw comes next, then its meteors are made.',
      drawn: 'It is over, and its draw is made. Its meteors come next.',
      minting: 'It is over. Its meteors are being made.',
      minted: 'It is over. Every contributor has a meteor.',
      nobody: 'It is over. Nobody contributed.',
      cancelled: 'It was cancelled. Everything that was contributed goes back, each to the wallet it came from.',
      unminted:
        'Not all of its meteors were made in time. Contributions without a meteor go back, each to the wallet it came from.',
    },
    window: 'Open',
    minimum: 'Minimum',
    minted: 'Meteors minted',
    mintedOf: (minted: string, all: string) => `${minted} of ${all}`,
    mintBy: 'Meteors due by',
    settled: 'Booked for the payees',
    held: 'Held back',
    heldReturned: 'Given back of it',
    refunded: 'Refunded',
    refundedTo: (wallets: string, one: boolean) => many(wallets, one, 'wallet', 'wallets'),
    key: 'Its key',
    keyIs: {
      due: (time: string) => `due by ${time}`,
      published: 'published in time',
      missed: 'not published in time',
    },
    keyNote: {
      due: 'With the key everyone can check the draw. Until then a part of each contribution is held back.',
      published: 'Everyone can check the draw now.',
      missed: 'So what was held back goes back to the contributors.',
    },
    toFairness: 'Check the draw',
    wasPaused: 'Contributing was paused for some time while it was open.',

    tiers: 'Floors and odds',
    tiersNoteOpen: 'As it stands now. Odds of an egg go from the tier’s last rank to its first.',
    tiersNote: 'Odds of an egg go from the tier’s last rank to its first. They are the exact ones of the draw.',
    tiersNoteCancelled: 'It was cancelled, so nothing is drawn. These are the odds it would have had.',
    emptyOpen: 'empty: the first contribution of at least the minimum gets in',
    emptyPast: 'empty',
    unissued: (eggs: string, one: boolean) =>
      `${many(eggs, one, 'egg is', 'eggs are')} not issued: the shower is too small for ${one ? 'it' : 'them'}.`,

    ranking: 'Ranking',
    find: 'Find an address',
    findButton: 'Find',
    findMine: 'Find mine',
    findHint: 'A tap on an address opens its cave.',
    clear: 'Show from the top',
    searching: 'Looking …',
    found: (rank: string, all: string, tier: string, amount: string) =>
      `Rank ${rank} of ${all}, ${tier}, with ${amount}.`,
    notIn: (shower: string) => `This address has nothing in shower ${shower}.`,
    toCave: 'See its cave',
    earlierRanks: 'Show earlier ranks',
    rankingNote: 'Amounts are in rank order. Equal amounts rank by who reached the amount first.',
    rankingNone: 'Nobody is in it yet.',
    csv: 'Download every contribution (CSV)',
    csvNote:
      'In the order of the chain. Its log hash is on the chain, so that anyone can tell whether the file is whole.',
    rest: (left: string) => `${left} more`,
  },
  cave: {
    title: 'Cave',
    mine: 'My cave',
    other: 'A wallet’s cave',
    whose: 'the address of this cave',
    toMine: 'To my cave',
    readOnly: 'You can look at everything here. Only its holder can crack a meteor.',
    door: {
      lead: 'What falls to a wallet is kept in its cave: meteors, and the eggs and dust that were in them.',
      connect: 'Connect a wallet',
      connectNote: 'With your wallet you see your own cave and can crack your meteors.',
      busy: 'Your wallet is connecting …',
    },
    look: {
      title: 'Look into any cave',
      label: 'Address of a wallet',
      button: 'Look',
      example: (prefix: string) => `It begins with ${prefix}1.`,
      wrong: (prefix: string) =>
        `That is no address of this chain. One begins with ${prefix}1 and has 38 or 58 more characters.`,
    },
    counts: { meteors: 'Meteors', eggs: 'Eggs', dust: 'Dust', contributed: 'Contributed' },
    kinds: { all: 'All', meteors: 'Meteors', eggs: 'Eggs', dust: 'Dust' },
    kind: { meteors: 'Meteor', eggs: 'Egg', dust: 'Dust' },
    fresh: 'New',
    freshNote: (count: string, one: boolean) => many(count, one, 'new find', 'new finds'),
    collection: 'Collection',
    filter: {
      kind: 'Kind',
      tier: 'Tier',
      shower: 'Shower',
      allTiers: 'All tiers',
      allShowers: 'All showers',
      showerOption: (shower: string) => `Shower ${shower}`,
      none: 'Nothing in this cave matches.',
      clear: 'Show everything',
    },
    card: {
      id: (id: string) => `#${id}`,
      odds: (percent: string) => `${percent} for an egg`,
      from: (shower: string) => `Shower ${shower}`,
    },
    emptyMine: 'Nothing has fallen here yet',
    emptyMineNote: 'Contribute to a shower, and its meteor comes here by itself.',
    emptyMineWaiting: 'Your meteor is on its way: it comes here by itself once it is minted.',
    emptyOther: 'This cave is empty',
    emptyOtherNote: 'This wallet holds no meteors, eggs or dust of this event.',
    toShower: 'To the shower',
    refused: 'This cave can’t be shown',
    showing: (shown: string, all: string) => `${shown} of ${all} shown`,

    entries: {
      title: 'Contributions',
      none: 'No contributions yet.',
      count: (count: string, one: boolean) => many(count, one, 'contribution', 'contributions'),
      waiting: (count: string, one: boolean) => `${count} ${one ? 'waits for its meteor' : 'wait for their meteors'}`,
      back: (count: string, one: boolean) => `${count} ${one ? 'goes back' : 'go back'}`,
      gone: (count: string) => `${count} went back`,
      standing: (...parts: string[]) => parts.filter((part) => part !== '').join(' · '),
      shower: (shower: string) => `Shower ${shower}`,
      place: (rank: string, contributors: string) => `Rank ${rank} of ${contributors}`,
      odds: (percent: string) => `${percent} for an egg`,
      meteor: (id: string) => `Meteor #${id}`,
    },
    fate: {
      open: 'The shower is open: rank and odds can still change.',
      waiting: (until: string) =>
        `Its meteor is being made. If it isn’t minted by ${until}, the whole contribution goes back.`,
      waitingUnknown: 'Its meteor is being made. If it isn’t minted in time, the whole contribution goes back.',
      minted: 'Minted.',
      lateKey: (part: string) =>
        `Minted. The key of this shower came late, so the ${part} that were held back return to the contributor by themselves.`,
      cancelled: 'The shower was cancelled.',
      late: 'The meteor was not minted in time.',
      refundable: (mine: boolean) =>
        `The whole contribution goes back to ${mine ? 'your wallet' : 'this wallet'} by itself. Anyone can trigger it, and it can go to nobody else. There is nothing to claim.`,
      refunded: (amount: string, mine: boolean) => `${amount} went back to ${mine ? 'your wallet' : 'this wallet'}.`,
      tax: (amount: string) => `The chain’s tax, as it is now, takes ${amount} of it on the way.`,
      taxUnknown: 'If the chain taxes transfers, as Terra Classic does, that came off on the way.',
    },

    token: {
      kind: 'Kind',
      tier: 'Tier',
      rank: 'Rank',
      shower: 'Shower',
      holder: 'Held by',
      odds: 'Odds of an egg',
      exact: (numerator: string, denominator: string) => `exactly ${numerator} in ${denominator}`,
      hidden: (eggs: string, of: string, tier: string, shower: string) =>
        `${eggs} of the ${of} eggs of ${tier} in shower ${shower} are still hidden,`,
      hiddenIn: (meteors: string, one: boolean) =>
        ` in ${many(meteors, one, 'meteor that is not revealed', 'meteors that are not revealed')}.`,
      allFound: (tier: string, shower: string) => `All eggs of ${tier} in shower ${shower} are found.`,
      traits: 'Traits',
      fairness: 'Check its draw',
      crack: 'Crack it',
      cracking: 'It is cracked and waits for its reveal.',
      held: { eggs: 'It was cracked and held an egg.', dust: 'It was cracked and held dust.' },
      gone: 'It was burnt.',
      see: 'See what it held',
      missing: 'There is no such token',
      missingNote: 'Check the address. A token appears here once it is minted.',
      moved: 'It is in another cave now.',
      toCave: 'To that cave',
    },

    choose: {
      start: 'Crack meteors',
      title: 'Choose the meteors to crack',
      all: 'All',
      most: (most: string) => `The first ${most}`,
      none: 'None',
      cancel: 'Cancel',
      chosen: (count: string) => `${count} chosen`,
      limit: (most: string) => `At most ${most} at once.`,
      go: (count: string) => `Crack ${count} …`,
      goNone: 'Crack …',
    },
    crack: {
      title: (count: string, one: boolean) => (one ? 'Crack a meteor' : `Crack ${count} meteors`),
      holds: (one: boolean) =>
        one
          ? 'It holds an egg or dust. The draw decided that before it was minted; when you crack it makes no difference.'
          : 'Each holds an egg or dust. The draw decided that before they were minted; when you crack them makes no difference.',
      odds: 'Odds of an egg',
      meteor: 'Meteor',
      tier: 'Tier',
      exact: 'Exactly',
      final: (one: boolean) =>
        one
          ? 'Once it is revealed, the meteor is gone for ever and what it held is yours.'
          : 'Once they are revealed, the meteors are gone for ever and what they held is yours.',
      timeout: (span: string) =>
        `The hatchery keeps what you crack until it is revealed. If nobody reveals it within ${span}, you take it back as it was.`,
      leaves: (one: boolean, fee: string) =>
        `Leaves your wallet: ${one ? 'the meteor' : 'the meteors'}, to the hatchery, and a fee of at most ${fee}.`,
      button: (count: string, one: boolean) => (one ? 'Crack it' : `Crack ${count} meteors`),
      sure: 'This can’t be undone.',
    },
    sign: {
      feeUnknown: '… (being asked)',
      looking: 'Look at your wallet …',
      ledger: 'Check each meteor’s number on your Ledger’s screen.',
    },
    custody: {
      title: 'Cracking',
      sent: 'On its way to the hatchery.',
      revealed: 'It is revealed.',
      failed: 'It was not cracked.',
      back: 'It is back in your cave.',
      waits: (moment: string) => `Waits for its reveal, until ${moment}. After that you can take it back.`,
      waitsOther: (moment: string) => `Waits for its reveal, until ${moment}. After that its holder can take it back.`,
      late: 'It was not revealed in time. You can take it back as it was.',
      lateOther: 'It was not revealed in time. Its holder can take it back.',
      returning: 'It is on its way back.',
      watch: 'Watch',
      takeBack: (count: string, one: boolean) => (one ? 'Take it back' : `Take back ${count} meteors`),
      ready: (count: string, one: boolean) => (one ? 'A meteor was revealed' : `${count} meteors were revealed`),
      see: (one: boolean) => (one ? 'See what it held' : 'See what they held'),
      more: (count: string) => `The first ${count} are shown.`,
    },
    back: {
      title: (count: string, one: boolean) => (one ? 'Take a meteor back' : `Take back ${count} meteors`),
      text: (one: boolean) =>
        one
          ? 'Nobody revealed it in time. The hatchery gives it back as it was, still closed and with the same odds. You can crack it again.'
          : 'Nobody revealed them in time. The hatchery gives them back as they were, still closed and with the same odds. You can crack them again.',
      leaves: (fee: string) => `Leaves your wallet: a fee of at most ${fee}, and nothing else.`,
      button: (count: string, one: boolean) => (one ? 'Take it back' : `Take back ${count} meteors`),
      done: 'Back in your cave',
    },
    stage: {
      title: 'The reveal',
      of: (number: string, all: string) => `${number} of ${all}`,
      signed: 'Signed. Waiting for a block …',
      hatchery: 'In the hatchery. Waiting for the reveal …',
      goesOn: 'You can close this. It goes on by itself, and you find it in your cave.',
      egg: 'An egg!',
      dust: 'Meteor dust',
      rank: (rank: string, shower: string) => `Rank ${rank} of shower ${shower}`,
      next: 'Next',
      rest: 'Show the rest at once',
      all: 'See them all',
      done: 'To my cave',
      verify: 'Check its draw',
      sum: (eggs: string, oneEgg: boolean, dust: string) => `${many(eggs, oneEgg, 'egg', 'eggs')}, ${dust} dust`,
      failed: 'It was not cracked',
      failedNote: 'Your meteors are where they were, in your cave.',
      back: 'It is back in your cave',
    },
  },
  fairness: {
    title: 'Fairness',
    lead: 'Which meteors hold an egg is drawn by lot. You need not take our word for how. Your browser can draw again, here and now, and compare.',
    back: 'All showers',
    check: 'Check',
    again: 'Check again',
    all: (showers: string, one: boolean) => (one ? 'Check everything' : `Check all ${showers} showers`),
    checkTitle: 'Draw again',
    checkLead:
      'Your browser fetches every list of contributions, draws again, and compares the outcome with what was sealed on the chain. It takes seconds, and some 120 KB for the program that does it.',
    doing: {
      idle: 'Nothing is checked yet.',
      event: 'Reading what the chain fixed for this event …',
      fetching: (shower: string) => `Fetching the contributions and reveals of shower ${shower} …`,
      computing: (shower: string) => `Drawing shower ${shower} again …`,
      showing: 'Comparing …',
    },
    progress: 'How far the check is',
    showersTitle: 'Showers',
    shower: (shower: string) => `Shower ${shower}`,
    wallets: (count: string, one: boolean) => many(count, one, 'wallet', 'wallets'),
    paused: 'paused meanwhile',
    pausedNote:
      'Contributing was paused while this shower was open. Whoever may pause could have decided its ranking that way.',
    stage: {
      open: 'still open',
      closed: 'closed, not drawn yet',
      empty: 'nobody took part',
      cancelled: 'cancelled',
      sealed: 'drawn and sealed',
      published: 'drawn, key published',
    },
    badge: { passed: 'holds', failed: 'wrong', not_checked: 'in part' },
    word: { passed: 'holds', failed: 'wrong', not_checked: 'unchecked', waiting: 'waiting' },
    noShower: (shower: string) => `There is no shower ${shower} in this event.`,
    noMeteor: (meteor: string) => `There is no meteor ${meteor} in this event yet.`,
    find: {
      label: 'Check one meteor, by its number',
      go: 'Check',
      bad: 'Type the meteor’s number, such as 42.',
    },
    checkOf: (shower: string) => `Check ${shower}`,
    verdict: {
      busy: 'Drawing again …',
      wrong: 'Something is wrong',
      wrongText: (shower: string, step: string) =>
        `${shower ? `Shower ${shower}: ` : ''}this does not hold: “${step}”. Or it is not the evidence of this event.`,
      why: 'See why',
      holds: 'Everything holds',
      holdsText: (steps: string) =>
        `Your browser did all ${steps} steps again. Each one came out as the chain recorded it.`,
      play: 'All as it should be',
      playText: (steps: string) =>
        `${steps} steps done again, and each came out as recorded. One stays open on any play chain: its random numbers are home-made, so whoever runs it knew them ahead.`,
      partly: 'Nothing is wrong so far',
      partlyText: (done: string, steps: string) => `${done} of ${steps} steps hold. The others can’t be checked yet.`,
      stage: {
        open: {
          title: 'Nothing to check yet',
          text: 'This shower is not over. What comes out of it can be checked once it is drawn.',
        },
        closed: {
          title: 'Waiting for its number',
          text: 'The shower is over, and its random number is still to come. Nobody knows what the draw will give.',
        },
        empty: {
          title: 'Nothing was drawn',
          text: 'Nobody took part in this shower, so there was nothing to draw.',
        },
        cancelled: {
          title: 'Cancelled',
          text: 'This shower was cancelled before it was drawn. Contributions go back to who sent them.',
        },
        sealed: {
          title: 'Sealed, and fine so far',
          text: (due: string) =>
            `The draw is on the chain and can’t be changed. The key that opens it is due by ${due}. Come back then and draw again.`,
        },
        published: {
          title: 'Nothing is wrong so far',
          text: 'Some steps could not be checked. Open them below to see why.',
        },
      },
      stranger: 'Evidence of another event',
      server: 'The evidence could not be fetched',
      evidence: 'The evidence can’t be read',
      evidenceText: (words: string) => `Nothing can be said of the draw: ${words}.`,
      browser: 'This browser could not check it',
      browserText: (words: string) =>
        `The program did not run here: ${words}. Use a newer browser, or one of the programs below.`,
    },
    steps: {
      title: 'Step by step',
      event: 'The whole event',
      shows: 'What it shows',
      found: { passed: 'What was found', failed: 'Why it fails', not_checked: 'Why not' },
      waiting: 'Not there yet.',
      names: {
        'beacon-rule': 'Random numbers nobody could know ahead',
        catalogue: 'Pictures fixed before the first contribution',
        contributions: 'Contributions complete and in order',
        ranking: 'Ranks follow from the contributions',
        odds: 'A better rank never has worse odds',
        'beacon-round': 'The number was still to come at the close',
        beacon: 'The random number is genuine',
        key: 'The key is the one fixed before',
        tables: 'The tables of traits are those fixed before',
        draw: 'Drawing again gives what was sealed',
        reveals: 'Cracked meteors held what was sealed',
        meteor: 'This meteor follows from the draw',
      },
    },
    meteor: {
      title: (meteor: string) => `Meteor #${meteor}`,
      waiting: 'Looking it up …',
      unknown: 'Not known yet',
      egg: 'It holds an egg',
      dust: 'It holds dust',
      sealed: 'Sealed',
      drawn: 'Your browser drew it again, from the key, the random number and the contributions.',
      revealed: 'So it was shown when it was cracked, and it is proven that this was sealed before.',
      notYet:
        'What it holds is fixed on the chain already. Only the team can see it until it is cracked or the key is out.',
      none: 'Its shower is not drawn yet.',
      cancelled: 'Its shower was cancelled, so it was never made. The contribution goes back.',
      rank: 'Rank',
      tier: 'Tier',
      odds: 'Odds of an egg',
      exact: 'Exactly',
      amount: 'Contributed',
      wallet: 'Wallet',
      cave: 'See this wallet’s cave',
    },
    how: {
      title: 'How a draw is made',
      lead: 'A draw needs three things. While contributions are possible, nobody has all of them.',
      picture: 'Three strands: key, contributions and random number. They meet in the draw.',
      steps: [
        {
          title: 'A key is fixed',
          text: 'The team makes a secret key. Its fingerprint goes on the chain, and with it all pictures and odds.',
          who: 'Known to the team only',
          knows: 'team',
        },
        {
          title: 'Contributions are logged',
          text: 'The contract folds each one into 32 bytes. Leave one out or move it, and they differ.',
          who: 'Known to everybody',
          knows: 'all',
        },
        {
          title: 'A future number decides',
          text: 'At the close the contract names a public random number that does not exist yet.',
          who: 'Known to nobody',
          knows: 'nobody',
        },
        {
          title: 'The draw',
          text: 'Key, log and number together give every egg, and no other result is possible.',
          who: 'Nothing left to choose',
          knows: 'sealed',
        },
        {
          title: 'Everything is sealed',
          text: 'All contents become one tree. Its root is stored on the chain before any meteor exists.',
          who: 'Can’t be changed any more',
          knows: 'sealed',
        },
        {
          title: 'You crack your meteor',
          text: 'Its content is shown with a proof. The contract refuses any that does not lead to the root.',
          who: 'You know yours',
          knows: 'you',
        },
        {
          title: 'The key is published',
          text: 'Now anyone can draw again and compare all of it. Keeping the key back costs the team money.',
          who: 'Known to everybody',
          knows: 'all',
        },
      ],
      strands: { key: 'Key', log: 'Contributions', number: 'Random number' },
    },
    trust: {
      title: 'What you still have to trust',
      points: [
        'The team knows what meteors hold from the draw until they are cracked. Trading on that would be unfair, and nothing here prevents it.',
        'The team may do nothing. A shower that is not drawn is refunded. A meteor that is not revealed in time goes back to its holder. A key that is kept back costs the team what was held back for it.',
        'A false root can be sealed. It stays on the chain for ever, and anyone can prove it false once the key is out.',
        'The makers of the random numbers must not work together in secret. drand is run by many organisations. A play chain’s numbers are its own.',
        'The chain’s clock must not stand still at a close, and whoever may pause contributions must not do so to win. Both leave traces; this page says when a shower was paused.',
        'An admin, if the event has one, may replace the contracts’ code.',
      ],
    },
    sources: {
      title: 'Whose word is this?',
      computed: 'Recomputed by your browser',
      computedText:
        'The list’s hash, ranks and odds, the random number’s signature, the key’s fingerprint, the draw, all proofs. For these nobody is believed.',
      taken: 'Taken from this server',
      takenText:
        'What the chain says (hashes, root, key, times) came through this server, and so did this page. A page in a browser can’t ask the chain itself. Somebody who controls the server could show you an event that is made up and fits together.',
      files: 'Files that came from it',
      none: 'None yet.',
      size: (kilobytes: string) => `${kilobytes} KB`,
      contractTitle: 'Contract and chain',
      pinned: (chain: string) =>
        `The server names the contract and the chain (${chain}) that this page was made for. Compare the address with the one announced.`,
      pinnedWrong: (wanted: string, given: string) =>
        `This page was made for ${wanted}. The evidence is of ${given}. It is not this event’s.`,
      demo: 'A demo: the contract lives on this computer and was made a moment ago.',
      unpinned: (chain: string) =>
        `This page was made without an address. Compare the contract’s with the one announced. Chain: ${chain}.`,
      nodeTitle: 'Ask a node yourself',
      node: 'To leave this server out of it, run this on a computer, with a node of your own choice. It says in its last line whose word was believed.',
      command: 'the command',
      script: 'the second program',
      second: 'A second program, written from the public description and sharing no code with the first:',
      yourNode: 'https://YOUR-NODE',
    },
  },
  help: {
    title: 'Help and status',
    lead: 'How things are right now, answers, and where help is.',
    status: 'How things are',
    overall: {
      good: 'Everything works',
      warn: 'It works, with a limit',
      bad: 'Something is wrong',
      unknown: 'Looking …',
    },
    levels: { good: 'fine', warn: 'take note', bad: 'trouble', unknown: 'not known yet' },
    lines: {
      connection: {
        name: 'This page',
        connecting: 'Connecting to the server …',
        live: 'Connected: changes arrive at once.',
        polling: 'Live changes don’t get through, so this page asks every few seconds.',
        lost: 'The server can’t be reached. You see the last known figures. This page keeps trying.',
      },
      chain: {
        name: 'The chain',
        none: 'No block has been seen yet.',
        fresh: (height: string, ago: string) => `Block ${height}, ${ago} ago.`,
        late: (height: string, ago: string) =>
          `Block ${height}, ${ago} ago: the next one is late. The chain, or our link to it, is slow. Figures and countdown may be off.`,
      },
      nodes: {
        name: 'Our nodes',
        unknown: 'Not known yet.',
        current: 'They are read to the last block.',
        behind: (blocks: string, one: boolean) =>
          `Our server is ${many(blocks, one, 'block', 'blocks')} behind its nodes and is catching up. Figures are older than the chain.`,
      },
      figures: {
        name: 'Figures',
        unknown: 'Not known yet.',
        good: 'They follow the chain.',
        unlaunched: 'The event has not been read from the chain yet.',
        cant_follow:
          'They may be old: our server gets no newer blocks from its nodes now. Wait before you sign anything.',
        catching_up: 'They may be old: our server is catching up with the chain. Wait a moment.',
        one_node:
          'The newest ones come from one of our nodes alone. They are corrected if another node tells otherwise.',
        halted:
          'They have stopped at an earlier block: our server met something on the chain that it does not trust, and stopped rather than guess. What you contributed is safe on the chain. The team has been alerted.',
      },
      alarms: {
        name: 'Oddities',
        unknown: 'Not known yet.',
        none: 'Nothing odd was seen on the chain.',
        some: (count: string, one: boolean) =>
          `${many(count, one, 'time', 'times')} the chain said something of the event that can’t be true. It was passed over. One token or payment may be shown wrongly; ranks and contributions are not affected. The team has been alerted.`,
      },
      contributing: {
        name: 'Contributing',
        unknown: 'Not known yet.',
        on: 'Not paused.',
        paused:
          'Paused by the team. What is in stays where it is. Deadlines stay as they were; minting and refunds go on.',
      },
      clock: {
        name: 'Your clock',
        unknown: 'Not compared yet.',
        good: 'Your device’s clock is right.',
        off: (span: string, ahead: boolean) =>
          `Your device’s clock is ${span} ${ahead ? 'ahead' : 'behind'}. The countdown here goes by the chain, not by your clock.`,
      },
    },

    safe: 'Stay safe',
    words: 'We never ask for your words',
    wordsMore:
      'Nobody from the team asks for your recovery words, a private key or a “validation”, and nobody writes to you first. Whoever does is a thief. You sign in your own wallet only.',
    compare: 'Compare the contract’s address with a second source, such as the team’s own announcement:',
    contractLabel: 'the contract’s address',
    support: 'Where help is',
    supportMore: 'This is the only one. Links in chats and replies are not ours.',
    noSupport: 'No support address is known here. Ask where the team announced the event.',

    sent: 'Never send coins to the contract by hand',
    sentMore:
      'A plain transfer to the contract’s address is no contribution: no rank, no meteor. The chain accepts it all the same. Only the owner of the event can send such coins back, and no rule makes them. Contribute with this page, or execute the contract’s contribute message.',
    sentFind: 'Did it happen? Look up the address that sent',
    sentButton: 'Look up',
    sentNone: 'No coins came from this address by hand.',
    sentCame: (amount: string, time: string) => `${amount} came ${time}.`,
    sentBack: (amount: string, time: string) => `${amount} went back ${time}.`,
    sentAsk: 'Ask for what is missing where help is, and name this address.',
    sentLeft: (coins: string) => `In all, ${coins} that came by hand are still there.`,
    sentNothingLeft: 'Nothing that came by hand is there now.',
    block: (height: string) => `block ${height}`,

    faq: 'Questions',
    link: 'Link to this answer',
    answers: (event: EventFacts): Answer[] => [
      {
        id: 'take-part',
        question: 'How do I take part?',
        steps: [
          'Connect a wallet. It needs the amount you want to contribute, and a little more for fees.',
          `Wait until a shower is open. On the first page, type an amount${event.minimum && ` of at least ${event.minimum}`}. You see the rank, tier and odds it would have now.`,
          'Press “Contribute” and sign in your wallet. Look at the contract’s address, the amount and the fee there.',
          'Wait until it says “credited”. You can add more while the shower is open: your contributions to it add up.',
          'When the shower is over, your meteor comes to your wallet by itself. Crack it in the cave.',
        ],
        to: { path: '/', text: 'To the shower' },
      },
      {
        id: 'wallets',
        question: 'Which wallets work, and how on a phone?',
        paragraphs: [
          'Keplr, Leap, Station and Galaxy Station. On a computer, install one of them as a browser extension and reload this page.',
          'On a phone, open this page in the browser inside your wallet’s app. “Connect a wallet” has links and a QR code for that.',
          'If your wallet doesn’t know this chain yet, this page offers to add it.',
        ],
      },
      {
        id: 'ledger',
        question: 'I use a Ledger. What should I know?',
        paragraphs: [
          'Terra uses coin type 330. If your wallet shows another address than you expect, it was set up with another coin type: your coins are at the other address, not lost.',
          'Unlock the Ledger and open its app first. It signs in the older form (amino); this page chooses that by itself.',
          'Try a small first amount, and compare amount and contract on the device’s screen. You can add to it afterwards.',
        ],
      },
      {
        id: 'ranks',
        question: 'What are ranks and tiers, and what about ties?',
        paragraphs: [
          'In each shower, all contributors are ranked by what they contributed to it in total. Of equal amounts, the one that was reached first ranks higher.',
          event.tiers &&
            `The first ${event.tiers.legendary} are Legendary. Of the rest, ${event.tiers.ancient} are Ancient, ${event.tiers.rare} are Rare, and the others are Common. With fewer people than that, some tiers stay empty.`,
          'Ranks move until the shower ends. The floor of a tier is the least amount in it.',
        ],
        to: { path: '/telescope', text: 'Floors of past showers' },
      },
      {
        id: 'odds',
        question: 'What exactly do the odds mean?',
        paragraphs: [
          'They are the chance that your meteor holds an egg, as an exact fraction: 48/77 means that of 77 equally likely outcomes of the draw, 48 give you an egg. The percentage beside it is that fraction, rounded down.',
          'They follow from your rank and from the number of contributors alone. A better rank is never worse off. Giving more than it takes for a rank doesn’t change its odds.',
          'While the shower is open they move with it. When it ends they are fixed, before anyone can know the draw.',
        ],
      },
      {
        id: 'meteor',
        question: 'When do I get my meteor?',
        paragraphs: [
          'After the shower is closed and its draw is committed on the chain, meteors are made rank by rank and come to the wallets that contributed. You get one for each shower you were in, whatever you gave. You need to do nothing.',
          event.mintWindow &&
            `They are due within ${event.mintWindow} after the shower’s end. If yours isn’t there by then, all of your contribution goes back to you. If the team is away, anyone can make them from the public catalogue.`,
        ],
        to: { path: '/cave', text: 'To the cave' },
      },
      {
        id: 'crack',
        question: 'How do I crack a meteor, and what if nothing happens?',
        paragraphs: [
          'Press “Crack” in the cave. The meteor goes to the hatchery’s keeping. Soon after, what it holds is revealed: the meteor is burnt, and you own an egg or dust of the same number.',
          event.revealTimeout &&
            `If nobody reveals it within ${event.revealTimeout}, you can take the meteor back in the cave, and try again.`,
          'Don’t transfer a meteor to the hatchery by hand: a plain transfer would strand it there.',
        ],
        to: { path: '/cave', text: 'To the cave' },
      },
      {
        id: 'refunds',
        question: 'When do I get money back, how, and who triggers it?',
        cases: [
          'A shower is cancelled: all of your contribution to it goes back. That is possible only until the random number that decides it is due.',
          'Your meteor wasn’t made by the mint deadline: all of your contribution goes back.',
          'You have your meteor, but the shower’s key wasn’t published by its deadline: the part that was held back goes back.',
        ],
        paragraphs: [
          'Anyone can trigger a refund, and the team’s programs do. It can only go to the wallet that contributed. You need to sign nothing, and nobody who asks you to “claim” it is from the team.',
          event.tax
            ? `The chain taxes what contracts send: a refund arrives less ${taxIn(event)}.`
            : 'Where the chain taxes what contracts send, as Terra Classic does, a refund arrives less that tax.',
        ],
      },
      {
        id: 'paused',
        question: 'What does “showers halted” mean?',
        paragraphs: [
          'The team has paused contributing. Money that is in stays where it is, and ranks stay as they are. Deadlines stay as they were. Minting, refunds and taking back go on: nobody can pause those.',
          'A shower that was paused for some time says so in the Telescope, because whoever can pause could have decided its ranking.',
        ],
      },
      {
        id: 'cancelled',
        question: 'What happens when a shower is cancelled?',
        paragraphs: [
          'Only the owner can cancel a shower, and only until the random number that decides its draw is due. So nobody can look at a draw and then call it off.',
          'Everything that was contributed to it goes back, each to the wallet it came from. Other showers go on.',
        ],
      },
      {
        id: 'holdback',
        question: 'What is the part that is held back?',
        paragraphs: [
          `${event.holdback || 'A part'} of each contribution that has its meteor stays in the contract until the key of its shower is published. With the key, everyone can check the draw. It makes hiding the key expensive.`,
          event.keyWindow &&
            `The key is due within ${event.keyWindow} after the shower’s end. If it comes in time, the part goes to the payees. If not, it goes back to the contributors.`,
        ],
      },
      {
        id: 'fees',
        question: 'What does it cost beside the amount?',
        paragraphs: [
          'The chain’s fee for a transaction. This page asks the chain what it will be and shows it before you sign. The whole amount that you contribute counts for your rank.',
          'A transaction that fails still costs its fee; the amount stays with you.',
          event.tax
            ? `The chain’s tax on what contracts send is now ${taxIn(event)}. It comes off refunds.`
            : 'Where the chain taxes what contracts send, that comes off refunds.',
        ],
      },
      {
        id: 'fair',
        question: 'Is the draw fair?',
        paragraphs: [
          'You need to trust nobody for that. The Fairness page explains why in plain words, and your own browser can recompute every draw there.',
        ],
        to: { path: '/fairness', text: 'Check the draw' },
      },
      {
        id: 'late',
        question: 'My transaction came too late. Is my money gone?',
        paragraphs: [
          'No. A contribution names its shower. If that shower is over when the transaction arrives in a block, it fails: the amount stays with you, and only the fee is spent. It never counts for another shower by accident.',
          'A signature that is in no block after a while expires. Until your receipt says what became of it, don’t sign the same again.',
        ],
      },
      {
        id: 'site-down',
        question: 'What if this site is down?',
        paragraphs: [
          'Nothing is lost: money, ranks and meteors are on the chain, not on this server. The last known figures stay on your screen, and the page comes back by itself.',
          'You can contribute without it: execute the shower contract with coins attached, with any wallet or tool that can, and name the open shower in the message. Compare the contract’s address with a second source first.',
          'The published program does the rest without us: “meteor mint” makes meteors, “meteor refund” sends refunds, “meteor verify” checks draws. The page for participants in its documentation, docs/participants.md, says how.',
        ],
        code: event.contract ? [event.contract, '{"contribute": {"shower": 3}}'] : ['{"contribute": {"shower": 3}}'],
      },
    ],

    tech: 'For a support request',
    debug: 'Copy debug info',
    debugDone: 'Copied',
    debugFailed: 'Your browser doesn’t let this page copy. Select the text below.',
    debugNote:
      'What it says is below: browser, times, block and the last errors. No keys, no words, no address of yours.',
    debugShow: 'What is in it',
    release: 'This page',
    releaseIs: (version: string) => `Version ${version}`,
    releaseHash: 'Hash of the page',
    releaseLabel: 'the hash of the page',
    releaseNone: 'Which one it is can’t be said: the server doesn’t name it.',
    releaseBefore: 'Its files and their hashes are listed at',
    releaseAfter:
      'Compare the hash with the one the team announced elsewhere. Anyone can build the page from the published code and get the same one.',
  },
  many,
};
