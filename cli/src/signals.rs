//! Ctrl-C and SIGTERM. A command ends at once while nothing is signed, also at a prompt. While a transaction is under
//! way it says so and waits for it; a second signal ends it now, and the journal has what the next command needs.

use std::process::exit;

use meteor_operator::account::under_way;
use rustix::stdio::stdin;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{self, SignalKind};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::out::{no_bar, tell};

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
}

/// The signals that come from now on.
struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
}

impl Signals {
    /// Listens at once: one that comes before a task first runs must not kill the process.
    fn listen() -> std::io::Result<Self> {
        let interrupt = unix::signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: unix::signal(SignalKind::terminate())? })
    }

    /// The next one.
    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

/// Ends the process when a signal comes: at once, or once the transaction under way is in a block or never will be. The
/// handle's `abort` ends that.
pub(crate) fn end_when_told() -> AbortHandle {
    // A prompt for a passphrase turns the echo off, which must not outlive it.
    let terminal = tcgetattr(stdin()).ok();
    let signals = Signals::listen();
    let waits = tokio::spawn(async move {
        // Without them the system's own way stays: a signal ends the process.
        let Ok(mut signals) = signals else { return };
        let signal = signals.next().await;
        let mut now = under_way();
        let hash = now.borrow().clone();
        if let Some(hash) = hash {
            tell!(
                "transaction {hash} is under way: waiting until it is in a block. A second signal ends now; the next \
                 command of this account finds out what became of it"
            );
            tokio::select! {
                _ = now.wait_for(Option::is_none) => {}
                _ = signals.next() => {}
            }
        }
        end(signal, terminal.as_ref());
    });
    waits.abort_handle()
}

fn end(signal: Signal, terminal: Option<&Termios>) -> ! {
    no_bar();
    if let Some(before) = terminal {
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
    }
    exit(signal.code())
}

/// A token that the first signal cancels, for commands that run until then. A second one ends the process now.
pub(crate) fn stop_when_told() -> CancellationToken {
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    let signals = Signals::listen();
    tokio::spawn(async move {
        let Ok(mut signals) = signals else { return };
        signals.next().await;
        tell!("stopping; once more ends at once");
        cancel.cancel();
        exit(signals.next().await.code());
    });
    stop
}
