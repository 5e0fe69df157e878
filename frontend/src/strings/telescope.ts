// What the telescope says.
import { many } from '.';

export const telescopeText = {
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
};
