//! The whole event on one screen: showers that stand alike share a line.

use std::fmt::Write;

use cosmwasm_std::Uint128;

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
/// The longest line (characters).
const WIDTH: usize = 100;
/// What a line that goes on begins with: more than the place of a head.
const INDENT: &str = "              ";

/// Showers that stand alike: the same state, and the same to do by the same.
struct Group<'a> {
    state: Option<State>,
    job: Option<(Job, By)>,
    showers: Vec<&'a Shower>,
}

impl Cockpit {
    /// All of it, for a terminal.
    pub(crate) fn screen(&self) -> String {
        let mut text = String::new();
        wrapped(&mut text, "event ", &self.name());
        self.chain(&mut text);
        if self.paused == Some(true) {
            line(&mut text, true, "paused", "nobody can contribute; next: meteor resume, by owner");
        }
        self.groups(&mut text);
        self.cash(&mut text);
        self.paid(&mut text);
        for account in &self.accounts {
            line(&mut text, account.low(), account.role, &account_says(account));
        }
        self.keys(&mut text);
        if let Some(worker) = self.worker {
            let next = worker.next();
            line(&mut text, next.is_some_and(|next| self.soon(&next)), "worker", &self.worker(worker));
        }
        for unknown in &self.unknown {
            line(&mut text, true, "not known", &format!("{}: {}", unknown.what, unknown.why));
        }
        text
    }

    /// The event in one line.
    pub(super) fn name(&self) -> String {
        let label = self.label.as_ref().map(|label| format!("\"{label}\", ")).unwrap_or_default();
        let paused = if self.paused == Some(true) { ", PAUSED" } else { "" };
        format!("{label}{} on {}{paused}", self.contract, self.chain_id)
    }

    fn chain(&self, text: &mut String) {
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
        line(text, block.age > OLD, "chain", &says);
    }

    fn groups(&self, text: &mut String) {
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
            line(text, soon, head, &says);
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

    fn cash(&self, text: &mut String) {
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
        line(text, false, "money", &parts.join(", "));
    }

    fn paid(&self, text: &mut String) {
        let mut payees: Vec<_> = self.payees.iter().collect();
        payees.sort_by_key(|payee| payee.owed.is_zero());
        for (at, payee) in payees.iter().take(PAYEES).enumerate() {
            let head = if at == 0 { "payees" } else { "" };
            let owed = if payee.owed.is_zero() {
                "owed nothing".to_owned()
            } else {
                format!("owed {}; next: meteor withdraw, by anyone", self.coins(payee.owed))
            };
            let share = format!("{}.{:02} %", payee.share_bp / 100, payee.share_bp % 100);
            let paid = self.coins(payee.paid);
            line(text, false, head, &format!("{} {share}, paid {paid}, {owed}", payee.address));
        }
        if let Some(more) = payees.len().checked_sub(PAYEES).filter(|more| *more > 0) {
            line(text, false, "", &format!("and {more} others: meteor status --json has all"));
        }
    }

    fn keys(&self, text: &mut String) {
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
        line(text, !late.is_empty(), "keys", &parts.join(", "));
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

/// A line with its mark and its head.
fn line(text: &mut String, mark: bool, head: &str, says: &str) {
    let mark = if mark { '!' } else { ' ' };
    wrapped(text, &format!("{mark} {head:<9} "), says);
}

/// What follows `head`, in lines that a terminal shows whole. Those after the first are indented.
pub(super) fn wrapped(text: &mut String, head: &str, says: &str) {
    let mut head = head;
    for line in pieces(says, WIDTH.saturating_sub(INDENT.len()), &["; ", ", ", " "]) {
        let _ = writeln!(text, "{head}{}", line.trim_end());
        head = INDENT;
    }
}

/// `says` in pieces of at most `width` characters: broken at the first of `breaks` where that does, else at the next.
fn pieces(says: &str, width: usize, breaks: &[&str]) -> Vec<String> {
    let fits = |text: &str| text.trim_end().chars().count() <= width;
    let Some((at, finer)) = breaks.split_first().filter(|_| !fits(says)) else {
        return vec![says.to_owned()];
    };
    let mut lines: Vec<String> = Vec::new();
    for piece in says.split_inclusive(at) {
        match lines.last_mut() {
            Some(line) if fits(&format!("{line}{piece}")) => line.push_str(piece),
            Some(_) | None => lines.extend(pieces(piece, width, finer)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_broken_where_a_reader_pauses() {
        let break_at = |width, says| pieces(says, width, &["; ", ", ", " "]);
        assert_eq!(break_at(11, "one, two; 3"), ["one, two; 3"]);
        assert_eq!(break_at(10, "one, two; 3"), ["one, two; ", "3"]);
        assert_eq!(break_at(8, "one, two; 3, four"), ["one, ", "two; ", "3, four"]);
        assert_eq!(break_at(5, "one two; 3"), ["one ", "two; ", "3"]);
        assert_eq!(break_at(2, "word"), ["word"]);
        let mut text = String::new();
        line(&mut text, true, "chain", &format!("{}; next: wait", "x".repeat(80)));
        assert_eq!(text, format!("! chain     {};\n              next: wait\n", "x".repeat(80)));
    }
}
