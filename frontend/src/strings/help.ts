// What the help page says, with its questions and answers.
import { many } from '.';

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

export const helpText = {
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
      one_node: 'The newest ones come from one of our nodes alone. They are corrected if another node tells otherwise.',
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
};
