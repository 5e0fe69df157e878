// The page at /. It reads the API and follows /v1/events. Text from outside is only ever set as text.
'use strict';
const $ = (id) => document.getElementById(id);
const TIERS = ['legendary', 'ancient', 'rare', 'common'];
const title = (tier) => tier[0].toUpperCase() + tier.slice(1);
const whole = new Intl.NumberFormat('en');
let config = null, showers = null, shown = 0, offset = 0, height = 0, time = 0, stream = null, tops = new Map();

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// Amounts are decimal strings in micro-denom. They can be too large for a number.
function coins(amount, places = 2) {
  if (amount == null) return '–';
  const micro = BigInt(amount), rest = micro % 1000000n ? (micro % 1000000n).toString().padStart(6, '0').slice(0, places) : '';
  return whole.format(micro / 1000000n) + (rest ? '.' + rest : '');
}
// The chain names Terra's stablecoins by their currency (uusd); people write UST.
const unit = () => (config ? (config.denom === 'uusd' ? 'UST' : config.denom.replace(/^u(?=[a-z]{2,5}$)/, '').toUpperCase()) : '');
const short = (address) => address.slice(0, 9) + '…' + address.slice(-5);

async function ask(path) {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail || response.statusText);
  return body;
}

function notice(text) {
  $('notice').hidden = !text;
  $('notice').textContent = text || '';
}

function live(state, text) {
  $('live').dataset.state = state;
  $('live-text').textContent = text;
}

// The shower to show: the open one, else the next to open, else the last.
function choose() {
  if (showers.current) return showers.showers[showers.current - 1];
  return showers.showers.find((s) => s.status === 'upcoming') || showers.showers.at(-1);
}

function tick() {
  if (!showers) return;
  const shower = choose(), now = Date.now() / 1000 + offset;
  // By the chain's time: blocks decide how long a shower is open, not this device's clock.
  const upcoming = shower.status === 'upcoming', open = shower.status === 'open';
  const left = Math.max(0, Math.ceil((upcoming ? shower.opens_at : shower.closes_at) - now));
  const h = Math.floor(left / 3600), m = Math.floor(left / 60) % 60, s = left % 60;
  const two = (n) => String(n).padStart(2, '0');
  const days = Math.floor(h / 24);
  $('clock').textContent = !(upcoming || open) ? '★' : days > 1 ? `${days} days` : (h ? two(h) + ':' : '') + two(m) + ':' + two(s);
  $('clock-label').textContent = upcoming ? 'until it opens' : open ? (left ? 'until it closes' : 'closes with the next block') : 'The showers are over. Thank you for watching.';
}

function hero() {
  const shower = choose(), all = showers.showers;
  const words = { upcoming: 'opens next', open: 'is falling', ended: 'has ended', closed: 'is being minted', minted: 'is minted', refunding: 'is being refunded' };
  $('title').textContent = `Shower ${shower.shower} of ${all.length} ${words[shower.status]}`;
  $('contributors').textContent = whole.format(shower.contributors);
  $('total').textContent = `${coins(shower.total)} ${unit()}`;
  $('minimum').textContent = `${coins(shower.minimum)} ${unit()}`;
  const past = all.filter((s) => !['upcoming', 'open'].includes(s.status)).length;
  $('showers').setAttribute('aria-label', `${past} of ${all.length} showers are over`);
  $('showers').replaceChildren(...all.map((s) => el('span', {
    class: s.status === 'open' ? 'open' : s.status === 'refunding' ? 'bad' : s.status === 'upcoming' ? '' : 'past', title: `Shower ${s.shower}: ${s.status}${s.paused ? ', touched by a pause' : ''}` })));
  $('quote-section').hidden = !['upcoming', 'open'].includes(shower.status);
  notice(config.paused ? 'Contributing is paused. Closing, minting and refunds continue.' : shower.paused ? 'Contributing was paused while this shower was open, which may have decided its ranking.' : '');
  tick();
  return shower.shower;
}

async function floors(number) {
  const page = await ask(`/v1/showers/${number}/floors`);
  $('floors').replaceChildren(...page.tiers.map((t) => el('li', { class: `t-${t.tier}` },
    el('b', {}, title(t.tier)), el('span', { class: 'floor' }, t.floor == null ? 'empty' : `${coins(t.floor)} ${unit()}`),
    el('small', {}, `${whole.format(t.size)} meteor${t.size === 1 ? '' : 's'}, ${whole.format(t.eggs)} egg${t.eggs === 1 ? '' : 's'}`),
    el('small', {}, t.size ? (t.best.percent === t.worst.percent ? `${t.best.percent} % odds` : `${t.worst.percent} to ${t.best.percent} % odds`) : ''))));
}

async function ranking(number) {
  const page = await ask(`/v1/showers/${number}/ranking`), rows = page.ranking.slice(0, 15);
  const before = number === shown ? tops : null;
  tops = new Map(rows.map((r) => [r.contributor, r.amount]));
  $('ranking').replaceChildren(...rows.map((r) => {
    const open = el('button', { type: 'button', title: r.contributor, 'aria-label': `${r.contributor}, ${r.tier}` }, short(r.contributor));
    open.addEventListener('click', () => { $('address').value = r.contributor; wallet(); });
    const fresh = before && before.get(r.contributor) !== r.amount;
    return el('tr', { class: fresh ? 'fresh' : '' }, el('td', {}, String(r.rank)),
      el('td', { class: `t-${r.tier}` }, el('span', { class: 'pip', 'aria-hidden': 'true' }), open), el('td', { class: 'num' }, coins(r.amount)));
  }));
  if (!rows.length) $('ranking').replaceChildren(el('tr', {}, el('td', { colspan: '3', class: 'quiet' }, 'No contributions yet.')));
  $('ranking-more').textContent = page.contributors > rows.length ? `and ${whole.format(page.contributors - rows.length)} more` : '';
}

async function telescope() {
  const page = await ask('/v1/telescope');
  const rows = page.showers.reverse().map((s) => el('tr', {}, el('td', {}, String(s.shower)), el('td', { class: 'num wide' }, whole.format(s.contributors)),
    ...TIERS.map((t) => el('td', { class: `num t-${t}` }, coins(s.floors[t])))));
  $('telescope').replaceChildren(...(rows.length ? rows : [el('tr', {}, el('td', { colspan: '6', class: 'quiet' }, 'No shower is over yet.'))]));
}

const until = (seconds) => new Date(seconds * 1000).toLocaleString();

function token(nft) {
  const shape = { meteors: 'rock', eggs: 'egg', dust: 'dust' }[nft.collection];
  const state = nft.cracking ? `cracking for ${short(nft.cracking.holder)}` : nft.found ? `cracked: ${nft.found === 'eggs' ? 'an egg' : 'dust'}` : nft.burnt ? 'burnt' : short(nft.owner);
  return el('li', { class: `t-${nft.tier}` }, el('span', { class: shape, 'aria-hidden': 'true' }), el('b', {}, nft.name),
    el('small', {}, `Shower ${nft.shower}, rank ${nft.rank}`), el('small', {}, state));
}

function cracking(c) {
  const late = c.reclaim_at <= time;
  return el('li', { class: 't-common' }, el('span', { class: 'rock cracking', 'aria-hidden': 'true' }), el('b', {}, `Meteor #${c.token_id}`),
    el('small', {}, late ? 'Not revealed in time. You can reclaim it.' : 'Cracking. Waiting for its reveal.'),
    el('small', {}, late ? '' : `You can reclaim it from ${until(c.reclaim_at)} on`));
}

async function latest() {
  const page = await ask('/v1/nfts/meteors');
  $('latest').replaceChildren(...page.nfts.slice(0, 8).map(token));
  if (!page.count) $('latest').replaceChildren(el('li', { class: 't-common' }, el('small', {}, 'None minted yet.')));
}

async function quote(event) {
  if (event) event.preventDefault();
  const typed = $('amount').value.trim();
  if (!typed || !$('amount').checkValidity()) return void ($('quote').textContent = typed ? 'Enter a number like 100 or 12.5.' : '');
  const [left, right = ''] = typed.split('.');
  const micro = BigInt(left) * 1000000n + BigInt(right.padEnd(6, '0'));
  try {
    const q = await ask(`/v1/showers/${choose().shower}/quote?amount=${micro}`);
    $('quote').replaceChildren('Rank ', el('strong', {}, whole.format(q.rank)), ` of ${whole.format(q.contributors)}: `,
      el('strong', { class: `t-${q.tier}` }, title(q.tier)), q.odds ? `, ${q.odds.percent} % odds of an egg` : '', q.enough ? ' now.' : `, but the minimum is ${coins(q.minimum)} ${unit()}.`);
  } catch (error) { $('quote').textContent = error.message; }
}

async function wallet(event) {
  if (event) event.preventDefault();
  const address = $('address').value.trim(), box = $('wallet');
  $('cave').replaceChildren();
  $('cave-more').hidden = true;
  if (!address) return box.replaceChildren();
  try {
    const page = await ask(`/v1/wallets/${encodeURIComponent(address)}`);
    const words = { waiting: 'not minted yet', minted: 'minted', refundable: 'can be refunded', refunded: 'refunded' };
    const rows = page.showers.map((s) => el('tr', {}, el('td', {}, String(s.shower)), el('td', { class: `t-${s.tier}` }, title(s.tier)),
      el('td', { class: 'num' }, `${whole.format(s.rank)} / ${whole.format(s.contributors)}`), el('td', { class: 'num' }, coins(s.amount)), el('td', {}, s.meteor ? `meteor #${s.meteor}` : words[s.state])));
    const many = (n, one, more) => (n ? [`${whole.format(n)} ${n === 1 ? one : more}`] : []);
    const things = [...many(page.meteors, 'meteor', 'meteors'), ...many(page.eggs, 'egg', 'eggs'), ...many(page.dust, 'dust', 'dust'), ...many(page.cracking, 'meteor cracking', 'meteors cracking')];
    const inCave = `${things.join(', ') || 'nothing yet'} in the cave`;
    const head = el('tr', {}, ...['Shower', 'Tier', 'Rank', 'Amount', ''].map((t, i) => el('th', { scope: 'col', class: i > 1 && i < 4 ? 'num' : '' }, t)));
    box.replaceChildren(el('p', { class: 'answer' }, rows.length ? `${coins(page.total)} ${unit()} in ${rows.length} shower${rows.length === 1 ? '' : 's'}; ${inCave}.` : page.meteors + page.eggs + page.dust + page.cracking ? `${inCave}.` : 'This wallet has no contribution and no meteor.'));
    if (rows.length) box.append(el('div', { class: 'scroll' }, el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows))));
    await cave(`/v1/caves/${encodeURIComponent(address)}`);
  } catch (error) { box.replaceChildren(el('p', { class: 'answer' }, error.message)); }
}

async function cave(path) {
  const page = await ask(path);
  if (!$('cave').hasChildNodes()) $('cave').append(...page.cracking.map(cracking));
  $('cave').append(...page.nfts.map(token));
  $('cave-more').hidden = !page.next;
  $('cave-more').onclick = () => cave(page.next);
}

// Fetches what changed, one refresh at a time. Those that are asked for meanwhile become one more.
let busy = false, again = null;
async function refresh(what) {
  if (busy) return void (again = { ...again, ...what });
  busy = true;
  try {
    [config, showers] = await Promise.all([ask('/v1/config'), ask('/v1/showers')]);
    $('name').textContent = config.meteors.name;
    document.title = config.meteors.name;
    $('contract').textContent = config.contract;
    document.querySelectorAll('.denom').forEach((node) => { node.textContent = unit(); });
    const number = hero();
    const moved = number !== shown;
    const work = [];
    if (moved || what.showers || what.all) work.push(floors(number), ranking(number));
    if (moved || what.past || what.all) work.push(telescope());
    if (what.meteors || what.all) work.push(latest());
    await Promise.all(work);
    shown = number;
    if (what.showers && $('amount').value) quote();
  } catch (error) { notice(error.message); shown = 0; setTimeout(() => refresh({ all: true }), 3000); }
  busy = false;
  if (again) { const next = again; again = null; refresh(next); }
}

function follow() {
  let minted = 0;
  stream = new EventSource('/v1/events');
  let wish = {}, changed = -1;
  stream.addEventListener('shower', (event) => {
    const data = JSON.parse(event.data);
    wish.showers = true;
    if (data.minted !== minted) { wish.meteors = wish.past = true; minted = data.minted; }
  });
  stream.addEventListener('height', (event) => {
    const data = JSON.parse(event.data);
    height = data.height; time = data.time;
    // It only grows: blocks arrive late, so the largest difference is the most accurate.
    const seen = time - Date.now() / 1000;
    offset = offset && Math.abs(seen - offset) < 30 ? Math.max(offset, seen) : seen;
    live('on', `block ${whole.format(height)}`);
    $('asof').textContent = `State at block ${whole.format(height)}, ${new Date(time * 1000).toLocaleTimeString()}`;
    const edge = showers && (showers.current ? showers.showers[showers.current - 1].closes_at <= time : showers.showers.some((s) => s.status === 'upcoming' && s.opens_at <= time));
    if (changed < 0) wish.all = true;
    if (edge) wish.showers = wish.past = true;
    if (changed !== data.changed_at || edge) { refresh(wish); wish = {}; }
    changed = data.changed_at;
  });
  stream.onerror = () => {
    live('off', 'reconnecting');
    // The browser reconnects by itself, except after a refusal.
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  };
}

$('quote-form').addEventListener('submit', quote);
$('wallet-form').addEventListener('submit', wallet);
setInterval(tick, 250);
refresh({ all: true });
follow();
