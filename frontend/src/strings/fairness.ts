// What the fairness page says.
import { many } from '.';

export const fairnessText = {
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
};
