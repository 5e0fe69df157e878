//! Says on standard error what the command waits for, before it looks hung: a node that is silent, a transaction that no
//! block takes.

use std::time::Duration;

use meteor_chain::waits::longest;

use crate::out::tell;

/// What takes this long is said.
const LONG: Duration = Duration::from_secs(3);
/// The longest pause until the same is said again; before, it doubles each time.
const PAUSE: Duration = Duration::from_secs(30);
/// The shortest pause between two that differ: with a slow node, every answer takes long.
const LEAST: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(500);

/// What was said last, and when to say the next.
#[derive(Debug, Default)]
struct Told {
    id: Option<u64>,
    /// How long the same has to last before it is said again.
    again: Duration,
    /// How long ago it was.
    ago: Duration,
}

impl Told {
    /// Whether to say now that wait `id` has lasted so long; `passed` since the last look.
    fn due(&mut self, id: Option<u64>, lasts: Duration, passed: Duration) -> bool {
        self.ago = self.ago.saturating_add(passed);
        let Some(id) = id else { return false };
        let due = match self.id {
            None => true,
            Some(told) if told == id => lasts >= self.again,
            Some(_) => self.ago >= LEAST,
        };
        if due {
            let again = lasts.saturating_add(lasts.min(PAUSE));
            *self = Self { id: Some(id), again, ago: Duration::ZERO };
        }
        due
    }
}

/// From now on says what takes long.
pub(crate) fn tell_of_waits() {
    tokio::spawn(async {
        let mut told = Told::default();
        loop {
            tokio::time::sleep(LOOK).await;
            let waiting = longest(LONG);
            let (id, lasts) = waiting.as_ref().map(|waiting| (waiting.id, waiting.lasts)).unzip();
            if told.due(id, lasts.unwrap_or_default(), LOOK)
                && let Some(waiting) = waiting
            {
                tell!("{waiting}");
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_said_ever_less_and_another_not_at_once() {
        let mut told = Told::default();
        let mut said = Vec::new();
        for second in 3..100 {
            if told.due(Some(1), Duration::from_secs(second), Duration::from_secs(1)) {
                said.push(second);
            }
        }
        assert_eq!(said, [3, 6, 12, 24, 48, 78]);
        assert!(!told.due(None, Duration::ZERO, Duration::ZERO));
        let mut told = Told::default();
        assert!(told.due(Some(1), LONG, LOOK));
        assert!(!told.due(Some(2), LONG, LONG), "soon after the first");
        assert!(told.due(Some(2), LONG, LONG));
    }
}
