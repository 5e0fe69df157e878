//! A segment: consecutive blocks as the chain told them, so that a state can be made again without a node.
//!
//! Every header is kept, because time passes without events too. Of what happened, the events are kept that concern us
//! (`Watched::keep` leaves those), unread: a later version may know kinds that the one that wrote it did not.

use std::borrow::Cow;

use meteor_chain::blocks::{BlockHash, Header, RawBlock, Results};
use meteor_chain::event::{Attribute, RawEvent, TxResult};
use serde::{Deserialize, Serialize};

use super::envelope::{Bound, Damage, Event, FormatError, Kind};
use crate::table::Table;

/// The version of what is written. Change it with every change of the rows here; the test
/// `the_bytes_of_the_schema_of_segments` tells.
pub const SCHEMA: u32 = 1;

const KIND: Kind = Kind { magic: b"meteor-segment\n\0", schema: SCHEMA };

/// Most memory that the blocks of a segment may take, roughly (bytes). Without a limit a few bytes could ask for any
/// amount, by many empty places or many times one text.
const MOST: usize = 1 << 29;

/// What a segment is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The event.
    pub bound: Bound,
    /// Its first height.
    pub from: u64,
    /// Its last height.
    pub to: u64,
}

#[derive(Serialize, Deserialize)]
struct Body<'a> {
    /// What the first header says of the block before it.
    parent: Option<BlockHash>,
    last_results: Option<BlockHash>,
    /// Every text, once. The rows have their places.
    #[serde(borrow)]
    texts: Vec<&'a str>,
    blocks: Vec<BlockRow>,
}

/// A block; its parent and the results before it are those of the row before.
#[derive(Serialize, Deserialize)]
struct BlockRow {
    /// Since the block before; the first block's own.
    nanoseconds: u64,
    hash: BlockHash,
    results: BlockHash,
    txs: u64,
    begin: Events,
    /// Those with events, each after how many without.
    with_events: Vec<(u32, Events)>,
    end: Events,
}

/// Events, each after how many that are not kept.
type Events = Vec<(u32, EventRow)>;

#[derive(Serialize, Deserialize)]
struct EventRow {
    kind: u32,
    attributes: Vec<(u32, u32)>,
}

/// The segment of consecutive blocks, all of which the header after them has confirmed. Call `Watched::keep` on them
/// first: what it empties takes no room.
///
/// # Errors
/// [`FormatError::Unwritable`] if they are none, do not follow each other or are of another chain.
pub fn write(of: &Event<'_>, blocks: &[RawBlock]) -> Result<Vec<u8>, FormatError> {
    let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else {
        return Err(unwritable("it has no blocks"));
    };
    if let Some(fault) = fault(blocks, of.start_height) {
        return Err(unwritable(fault));
    }
    let chain_id = of.chain_id.unwrap_or(&first.header.chain_id);
    if blocks.iter().any(|block| block.header.chain_id != chain_id) {
        return Err(unwritable("a block is of another chain"));
    }
    let mut texts = Table::new();
    let mut time_ns = 0;
    let mut rows = Vec::with_capacity(blocks.len());
    for RawBlock { header, results } in blocks {
        let with_events = results.txs.iter().map(|tx| if tx.code == 0 { tx.events.as_slice() } else { &[] });
        let with_events =
            sparse(with_events, |events| !events.is_empty(), |events| rows_of(events, &mut texts));
        rows.push(BlockRow {
            nanoseconds: header.time_ns.saturating_sub(time_ns),
            hash: header.hash,
            results: results.hash,
            txs: header.txs,
            with_events: with_events?,
            begin: rows_of(&results.begin, &mut texts)?,
            end: rows_of(&results.end, &mut texts)?,
        });
        time_ns = header.time_ns;
    }
    let (parent, last_results) = (first.header.parent, first.header.last_results);
    let body = Body { parent, last_results, texts: texts.list().to_vec(), blocks: rows };
    let body = postcard::to_stdvec(&body).map_err(|error| FormatError::Unwritable(Damage::Body(error)))?;
    let (chain_id, contract) = (chain_id.to_owned(), of.contract.to_owned());
    let bound = Bound { chain_id, contract, start_height: of.start_height };
    let bytes = KIND.seal(&Head { bound, from: first.header.height, to: last.header.height }, &body)?;
    // So that nothing is kept that is too large to be read.
    read(&bytes, of)?;
    Ok(bytes)
}

/// What the segment says it is of. Its hash is not checked: [`read`] does that.
///
/// # Errors
/// [`FormatError`] if it is of another schema, or no segment.
pub fn head(bytes: &[u8]) -> Result<Head, FormatError> {
    KIND.head(bytes).map(|(head, _)| head)
}

/// The blocks in a segment of this event, in order.
///
/// # Errors
/// [`FormatError`] if it is damaged, of another schema or of another event.
pub fn read(bytes: &[u8], of: &Event<'_>) -> Result<Vec<RawBlock>, FormatError> {
    let (head, body) = KIND.open::<Head>(bytes)?;
    head.bound.check(of)?;
    let body: Body<'_> = match postcard::take_from_bytes(body).map_err(Damage::Body)? {
        (body, []) => body,
        (_, _) => return Err(contradiction("something comes after its end")),
    };
    let count = u64::try_from(body.blocks.len()).unwrap_or(u64::MAX);
    if count == 0 || head.from.checked_add(count - 1) != Some(head.to) {
        return Err(contradiction("it has not as many blocks as its head says"));
    }
    let Body { mut parent, mut last_results, .. } = body;
    let mut texts =
        Texts { list: body.texts.into_iter().map(|text| Cow::Owned(text.to_owned())).collect(), left: MOST };
    let mut time_ns = 0u64;
    let mut blocks = Vec::with_capacity(body.blocks.len());
    for (height, row) in (head.from..).zip(body.blocks) {
        time_ns = time_ns.checked_add(row.nanoseconds).ok_or(Damage::Contradiction("a time is too large"))?;
        let (hash, chain_id) = (row.hash, head.bound.chain_id.clone());
        let header =
            Header { height, time_ns, hash, computed: hash, last_results, parent, txs: row.txs, chain_id };
        let txs = texts.list_of(row.with_events, |texts, events| {
            if events.is_empty() {
                return Err(contradiction("a transaction has events and none"));
            }
            Ok(TxResult { code: 0, events: texts.events(events)? })
        })?;
        let (begin, end) = (texts.events(row.begin)?, texts.events(row.end)?);
        blocks.push(RawBlock { header, results: Results { hash: row.results, begin, txs, end } });
        (parent, last_results) = (Some(hash), Some(row.results));
    }
    match fault(&blocks, of.start_height) {
        None => Ok(blocks),
        Some(fault) => Err(contradiction(fault)),
    }
}

/// What is wrong with blocks that should follow each other.
fn fault(blocks: &[RawBlock], start_height: u64) -> Option<&'static str> {
    if blocks.first().is_some_and(|first| first.header.height < start_height.max(1)) {
        return Some("it begins before the event does");
    }
    for RawBlock { header, results } in blocks {
        if header.hash != header.computed {
            return Some("a header's hash is not that of its fields");
        }
        if u64::try_from(results.txs.len()).is_ok_and(|given| given > header.txs) {
            return Some("a block has more transactions than its header says");
        }
    }
    for (one, next) in blocks.iter().zip(blocks.iter().skip(1)) {
        if one.header.height.checked_add(1) != Some(next.header.height) {
            return Some("a block is missing, double or out of order");
        }
        if next.header.parent != Some(one.header.hash) {
            return Some("a block does not follow the one before it");
        }
        if next.header.last_results != Some(one.results.hash) {
            return Some("a block's results are not those that the next header names");
        }
        if next.header.time_ns < one.header.time_ns {
            return Some("a block is older than the one before it");
        }
    }
    None
}

fn contradiction(what: &'static str) -> FormatError {
    FormatError::Damaged(Damage::Contradiction(what))
}

fn unwritable(what: &'static str) -> FormatError {
    FormatError::Unwritable(Damage::Contradiction(what))
}

/// Rows of what is worth one, each after how many that are not.
fn sparse<T: Copy, R>(
    all: impl Iterator<Item = T>,
    worth: impl Fn(T) -> bool,
    mut row: impl FnMut(T) -> Result<R, FormatError>,
) -> Result<Vec<(u32, R)>, FormatError> {
    let mut skipped = 0u32;
    let mut rows = Vec::new();
    for one in all {
        if worth(one) {
            rows.push((skipped, row(one)?));
            skipped = 0;
        } else {
            skipped = skipped.checked_add(1).ok_or_else(|| unwritable("a block is too large"))?;
        }
    }
    Ok(rows)
}

fn rows_of<'a>(events: &'a [RawEvent<'_>], texts: &mut Table<&'a str>) -> Result<Events, FormatError> {
    let kept = |event: &RawEvent<'_>| !event.kind.is_empty() || !event.attributes.is_empty();
    sparse(events.iter(), kept, |event| {
        let attribute = |a: &'a Attribute<'_>| (texts.enter(&a.key), texts.enter(&a.value));
        let attributes = event.attributes.iter().map(attribute).collect();
        Ok(EventRow { kind: texts.enter(&event.kind), attributes })
    })
}

/// The texts of a segment, and how much memory the blocks may still take.
struct Texts {
    list: Vec<Cow<'static, str>>,
    left: usize,
}

impl Texts {
    fn get(&mut self, place: u32) -> Result<Cow<'static, str>, FormatError> {
        let text = usize::try_from(place).ok().and_then(|place| self.list.get(place));
        let text = text.cloned().ok_or_else(|| contradiction("a text is missing"))?;
        self.take(text.len())?;
        Ok(text)
    }

    fn take(&mut self, bytes: usize) -> Result<(), FormatError> {
        self.left = self.left.checked_sub(bytes).ok_or(Damage::Contradiction("it is too large"))?;
        Ok(())
    }

    /// What rows stand for, and in the places that they skip what is empty.
    fn list_of<R, T: Clone + Default>(
        &mut self,
        rows: Vec<(u32, R)>,
        mut of: impl FnMut(&mut Self, R) -> Result<T, FormatError>,
    ) -> Result<Vec<T>, FormatError> {
        let mut list = Vec::new();
        for (skipped, row) in rows {
            let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
            self.take(skipped.saturating_add(1).saturating_mul(size_of::<T>()))?;
            list.resize(list.len().saturating_add(skipped), T::default());
            list.push(of(self, row)?);
        }
        Ok(list)
    }

    fn events(&mut self, rows: Events) -> Result<Vec<RawEvent<'static>>, FormatError> {
        self.list_of(rows, |texts, EventRow { kind, attributes }| {
            let attribute = |(key, value)| Ok(Attribute { key: texts.get(key)?, value: texts.get(value)? });
            let attributes = attributes.into_iter().map(attribute).collect::<Result<_, FormatError>>()?;
            let event = RawEvent { kind: texts.get(kind)?, attributes };
            if event == RawEvent::default() {
                Err(contradiction("an event is kept and empty"))
            } else {
                Ok(event)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use meteor_chain::with_causes;

    use super::*;

    const CONTRACT: &str = "terra1contract";
    const OF: Event<'_> = Event { chain_id: Some("chain"), contract: CONTRACT, start_height: 1 };

    fn sealed(body: &Body<'_>) -> Vec<u8> {
        let bound = Bound { chain_id: "chain".into(), contract: CONTRACT.into(), start_height: 1 };
        KIND.seal(&Head { bound, from: 1, to: 1 }, &postcard::to_stdvec(body).unwrap()).unwrap()
    }

    fn with(texts: Vec<&str>, with_events: Vec<(u32, Events)>) -> Body<'_> {
        let txs = u64::from(u32::MAX);
        let row = BlockRow {
            nanoseconds: 1,
            hash: [1; 32],
            results: [2; 32],
            txs,
            begin: Vec::new(),
            with_events,
            end: Vec::new(),
        };
        Body { parent: None, last_results: None, texts, blocks: vec![row] }
    }

    #[test]
    fn a_few_bytes_cannot_ask_for_much_memory_nor_for_what_is_never_written() {
        let event = || (0, EventRow { kind: 0, attributes: Vec::new() });
        let said = |body: &Body<'_>| with_causes(&read(&sealed(body), &OF).unwrap_err());
        read(&sealed(&with(vec!["wasm-x"], vec![(9, vec![event()])])), &OF).unwrap();
        let far = with(vec!["wasm-x"], vec![(u32::MAX - 1, vec![event()])]);
        assert!(said(&far).contains("too large"));
        let text = "x".repeat(1 << 20);
        assert!(said(&with(vec![""], vec![(0, vec![event()])])).contains("kept and empty"));
        assert!(said(&with(vec![""], vec![(0, Vec::new())])).contains("events and none"));
        let often = with(vec![&text], vec![(0, (0..600).map(|_| event()).collect())]);
        assert!(said(&often).contains("too large"));
    }
}
