//! How the demo can be changed, and the times that follow from it.

use std::net::SocketAddr;

use meteor_rules::preset::Preset;

use super::Where;

/// Seconds for minting, and for revealing, where the chain's time passes when the demo says so, and where it is
/// waited for.
const LONG: u64 = 3_600;
const SHORT: u64 = 90;
/// Seconds in which the keys of all showers can be published in time, after the crack window of the last.
const FOR_KEYS: u64 = 30;

/// How the demo can be changed.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// How many showers [default: 6; with --exit 4]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub showers: Option<u32>,
    /// Wallets that take part; most join each shower
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub wallets: u32,
    /// Length of a shower in seconds [default: 30; with --exit 20]
    #[arg(long, value_parser = clap::value_parser!(u64).range(3..=86_400))]
    pub seconds: Option<u64>,
    /// Most contributions of a wallet in a shower; in a demo of one shower every wallet makes this many
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub contributions: u32,
    /// The same seed makes the same wallets, amounts and moments
    #[arg(long, default_value_t = 2021)]
    pub seed: u64,
    /// Where page and API are served; if the port is in use, another one is chosen
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Whose tiers, eggs and names: demo, levana-2021, or the path of a preset file
    #[arg(long, default_value = "demo")]
    pub preset: String,
    /// Expect nobody: stop when the event is over and checked. Otherwise the demo waits for visitors to crack what
    /// they got, and serves the event until Ctrl-C
    #[arg(long)]
    pub exit: bool,
    /// Which chain.
    #[command(flatten)]
    pub at: Where,
}

impl Options {
    /// How many showers: with people there, time to look around and come back.
    pub(super) fn showers(&self) -> u32 {
        self.showers.unwrap_or(if self.exit { 4 } else { 6 })
    }

    /// How long a shower is (seconds).
    fn seconds(&self) -> u64 {
        self.seconds.unwrap_or(if self.exit { 20 } else { 30 })
    }

    /// Gives a preset the demo's schedule and windows; `moves_time` says whether the demo itself moves the chain's
    /// time on.
    pub(super) fn fit(&self, preset: &mut Preset, moves_time: bool) {
        let (showers, seconds) = (self.showers(), self.seconds());
        preset.schedule.first = seconds;
        preset.schedule.interval = seconds;
        preset.schedule.count = showers;
        // Nobody should have to wait for keys longer than the rules want.
        // A rehearsal mints the first shower after the second, which must fit into it, too.
        let window = if moves_time { LONG } else { SHORT.max(seconds.saturating_mul(2)) };
        preset.mint_window = window;
        preset.crack.reveal_timeout = window;
        preset.crack.crack_window = window.saturating_mul(2);
        let event = seconds.saturating_mul(showers.into());
        preset.crack.key_window = preset.crack.crack_window.saturating_add(event).saturating_add(FOR_KEYS);
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        options: Options,
    }

    fn times(flags: &[&str]) -> (u32, u64) {
        let options = Cli::parse_from([&["demo"], flags].concat()).options;
        (options.showers(), options.seconds())
    }

    #[test]
    fn people_get_more_time_unless_it_is_said_how_much() {
        assert_eq!(times(&[]), (6, 30));
        assert_eq!(times(&["--exit"]), (4, 20));
        assert_eq!(times(&["--showers", "2"]), (2, 30));
        assert_eq!(times(&["--exit", "--seconds", "7"]), (4, 7));
    }
}
