//! How many connections there may be: in all, so that descriptors remain for the admin port and the nodes, and of one
//! address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Resource, getrlimit};

use crate::app::UPSTREAM;

/// Descriptors kept for everything but the public port and the nodes: admin port, refusals, store, files.
const RESERVED: usize = 160;
/// Descriptors kept for each node: what is passed on to it at once, and the follower's own.
const RESERVED_FOR_NODE: usize = UPSTREAM + 16;

/// The most connections that the public port takes beside so many nodes: `wanted`, or fewer where the process may not
/// open so many files.
pub(crate) fn connections(wanted: usize, nodes: usize) -> usize {
    let files = getrlimit(Resource::Nofile).current.and_then(|files| usize::try_from(files).ok());
    let Some(files) = files else { return wanted };
    let reserved = RESERVED_FOR_NODE.saturating_mul(nodes).saturating_add(RESERVED);
    let most = files.saturating_sub(reserved).max(files / 4);
    if most < wanted {
        tracing::warn!(
            files,
            most,
            wanted,
            "this process may open too few files for max_connections: raise its limit (ulimit -n, LimitNOFILE)"
        );
    }
    wanted.min(most)
}

/// Counts what is open, in all and for each address. Clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Caps {
    counts: Arc<Mutex<Counts>>,
    most: usize,
    most_of_one: Option<usize>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    each: HashMap<IpAddr, usize>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// There are as many as there may be.
    All,
    /// This address has as many as one may have.
    Address,
}

/// A place among them. Dropping it frees it.
#[derive(Debug)]
pub(crate) struct Place {
    counts: Arc<Mutex<Counts>>,
    of: Option<IpAddr>,
}

impl Caps {
    /// At most `most` in all and `most_of_one` of one address; `None` for no limit of the latter.
    pub(crate) fn new(most: usize, most_of_one: Option<usize>) -> Self {
        Self { counts: Arc::default(), most, most_of_one }
    }

    /// A place for this address, if it is known.
    pub(crate) fn admit(&self, address: Option<IpAddr>) -> Result<Place, Full> {
        let mut counts = lock(&self.counts);
        if counts.all >= self.most {
            return Err(Full::All);
        }
        let of = address.zip(self.most_of_one).map(|(address, most)| (network(address), most));
        if let Some((of, most)) = of {
            let count = counts.each.entry(of).or_default();
            if *count >= most {
                return Err(Full::Address);
            }
            *count = count.saturating_add(1);
        }
        counts.all = counts.all.saturating_add(1);
        Ok(Place { counts: Arc::clone(&self.counts), of: of.map(|(of, _)| of) })
    }

    /// How many places are taken.
    pub(crate) fn taken(&self) -> usize {
        lock(&self.counts).all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        counts.all = counts.all.saturating_sub(1);
        let Some(of) = self.of else { return };
        if let Some(count) = counts.each.get_mut(&of) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.each.remove(&of);
            }
        }
    }
}

/// What counts as one address: an IPv4 address, or the /64 of an IPv6 address, which one subscriber has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

fn lock(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_all_and_by_address() {
        let caps = Caps::new(3, Some(2));
        let of = |text: &str| caps.admit(text.parse().ok());
        let (a, b) = (of("10.0.0.1").unwrap(), of("::ffff:10.0.0.1").unwrap());
        assert_eq!(of("10.0.0.1").unwrap_err(), Full::Address);
        let c = of("10.0.0.2").unwrap();
        assert_eq!(of("10.0.0.3").unwrap_err(), Full::All);
        drop((b, c));
        assert_eq!(caps.taken(), 1);
        // One subscriber has a whole /64.
        let (_d, _e) = (of("2001:db8::1").unwrap(), of("2001:db8::2").unwrap());
        drop(a);
        assert_eq!(of("2001:db8::3").unwrap_err(), Full::Address);
        assert!(of("2001:db8:0:1::1").is_ok());
        assert_eq!(lock(&caps.counts).each.len(), 1, "nothing is kept of who is gone");
    }
}
