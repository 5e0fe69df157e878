//! What `meteor --help` and `meteor --version` show: the commands in the order of an event, on one screen.

/// The commands by what they are for. A test compares it with the commands that there are.
pub(super) const GROUPS: &str = "\
Rehearse     demo, rehearse          an event on this machine; all it may meet
             devnet, beacon          a chain to try things on; its beacon
             contribute, crack       take part from a file of words
Launch       account                 new words, and the addresses they sign for
             art, catalogue          pictures of every meteor; check their list
             keygen, commitments     the event's key; rehearse its recovery
             deploy, serve           to a chain, first --dry-run; page and API
Each shower  status, watch           where each stands; whether all is right
             close, draw             fix who takes part, then what they get
             plan, mint              who gets which meteor; give it to them
             settle, withdraw        book for the payees and send; send again
             hatch, publish-key      reveal what is cracked; let all verify
Emergencies  pause, halt, resume     stop contributions, and the page; go on
             cancel, refund          no meteors; give contributors theirs back
             appoint, return-unasked another role holder; coins sent by mistake
Check        check, verify, snapshot the launch; its draws; what a server keeps
Set up       completions, man        for your shell; manual pages";

/// The version and the commit.
pub(super) const SHORT: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("METEOR_BUILT_FROM"), ")");

/// The version, the commit and the contracts that it checks others against.
pub(super) const LONG: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit ",
    env!("METEOR_BUILT_FROM"),
    "\n\nSHA-256 of the contracts:\n",
    include_str!("../../../artifacts/checksums.txt"),
);

/// How the parts are put together: on a screen of 24 lines, of which the shell wants one.
pub(super) const TEMPLATE: &str = "\
{about}
{usage-heading} {usage}

{before-help}\
meteor COMMAND --help explains one. First: meteor demo. -q says less, -v more.
Exit codes: 0 done, 1 error, 2 usage, 3 partly, 4 nothing to do, 130/143 ended";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;
    use crate::commands::command;

    #[test]
    fn the_help_fits_a_screen_and_has_every_command_once() {
        let cli = command();
        for option in ["-h", "--help"] {
            let help = cli.clone().try_get_matches_from(["meteor", option]).unwrap_err().to_string();
            assert!(help.lines().count() <= 23, "{} lines: {help}", help.lines().count());
            for line in help.lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
        let names = GROUPS.lines().filter_map(|line| line.get(13..36));
        let shown: Vec<&str> = names.flat_map(|names| names.trim().split(", ")).collect();
        let once: BTreeSet<&str> = shown.iter().copied().collect();
        assert_eq!(once.len(), shown.len(), "each once: {shown:?}");
        let there: BTreeSet<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(once, there);
    }
}
