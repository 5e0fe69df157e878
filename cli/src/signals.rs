//! Ctrl-C and SIGTERM. A command ends at once while nothing is signed, also at a prompt. While a transaction is under
//! way it says so and waits for it; a second signal ends it now, and the journal has what the next command needs.

use std::process::exit;

use meteor_operator::account::under_way;
use rustix::stdio::stdin;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::out::tell;

/// A signal that asks a program to end.
#[derive(Clone, Copy, Debug)]
enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// What `kill`, systemd and container engines send.
    Terminate,
}

impl Signal {
    /// The exit code of a program that it ended, as shells count.
    const fn code(self) -> i32 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }

    /// The next one.
    async fn next() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(tokio::select! {
            _ = interrupt.recv() => Self::Interrupt,
            _ = terminate.recv() => Self::Terminate,
        })
    }
}

/// Ends the process when a signal comes: at once, or once the transaction under way is in a block or never will be. The
/// handle's `abort` ends that.
pub(crate) fn end_when_told() -> AbortHandle {
    // A prompt for a passphrase turns the echo off, which must not outlive it.
    let terminal = tcgetattr(stdin()).ok();
    let waits = tokio::spawn(async move {
        let Ok(signal) = Signal::next().await else { return };
        let mut now = under_way();
        let hash = now.borrow().clone();
        if let Some(hash) = hash {
            tell!(
                "transaction {hash} is under way: waiting until it is in a block. A second signal ends now; the next \
                 command of this account finds out what became of it"
            );
            tokio::select! {
                _ = now.wait_for(Option::is_none) => {}
                _ = Signal::next() => {}
            }
        }
        end(signal, terminal.as_ref());
    });
    waits.abort_handle()
}

fn end(signal: Signal, terminal: Option<&Termios>) -> ! {
    if let Some(before) = terminal {
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
    }
    exit(signal.code())
}

/// A token that the first signal cancels, for commands that run until then. A second one ends the process now.
pub(crate) fn stop_when_told() -> CancellationToken {
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    tokio::spawn(async move {
        if Signal::next().await.is_ok() {
            tell!("stopping; once more ends at once");
            cancel.cancel();
            if let Ok(again) = Signal::next().await {
                exit(again.code());
            }
        }
    });
    stop
}
