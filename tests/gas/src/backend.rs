//! What the VM asks of its chain. The VM wants to own its chain, cw-multi-test only lends it: so the VM runs
//! in a thread of its own and asks over a channel.

use std::sync::mpsc::{Receiver, Sender, channel};

use cosmwasm_std::Api;
use cosmwasm_std_of_vm as of_vm;
use cosmwasm_vm::{BackendApi, BackendError, BackendResult, GasInfo, Querier, Storage};
use cw_multi_test::MockApiBech32;
use meteor_testkit::wallets::PREFIX;
use of_vm::{Binary, ContractResult, Order, Record, SystemResult};

use crate::meter::MULTIPLIER;

/// What is asked of the chain.
pub(crate) enum Ask {
    /// A value of the contract's storage.
    Get(Vec<u8>),
    /// Write one.
    Set(Vec<u8>, Vec<u8>),
    /// Delete one.
    Remove(Vec<u8>),
    /// The first row within bounds.
    Row {
        /// Where.
        bounds: Bounds,
        /// Length of the row that the iterator leaves; none if it was only just made.
        leaves: Option<usize>,
    },
    /// A query, as JSON.
    Query(Vec<u8>),
    /// The call is over: its answer and the VM gas that it used.
    Done(Result<Vec<u8>, String>, u64),
}

/// Between which keys an iterator goes, and in which direction.
#[derive(Clone)]
pub(crate) struct Bounds {
    /// First key.
    pub(crate) start: Option<Vec<u8>>,
    /// The key after the last.
    pub(crate) end: Option<Vec<u8>>,
    /// From the end to the start.
    pub(crate) descending: bool,
}

/// What the chain says.
pub(crate) enum Answer {
    /// It is done.
    Nothing,
    /// A value.
    Value(Option<Vec<u8>>),
    /// A row.
    Row(Option<Record>),
    /// A query's answer.
    Query(SystemResult<ContractResult<Binary>>),
}

/// The VM's end of the channel.
#[derive(Clone)]
pub(crate) struct Line(Sender<(Ask, Sender<Answer>)>);

impl Line {
    /// A line and its other end.
    pub(crate) fn new() -> (Self, Receiver<(Ask, Sender<Answer>)>) {
        let (asks, asked) = channel();
        (Self(asks), asked)
    }

    /// Asks the chain.
    pub(crate) fn ask(&self, ask: Ask) -> Result<Answer, BackendError> {
        let (answers, answered) = channel();
        self.0.send((ask, answers)).map_err(|_| BackendError::unknown("the chain is gone"))?;
        answered.recv().map_err(|_| BackendError::unknown("the chain is gone"))
    }
}

/// The chain's own meter charges what the chain does: the VM's must not charge it again.
fn free<T>(result: Result<T, BackendError>) -> BackendResult<T> {
    (result, GasInfo::free())
}

fn wrong() -> BackendError {
    BackendError::unknown("the chain says something else than was asked")
}

/// A contract's storage.
pub(crate) struct Store {
    line: Line,
    iterators: Vec<Iterator>,
}

struct Iterator {
    bounds: Bounds,
    row: Option<Record>,
}

impl Iterator {
    /// Moves to the first row of what is left of the bounds.
    fn go(&mut self, line: &Line, leaves: Option<usize>) -> Result<(), BackendError> {
        let Answer::Row(row) = line.ask(Ask::Row { bounds: self.bounds.clone(), leaves })? else {
            return Err(wrong());
        };
        if let Some((key, _)) = &row {
            if self.bounds.descending {
                self.bounds.end = Some(key.clone()); // exclusive
            } else {
                self.bounds.start = Some([key.as_slice(), &[0]].concat()); // the least key after it
            }
        }
        self.row = row;
        Ok(())
    }
}

impl Store {
    /// The storage at the other end of `line`.
    pub(crate) fn at(line: Line) -> Self {
        Self { line, iterators: Vec::new() }
    }
}

impl Storage for Store {
    fn get(&self, key: &[u8]) -> BackendResult<Option<Vec<u8>>> {
        free(match self.line.ask(Ask::Get(key.to_vec())) {
            Ok(Answer::Value(value)) => Ok(value),
            Ok(_) => Err(wrong()),
            Err(error) => Err(error),
        })
    }

    fn scan(&mut self, start: Option<&[u8]>, end: Option<&[u8]>, order: Order) -> BackendResult<u32> {
        let bounds = Bounds {
            start: start.map(<[u8]>::to_vec),
            end: end.map(<[u8]>::to_vec),
            descending: matches!(order, Order::Descending),
        };
        let mut iterator = Iterator { bounds, row: None };
        let went = iterator.go(&self.line, None);
        let id = u32::try_from(self.iterators.len()).unwrap_or(u32::MAX);
        self.iterators.push(iterator);
        free(went.map(|()| id))
    }

    fn next(&mut self, id: u32) -> BackendResult<Option<Record>> {
        let found = usize::try_from(id).ok().and_then(|at| self.iterators.get_mut(at));
        let Some(iterator) = found else { return free(Err(BackendError::iterator_does_not_exist(id))) };
        let Some(row) = iterator.row.take() else { return free(Ok(None)) };
        let went = iterator.go(&self.line, Some(row.0.len() + row.1.len()));
        free(went.map(|()| Some(row)))
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> BackendResult<()> {
        free(self.line.ask(Ask::Set(key.to_vec(), value.to_vec())).map(|_| ()))
    }

    fn remove(&mut self, key: &[u8]) -> BackendResult<()> {
        free(self.line.ask(Ask::Remove(key.to_vec())).map(|_| ()))
    }
}

/// Queries to the chain and other contracts.
pub(crate) struct Queries(pub(crate) Line);

impl Querier for Queries {
    fn query_raw(&self, request: &[u8], _: u64) -> BackendResult<SystemResult<ContractResult<Binary>>> {
        free(match self.0.ask(Ask::Query(request.to_vec())) {
            Ok(Answer::Query(answer)) => Ok(answer),
            Ok(_) => Err(wrong()),
            Err(error) => Err(error),
        })
    }
}

/// Terra's addresses, at the prices of wasmd's x/wasm/keeper/api.go (SDK gas).
#[derive(Clone)]
pub(crate) struct Addresses;

const CANONICALIZE: u64 = 4; // DefaultGasCostCanonicalAddress
const HUMANIZE: u64 = 5; // DefaultGasCostHumanAddress

fn priced<T>(result: cosmwasm_std::StdResult<T>, sdk_gas: u64) -> BackendResult<T> {
    let price = GasInfo::with_externally_used(sdk_gas * MULTIPLIER);
    (result.map_err(|error| BackendError::user_err(error.to_string())), price)
}

fn api() -> MockApiBech32 {
    MockApiBech32::new(PREFIX)
}

impl BackendApi for Addresses {
    fn addr_validate(&self, input: &str) -> BackendResult<()> {
        priced(api().addr_validate(input).map(|_| ()), CANONICALIZE + HUMANIZE)
    }

    fn addr_canonicalize(&self, human: &str) -> BackendResult<Vec<u8>> {
        priced(api().addr_canonicalize(human).map(Into::into), CANONICALIZE)
    }

    fn addr_humanize(&self, canonical: &[u8]) -> BackendResult<String> {
        priced(api().addr_humanize(&canonical.to_vec().into()).map(Into::into), HUMANIZE)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // that is how tests fail
mod tests {
    use super::*;

    /// A chain with two rows; says for which rows an iterator was charged.
    fn chain(asked: Receiver<(Ask, Sender<Answer>)>) -> Vec<Option<usize>> {
        let rows = [(b"a".to_vec(), b"1".to_vec()), (b"b".to_vec(), b"22".to_vec())];
        let mut charged = vec![];
        for (ask, answer) in asked {
            let Ask::Row { bounds: Bounds { start, end, descending }, leaves } = ask else { break };
            charged.push(leaves);
            let within = |key: &Vec<u8>| {
                start.as_ref().is_none_or(|s| s <= key) && end.as_ref().is_none_or(|e| key < e)
            };
            let mut found: Vec<Record> = rows.iter().filter(|(key, _)| within(key)).cloned().collect();
            if descending {
                found.reverse();
            }
            answer.send(Answer::Row(found.into_iter().next())).unwrap();
        }
        charged
    }

    #[test]
    fn an_iterator_goes_over_every_row_once_and_names_the_row_it_leaves() {
        for (order, keys, left) in [
            (Order::Ascending, [b"a", b"b"], [None, Some(2), Some(3)]),
            (Order::Descending, [b"b", b"a"], [None, Some(3), Some(2)]),
        ] {
            let (line, asked) = Line::new();
            let chain = std::thread::spawn(move || chain(asked));
            let mut store = Store::at(line);
            let id = store.scan(None, None, order).0.unwrap();
            for key in keys {
                assert_eq!(store.next(id).0.unwrap().unwrap().0, key);
            }
            assert_eq!(store.next(id).0.unwrap(), None);
            assert!(store.next(id + 1).0.is_err());
            drop(store);
            assert_eq!(chain.join().unwrap(), left);
        }
    }
}
