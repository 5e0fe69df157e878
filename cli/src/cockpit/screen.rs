//! The whole event on one screen: showers that stand alike share a line.

use std::fmt::Write;

use cosmwasm_std::Uint128;

use super::sheet::Sheet;
use super::{Account, Cockpit, Shower, Worker, numbers};
use crate::amounts::{about, coins, grouped, wallets};
use crate::next::{By, DONE, Job, Next, State};
use crate::times::{from_now, soon, span};

/// A block older than this is said loudly (seconds).
const OLD: u64 = 60;
/// What has to be done within this is marked (seconds): a key's deadline, and any other.
const SOON_KEY: u64 = 24 * 3_600;
const SOON: u64 = 3_600;
/// Lines of payees. An event may have twenty.
const PAYEES: usize = 5;

/// Showers that stand alike: the same state, and the same to do by the same.
struct Group<'a> {
    state: Option<State>,
    job: Option<(Job, By)>,
    showers: Vec<&'a Shower>,
}

impl Cockpit {
    /// All of it, in lines of at most `width` characters.
    pub(crate) fn screen(&self, width: usize) -> String {
        let mut sheet = Sheet::new(width);
        sheet.wrapped("event ", &self.name());
        self.chain(&mut sheet);
        if self.paused == Some(true) {
            sheet.line(true, "paused", "nobody can contribute; next: meteor resume, by owner");
        }
        self.groups(&mut sheet);
        self.cash(&mut sheet);
        self.paid(&mut sheet);
        for account in &self.accounts {
            sheet.line(account.low(), account.role, &account_says(account));
        }
        self.keys(&mut sheet);
        if let Some(worker) = self.worker {
            let next = worker.next();
            sheet.line(next.is_some_and(|next| self.soon(&next)), "worker", &self.worker(worker));
        }
        for unknown in &self.unknown {
            sheet.line(true, "not known", &format!("{}: {}", unknown.what, unknown.why));
        }
        sheet.text()
    }

    /// The event in one line.
    pub(super) fn name(&self) -> String {
        let label = self.label.as_ref().map(|label| format!("\"{label}\" ")).unwrap_or_default();
        let paused = if self.paused == Some(true) { ", PAUSED" } else { "" };
        format!("{label}on {}{paused}, {}", self.chain_id, self.contract)
    }

    fn chain(&self, sheet: &mut Sheet) {
        let Some(block) = self.block else { return };
        let height = grouped(block.height.into());
        let age = span(block.age);
        let says = if block.age > OLD {
            format!(
                "at height {height}, whose block is {age} old: the chain stands still, or the node is behind"
            )
        } else {
            format!("at height {height}, whose block is {age} old")
        };
        sheet.line(block.age > OLD, "chain", &says);
    }

    fn groups(&self, sheet: &mut Sheet) {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for shower in &self.showers {
            let job = shower.next.first().map(|next| (next.job, next.by));
            let same = |group: &&mut Group<'_>| group.state == shower.state && group.job == job;
            match groups.iter_mut().find(same) {
                Some(group) => group.showers.push(shower),
                None => groups.push(Group { state: shower.state, job, showers: vec![shower] }),
            }
        }
        for (at, group) in groups.iter().enumerate() {
            let head = if at == 0 { "showers" } else { "" };
            let which: Vec<u32> = group.showers.iter().map(|shower| shower.number).collect();
            let state = group.state.map_or_else(|| "not known".to_owned(), |state| state.to_string());
            let next = first(group);
            let soon = group.state == Some(State::KeyLate) || next.is_some_and(|(_, next)| self.soon(&next));
            let mut says = format!("{:<8} {state:<10} {}", numbers(&which), self.sums(group));
            if let Some(todo) = self.todo(group) {
                let _ = write!(says, "; {todo}");
            }
            sheet.line(soon, head, &says);
        }
    }

    /// What is to do for a group; `None` if it only waits.
    fn todo(&self, group: &Group<'_>) -> Option<String> {
        Some(match (group.state, first(group)) {
            (None, _) => "what is next is not known".to_owned(),
            (Some(State::Done), None) => format!("{DONE} but meteor hatch"),
            (Some(_), None) => DONE.to_owned(),
            (Some(State::NotBegun | State::Open), Some(_)) => return None,
            (Some(_), Some((shower, next))) => {
                let one_of = group.showers.len() > 1 && (next.from.is_some() || next.until.is_some());
                let of = if one_of { format!(" (shower {shower})") } else { String::new() };
                // Until it can be begun, its end is no news.
                let until = next.until.filter(|_| next.from.is_none());
                format!("next: {}{of}", self.says(&Next { until, ..next }, soon))
            }
        })
    }

    fn worker(&self, worker: Worker) -> String {
        let late = match worker.late {
            0 => String::new(),
            late => format!("; {late} came too late, and their holders take them back"),
        };
        let (Some(since), Some(until)) = (worker.since, worker.until) else {
            return format!("no cracked meteor waits to be revealed{late}");
        };
        let which = match worker.waiting {
            1 => "1 cracked meteor waits to be revealed,".to_owned(),
            many => {
                let least = if worker.more { "at least " } else { "" };
                format!("{least}{} cracked meteors wait to be revealed, the first", grouped(many.into()))
            }
        };
        let waits = span(self.now.saturating_sub(since));
        let until = soon(until, self.now);
        format!("{which} for {waits}; meteor hatch has until {until}{late}")
    }

    /// What is next, by whom, from when and until when.
    pub(super) fn says(&self, next: &Next, when: fn(u64, u64) -> String) -> String {
        let mut text = next.job.to_string();
        match next.by {
            By::Nobody => {
                let until = next.until.map(|until| format!(", {}", when(until, self.now)));
                text.push_str(&until.unwrap_or_default());
                return text;
            }
            By::Anyone | By::Operator | By::Owner => {
                let _ = write!(text, ", by {}", next.by);
            }
        }
        if let Some(from) = next.from {
            let _ = write!(text, ", from {}", when(from, self.now));
        }
        match next.until {
            Some(until) => {
                let _ = write!(text, ", until {}", when(until, self.now));
            }
            None if next.job == Job::PublishKey && next.from.is_none() => text.push_str(", late as it is"),
            None => {}
        }
        text
    }

    /// Whether it is to be done soon, or time is almost over.
    fn soon(&self, next: &Next) -> bool {
        let short = if next.job == Job::PublishKey { SOON_KEY } else { SOON };
        let open = next.from.is_none_or(|from| from <= self.now);
        let late = next.job == Job::PublishKey && next.until.is_none();
        let near = next.until.is_some_and(|until| until.saturating_sub(self.now) < short);
        next.by != By::Nobody && open && (near || late)
    }

    pub(super) fn coins(&self, amount: Uint128) -> String {
        coins(amount.u128(), self.denom.as_deref().unwrap_or("of the event's denom"))
    }

    fn sums(&self, group: &Group<'_>) -> String {
        let count = |of: fn(&Shower) -> u32| {
            group.showers.iter().map(|shower| u128::from(of(shower))).fold(0, u128::saturating_add)
        };
        let sum = |of: fn(&Shower) -> Uint128| {
            let sum =
                group.showers.iter().map(|shower| of(shower)).fold(Uint128::zero(), Uint128::saturating_add);
            self.coins(sum)
        };
        let (all, total) = (count(|shower| shower.contributors), sum(|shower| shower.contributed));
        let in_all = format!("{}, {total}", wallets(all));
        match group.state {
            Some(State::NotBegun) => match group.showers.as_slice() {
                [] => String::new(),
                [one] => format!("opens {}", soon(one.opens_at, self.now)),
                [first, .., last] => format!(
                    "{} opens {}; {} ends {}",
                    first.number,
                    soon(first.opens_at, self.now),
                    last.number,
                    soon(last.closes_at, self.now)
                ),
            },
            Some(State::Open) => {
                let ends = group.showers.iter().map(|shower| soon(shower.closes_at, self.now)).next();
                format!("{in_all}; until {}", ends.unwrap_or_default())
            }
            Some(State::Ended | State::Closed | State::Done) | None => in_all,
            Some(State::Drawn | State::Minting) => {
                let minted = grouped(count(|shower| shower.minted));
                format!("{minted} of {} minted, {total}", grouped(all))
            }
            Some(State::Minted) => format!("{in_all}, {} to book", sum(|shower| shower.to_book)),
            Some(State::Settled) => format!("{total}, {} held back", sum(|shower| shower.held_back)),
            Some(State::KeyLate | State::Cancelled | State::NotMinted) => {
                format!("{in_all}, {} to send back", sum(|shower| shower.to_send_back))
            }
            Some(State::Refunded) => format!("{} sent back", sum(|shower| shower.sent_back)),
            Some(State::Empty) => "nobody contributed".to_owned(),
        }
    }

    fn cash(&self, sheet: &mut Sheet) {
        let Some(money) = &self.money else { return };
        let mut parts = vec![format!("{} in", self.coins(money.contributed))];
        let mut part = |amount: Uint128, what: &str| {
            if !amount.is_zero() {
                parts.push(format!("{} {what}", self.coins(amount)));
            }
        };
        part(money.to_book, "to book");
        part(money.booked, "booked");
        part(money.owed.unwrap_or_default(), "owed");
        part(money.paid.unwrap_or_default(), "paid");
        part(money.held_back, "held back");
        part(money.to_send_back, "to send back");
        part(money.sent_back, "sent back");
        sheet.line(false, "money", &parts.join(", "));
    }

    fn paid(&self, sheet: &mut Sheet) {
        let (owed, done): (Vec<_>, Vec<_>) = self.payees.iter().partition(|payee| !payee.owed.is_zero());
        let mut head = "payees";
        for payee in owed.iter().take(PAYEES) {
            let share = format!("{}.{:02} %", payee.share_bp / 100, payee.share_bp % 100);
            let (owed, paid) = (self.coins(payee.owed), self.coins(payee.paid));
            let next = "next: meteor withdraw, by anyone";
            sheet.line(false, head, &format!("{} {share}, paid {paid}, owed {owed}; {next}", payee.address));
            head = "";
        }
        if let Some(more) = owed.len().checked_sub(PAYEES).filter(|more| *more > 0) {
            sheet.line(
                false,
                head,
                &format!("{more} others are owed something; meteor status --json has all"),
            );
        }
        if !done.is_empty() {
            let paid = done.iter().map(|payee| payee.paid).fold(Uint128::zero(), Uint128::saturating_add);
            let (were, are) = if done.len() == 1 { ("was", "is") } else { ("were", "are") };
            let paid =
                if paid.is_zero() { String::new() } else { format!("{were} paid {} and ", self.coins(paid)) };
            let others = match (owed.is_empty(), done.len()) {
                (true, _) => "",
                (false, 1) => " other",
                (false, _) => " others",
            };
            sheet.line(false, head, &format!("{}{others} {paid}{are} owed nothing", done.len()));
        }
    }

    fn keys(&self, sheet: &mut Sheet) {
        let of = |wanted: &dyn Fn(&Shower) -> bool| {
            let some: Vec<u32> =
                self.showers.iter().filter(|shower| wanted(shower)).map(|shower| shower.number).collect();
            some
        };
        let committed = of(&|shower| shower.commitment.is_some());
        if committed.is_empty() {
            return;
        }
        let public = of(&|shower| shower.key_public == Some(true));
        let wanted = |shower: &Shower| shower.next.iter().find(|next| next.job == Job::PublishKey).copied();
        let late = of(&|shower| wanted(shower).is_some_and(|next| next.until.is_none()));
        let due =
            of(&|shower| wanted(shower).is_some_and(|next| next.until.is_some() && next.from.is_none()));
        let mut parts = vec![format!("{} committed to", committed.len()), format!("{} public", public.len())];
        if !due.is_empty() {
            let until = self.showers.iter().filter_map(wanted).filter(|next| next.from.is_none());
            let until = until.filter_map(|next| next.until).min();
            let until = until.map(|until| format!(" until {}", soon(until, self.now)));
            parts.push(format!("due now: {}{}", numbers(&due), until.unwrap_or_default()));
        }
        if !late.is_empty() {
            parts.push(format!("LATE: {}", numbers(&late)));
        }
        let first = self.showers.iter().filter_map(wanted).filter_map(|next| next.from).min();
        if let Some(first) = first {
            parts.push(format!("the next can be published {}", from_now(first, self.now)));
        }
        sheet.line(!late.is_empty(), "keys", &parts.join(", "));
    }
}

/// What is next for a group, of its shower that has the least time.
fn first(group: &Group<'_>) -> Option<(u32, Next)> {
    let next = group.showers.iter().filter_map(|shower| Some((shower.number, *shower.next.first()?)));
    next.min_by_key(|(shower, next)| (next.from.or(next.until), next.until, *shower))
}

/// What an account has and needs.
fn account_says(account: &Account) -> String {
    let Some(address) = &account.address else { return "renounced".to_owned() };
    let needs = about(account.needs.u128(), &account.denom);
    let has = account.balance.map_or_else(
        || "what it has is not known".to_owned(),
        |balance| format!("has {}", coins(balance.u128(), &account.denom)),
    );
    let low = if account.low() { ", TOO LITTLE" } else { "" };
    format!("{address} {has}{low}; needs about {needs}")
}
