//! One shower in full.

use super::sheet::Sheet;
use super::{Cockpit, Shower};
use crate::amounts::{counted, wallets};
use crate::next::{By, DONE, Next, State};
use crate::times::{span, when};

impl Cockpit {
    /// Shower `number` in full, in lines of at most `width` characters; `None` if it isn't known.
    pub(crate) fn full(&self, number: u32, width: usize) -> Option<String> {
        let shower = self.showers.iter().find(|shower| shower.number == number)?;
        let mut sheet = Sheet::titled(width, &format!("shower {number} {}", self.is(shower)));
        let mut line = |head: &str, says: &str| sheet.line(false, head, says);
        let when = |at| when(at, self.now);
        line("event", &self.name());
        line("opens", &when(shower.opens_at));
        line("ends", &when(shower.closes_at));
        let minimum = self.coins(shower.minimum);
        let touched = if shower.paused { "; contributing was paused while it was open" } else { "" };
        let total = self.coins(shower.contributed);
        line(
            "in",
            &format!("{}, {total}, at least {minimum} each{touched}", wallets(shower.contributors.into())),
        );
        line("draw", &self.draw(shower));
        let deadline = when(shower.mint_deadline);
        line("minted", &format!("{} of {}, until {deadline}", shower.minted, shower.contributors));
        let (booked, to_book) = (self.coins(shower.booked), self.coins(shower.to_book));
        let held = self.coins(shower.held_back);
        line(
            "payees",
            &format!("{booked} booked, {to_book} to book, {held} held back until the key is public"),
        );
        let (back, to_send) = (self.coins(shower.sent_back), self.coins(shower.to_send_back));
        line("sent back", &format!("{back}, {to_send} to send back"));
        line("key", &self.key(shower));
        if let Some(worker) = shower.cracked
            && let (Some(since), Some(until)) = (worker.since, worker.until)
        {
            let waits = span(self.now.saturating_sub(since));
            let which = format!("{} to be revealed, the first waits for {waits}", worker.waiting);
            line("cracked", &format!("{which}, until {}", when(until)));
        }
        let hatch = shower.cracked.and_then(super::Worker::next);
        let mut head = "next";
        for next in hatch.iter().chain(&shower.next) {
            line(head, &self.with_end(next));
            head = "then";
        }
        if hatch.is_none() && shower.next.is_empty() {
            line(head, if shower.state.is_some() { DONE } else { "not known" });
        }
        for unknown in &self.unknown {
            line("not known", &format!("{}: {}", unknown.what, unknown.why));
        }
        Some(sheet.text())
    }

    fn with_end(&self, next: &Next) -> String {
        match (next.by, next.or_else) {
            (By::Nobody, _) | (_, None) => self.says(next, when),
            (By::Anyone | By::Operator | By::Owner, Some(or_else)) => {
                format!("{}; {or_else}", self.says(next, when))
            }
        }
    }

    /// Where it stands, in words.
    fn is(&self, shower: &Shower) -> String {
        match shower.state {
            None if shower.minted > 0 => "is minted; whether its key is public is not known".to_owned(),
            None => "is closed; whether it is drawn is not known".to_owned(),
            Some(State::NotBegun) => format!("is not begun, opens at {}", when(shower.opens_at, self.now)),
            Some(State::Open) => format!("is open until {}", when(shower.closes_at, self.now)),
            Some(State::Ended) => "has ended and is not closed".to_owned(),
            Some(State::Closed) => "is closed and not drawn".to_owned(),
            Some(State::Drawn) => "is drawn, and nothing is minted".to_owned(),
            Some(State::Minting) => {
                format!("has {} of {}", shower.minted, counted(shower.contributors, "meteor"))
            }
            Some(State::Minted) => "is minted, and not all of it is settled".to_owned(),
            Some(State::Settled) => "is settled, and its key is not public".to_owned(),
            Some(State::KeyLate) => "is settled, and its key came late or never".to_owned(),
            Some(State::Done) => "is done, and its key is public".to_owned(),
            Some(State::Cancelled) => "is cancelled, and not all of it is sent back".to_owned(),
            Some(State::NotMinted) => "was not minted in time, and not all of it is sent back".to_owned(),
            Some(State::Refunded) if shower.cancelled => {
                "was cancelled, and all of it is sent back".to_owned()
            }
            Some(State::Refunded) => "was not minted in time, and all of it is sent back".to_owned(),
            Some(State::Empty) => "had no contributors".to_owned(),
        }
    }

    fn draw(&self, shower: &Shower) -> String {
        match (&shower.root, shower.round, shower.round_due) {
            (Some(root), _, _) => format!("root {root}"),
            (None, Some(round), Some(due)) => {
                format!("none; the beacon's round {round} decides, due {}", when(due, self.now))
            }
            (None, Some(round), None) => format!("none; the beacon's round {round} decides"),
            (None, None, _) => "none".to_owned(),
        }
    }

    fn key(&self, shower: &Shower) -> String {
        let commitment =
            shower.commitment.as_ref().map(|commitment| format!("committed to as {commitment}, "));
        let public = match shower.key_public {
            Some(true) => "public".to_owned(),
            Some(false) if matches!(shower.state, Some(State::Refunded | State::Empty)) => {
                "not public, and there is nothing to verify".to_owned()
            }
            Some(false) => {
                let from = shower.key_from.map(|from| format!("from {}, ", when(from, self.now)));
                let until = when(shower.key_deadline, self.now);
                format!("not public; to be published {}until {until}", from.unwrap_or_default())
            }
            None => "whether it is public is not known".to_owned(),
        };
        format!("{}{public}", commitment.unwrap_or_default())
    }
}
