//! Tables of a shower as comma-separated values, written as they are sent.
//!
//! Whoever reads one slowly holds no view, only lists. Those of contributions never do anything but grow, so later views
//! share them; those of a ranking and of meteors change, and `api::tables` bounds how many versions are held.

use std::io::Write as _;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use meteor_messages::shower::ContributionState;
use meteor_rules::{Rank, TokenId};

use super::ranking::Ranked;
use super::shower::tier_until;
use super::{ShowerView, View};
use crate::fold::{Collection, Moment};
use crate::models;

/// Lines in one piece.
const PIECE: usize = 500;
/// Bytes of a line, about.
const LINE: usize = 120;
const HOUR: u64 = 3_600;
/// The last second that has a date of four digits.
const LAST: u64 = 253_402_300_799;

impl ShowerView {
    /// Every contribution in order, with the block that brought it.
    pub fn history(&self) -> impl Iterator<Item = Bytes> + Send + 'static {
        let (given, contributors) = (self.given.clone(), self.ranked.contributors.clone());
        let mut moments = self.moments.clone().into_iter().peekable();
        table("seq,height,time,contributor,amount,total", given.len(), move |at, line| {
            let given = given.get(at)?;
            let contributor = contributors.get(usize::try_from(given.slot).ok()?)?;
            while moments.peek().is_some_and(|moment| index(moment.end) <= at) {
                moments.next();
            }
            let moment = moments.peek()?;
            line.number(given.seq.into()).number(moment.height.into()).time(moment.time);
            line.text(contributor).number(given.amount).number(given.total);
            Some(())
        })
    }

    /// What each hour brought, by the time of its blocks in UTC. Hours that brought nothing are left out.
    pub fn hours(&self) -> impl Iterator<Item = Bytes> + Send + 'static {
        let given = self.given.clone();
        let mut hours: Vec<Moment> = Vec::new();
        for moment in &self.moments {
            let hour = moment.time.saturating_sub(moment.time % HOUR);
            match hours.last_mut() {
                Some(last) if last.time == hour => last.end = moment.end,
                Some(_) | None => hours.push(Moment { time: hour, ..*moment }),
            }
        }
        let (mut from, mut total) = (0usize, 0u128);
        table("hour,contributions,amount,total", hours.len(), move |at, line| {
            let hour = hours.get(at)?;
            let end = index(hour.end).min(given.len());
            let new = given.focus().narrow(from..end).into_iter().map(|given| given.amount);
            let amount = new.fold(0u128, u128::saturating_add);
            total = total.saturating_add(amount);
            let count = u128::try_from(end.saturating_sub(from)).unwrap_or(0);
            line.time(hour.time).number(count).number(amount).number(total);
            from = end;
            Some(())
        })
    }

    /// The whole ranking, best rank first.
    pub fn whole_ranking(&self) -> impl Iterator<Item = Bytes> + Send + 'static {
        let Ranked { standings, contributors, order } = self.ranked.clone();
        let (tiers, life, now) = (self.tiers, self.life, self.now);
        let models::Shower { minted, earlier, .. } = self.summary;
        table("rank,contributor,amount,tier,state,meteor", index(order.len()), move |at, line| {
            let rank = Rank::at(u32::try_from(at).ok()?)?;
            let placed = order.at(rank)?;
            let slot = usize::try_from(placed.slot).ok()?;
            let (standing, contributor) = (standings.get(slot)?, contributors.get(slot)?);
            let has_meteor = rank.0 <= minted;
            let state = life.map(|life| life.contribution(has_meteor, standing.refunded, now));
            line.number(rank.0.into()).text(contributor).number(placed.amount);
            line.text(&tier_until(&tiers, rank).0.to_string()).text(word(state));
            line.optional(TokenId::of(earlier, rank).filter(|_| has_meteor).map(|id| id.0.into()));
            Some(())
        })
    }
}

impl View {
    /// The meteors of a shower, best rank first.
    pub fn meteors(&self, shower: &ShowerView) -> impl Iterator<Item = Bytes> + Send + 'static {
        let (collections, custodies, wallets) =
            (self.collections.clone(), self.custodies.clone(), self.wallets.clone());
        let (models::Shower { minted, earlier, .. }, tiers) = (shower.summary, shower.tiers);
        table(
            "token_id,rank,tier,owner,cracking,found,minted_height,image",
            index(minted),
            move |at, line| {
                let rank = Rank::at(u32::try_from(at).ok()?)?;
                let id = TokenId::of(earlier, rank)?.0;
                let token = collections.of(Collection::Meteors).get(id)?;
                let owner = wallets.get(token.owner).map_or("", |wallet| &wallet.address);
                let cracking = if custodies.get(id).is_some() { "yes" } else { "no" };
                let found = collections.found_in(id).map_or("", Collection::name);
                line.number(id.into()).number(rank.0.into()).text(&tier_until(&tiers, rank).0.to_string());
                line.text(owner).text(cracking).text(found).number(token.height.into()).text(&token.image);
                Some(())
            },
        )
    }

    /// What stands for the content of [`View::meteors`].
    pub fn meteors_tag(&self, shower: &ShowerView) -> Vec<u8> {
        [shower.page.body(), &self.collections.changed().to_be_bytes()[..]].concat()
    }
}

/// What has become of a contribution, as the other answers say it.
const fn word(state: Option<ContributionState>) -> &'static str {
    match state {
        None | Some(ContributionState::Waiting) => "waiting",
        Some(ContributionState::Minted) => "minted",
        Some(ContributionState::Refundable) => "refundable",
        Some(ContributionState::Refunded) => "refunded",
    }
}

/// A header and `count` lines, in pieces. A line that `write` can't give is left out.
fn table(
    header: &'static str,
    count: usize,
    mut write: impl FnMut(usize, &mut Line) -> Option<()> + Send + 'static,
) -> impl Iterator<Item = Bytes> + Send + 'static {
    let pieces = (0..count).step_by(PIECE).map(move |from| {
        let end = from.saturating_add(PIECE).min(count);
        let mut line = Line(Vec::with_capacity(end.saturating_sub(from).saturating_mul(LINE)));
        for at in from..end {
            let start = line.0.len();
            match write(at, &mut line) {
                Some(()) => line.end(),
                None => line.0.truncate(start),
            }
        }
        Bytes::from(line.0)
    });
    std::iter::once(Bytes::from(format!("{header}\n"))).chain(pieces)
}

/// The line that is being written, after those that are.
struct Line(Vec<u8>);

impl Line {
    fn number(&mut self, number: u128) -> &mut Self {
        self.0.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        self.0.push(b',');
        self
    }

    fn optional(&mut self, number: Option<u128>) -> &mut Self {
        match number {
            Some(number) => self.number(number),
            None => self.text(""),
        }
    }

    /// A time in seconds, as spreadsheets read it: `2026-11-26T08:17:13Z`.
    fn time(&mut self, seconds: u64) -> &mut Self {
        let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds.min(LAST)));
        let time = time.unwrap_or(SystemTime::UNIX_EPOCH);
        let _ = write!(self.0, "{},", humantime::format_rfc3339_seconds(time));
        self
    }

    /// A text. What spreadsheets take for a formula is marked as text, and what would end the cell is quoted.
    fn text(&mut self, text: &str) -> &mut Self {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        let quoted = formula || text.contains([',', '"', '\r', '\n']);
        if quoted {
            let mark = if formula { "'" } else { "" };
            let _ = write!(self.0, "\"{mark}{}\",", text.replace('"', "\"\""));
        } else {
            self.0.extend_from_slice(text.as_bytes());
            self.0.push(b',');
        }
        self
    }

    /// Ends it: the last comma becomes the line's end.
    fn end(&mut self) {
        if let Some(last) = self.0.last_mut() {
            *last = b'\n';
        }
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize, write: impl FnMut(usize, &mut Line) -> Option<()> + Send + 'static) -> String {
        let bytes = table("a,b", count, write).collect::<Vec<_>>().concat();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn no_cell_is_a_formula_or_ends_early() {
        let cells = ["terra1x", "=1+1", "+1", "-1", "@x", "\t=1", "a,b", "say \"=1\"", "a\r\nb", "\n=1", ""];
        let table = lines(cells.len(), move |at, line| {
            line.number(7).text(cells[at]);
            Some(())
        });
        let wanted = [
            "terra1x",
            "\"'=1+1\"",
            "\"'+1\"",
            "\"'-1\"",
            "\"'@x\"",
            "\"'\t=1\"",
            "\"a,b\"",
            "\"say \"\"=1\"\"\"",
            "\"a\r\nb\"",
            "\"'\n=1\"",
            "",
        ];
        let wanted = wanted.map(|cell| format!("7,{cell}\n")).concat();
        assert_eq!(table, format!("a,b\n{wanted}"));
    }

    #[test]
    fn pieces_make_one_table_and_a_line_that_fails_leaves_nothing() {
        let table = lines(PIECE * 2 + 1, |at, line| {
            line.number(u128::try_from(at).unwrap());
            (at != PIECE).then_some(())
        });
        let rows: Vec<&str> = table.lines().collect();
        assert_eq!(rows.len(), 1 + PIECE * 2);
        assert_eq!((rows[1], rows[PIECE], rows[PIECE + 1], rows[2 * PIECE]), ("0", "499", "501", "1000"));
        assert!(table.ends_with("\n1000\n"));
    }

    #[test]
    fn times_are_readable_whatever_they_are() {
        let times = [0, 1_764_144_000, 4_102_444_799, u64::MAX];
        let table = lines(times.len(), move |at, line| {
            line.time(times[at]);
            Some(())
        });
        let wanted = "1970-01-01T00:00:00Z 2025-11-26T08:00:00Z 2099-12-31T23:59:59Z 9999-12-31T23:59:59Z";
        assert_eq!(table.lines().skip(1).collect::<Vec<_>>().join(" "), wanted);
    }
}
