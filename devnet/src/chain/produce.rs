//! Makes blocks: runs what waits, seals the header, keeps the state of recent heights.
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use cosmrs::tendermint::chain;
use cosmwasm_std::{BlockInfo, Coin, Timestamp};
use tokio::sync::broadcast;

use super::block::{self, Block, BlockTx, Parent, Validator};
use super::blocks::SharedBlocks;
use super::clock::Ticker;
use super::mempool::{Mempool, Pending};
use super::snapshot::Snapshot;
use crate::app::execute::{App, Done};
use crate::app::keys::Key;
use crate::app::sign::Verdict;
use crate::app::store::Store;
use crate::app::tx::Tx;
use crate::app::{auth, ledger};
use crate::error::{AppError, DevnetError};

/// Why a transaction did not get into the mempool at all: an error of the RPC, not of the application.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MempoolError {
    #[error("tx already exists in cache")]
    Known,
    #[error("mempool is full: number of txs {txs} (max: {max}), total txs bytes {bytes} (max: 1073741824)")]
    Full { txs: usize, max: usize, bytes: usize },
}

/// What the chain knows of a signer: the number of its account, and its key once it has signed.
#[derive(Default)]
pub(crate) struct KnownSigner {
    pub(crate) number: u64,
    pub(crate) key: Option<Key>,
}

/// State and header of a height that queries can still ask for.
pub(crate) struct Past {
    pub(crate) block: BlockInfo,
    pub(crate) store: Store,
}

/// A call that the chain itself makes in a block, as governance, cron and callbacks do.
pub(crate) struct BlockCall {
    /// Who calls; `None` is the module `gov`.
    pub(crate) sender: Option<String>,
    pub(crate) contract: String,
    /// JSON.
    pub(crate) msg: Vec<u8>,
    pub(crate) funds: Vec<Coin>,
}

pub(crate) struct Chain {
    pub(crate) app: App,
    pub(crate) id: chain::Id,
    pub(crate) validator: Validator,
    pub(crate) blocks: SharedBlocks,
    pub(crate) ticker: Ticker,
    pub(crate) mempool: Mempool,
    /// State after the last block.
    pub(crate) state: Store,
    /// The same plus fees and sequences of what waits: what the next broadcast is checked against.
    pub(crate) pending: Store,
    /// Ascending; the last is the tip.
    pub(crate) past: VecDeque<Past>,
    pub(crate) snapshots: BTreeMap<u64, Snapshot>,
    pub(crate) next_snapshot: u64,
    pub(crate) keep_blocks: usize,
    pub(crate) keep_states: usize,
    pub(crate) news: broadcast::Sender<Arc<Block>>,
}

impl Chain {
    /// Header values of the tip: what checks, simulations and queries see as the current block.
    pub(crate) fn tip(&self) -> BlockInfo {
        self.past.back().map_or_else(
            || BlockInfo { height: 0, time: Timestamp::default(), chain_id: self.app.chain_id.clone() },
            |past| past.block.clone(),
        )
    }

    /// Makes the next block from what waits.
    pub(crate) fn produce(&mut self) -> Result<Arc<Block>, DevnetError> {
        Ok(self.produce_with(None)?.0)
    }

    /// The same, with a call outside of transactions at its end. A call that fails changes nothing; the block is
    /// made all the same, and the error comes with it.
    fn produce_with(
        &mut self,
        call: Option<&BlockCall>,
    ) -> Result<(Arc<Block>, Result<(), AppError>), DevnetError> {
        let tip = self.tip();
        let height = tip.height.saturating_add(1);
        let time = self.ticker.next(Some(tip.time).filter(|_| tip.height > 0));
        let info = BlockInfo { height, time, chain_id: self.app.chain_id.clone() };
        let mut txs = Vec::new();
        for Pending { tx, verdicts } in self.mempool.reap(self.app.max_gas) {
            let result = self.app.deliver(&mut self.state, &info, &tx, &verdicts);
            if result.code != 0 {
                self.mempool.forget(&tx.hash);
            }
            txs.push(BlockTx { hash: tx.hash, bytes: tx.bytes, result });
        }
        let called = call.map_or(Ok(Vec::new()), |call| self.app.block_call(&mut self.state, &info, call));
        let (events, called) = match called {
            Ok(events) => (events, Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        };
        let parent = self.blocks.read().last().cloned();
        let parent = Parent(parent.as_deref());
        let block = Arc::new(block::seal(&self.id, &self.validator, &parent, height, time, txs, events)?);
        self.past.push_back(Past { block: info, store: self.state.branch() });
        while self.past.len() > self.keep_states {
            self.past.pop_front();
        }
        self.blocks.write().push(Arc::clone(&block), self.keep_blocks);
        self.recheck();
        // Nobody listening is no error.
        let _ = self.news.send(Arc::clone(&block));
        Ok((block, called))
    }

    /// Makes a block with this call at its end, outside of transactions; returns its height.
    pub(crate) fn call(&mut self, call: &BlockCall) -> Result<u64, DevnetError> {
        let (block, called) = self.produce_with(Some(call))?;
        called.map_err(|error| DevnetError::Argument(error.log))?;
        Ok(block.height())
    }

    /// From now on the chain has another id, as after a restart of all nodes with another genesis: nothing waits
    /// any more. Makes the first block of that name; returns its height.
    pub(crate) fn rename(&mut self, chain_id: &str) -> Result<u64, DevnetError> {
        if !crate::config::is_chain_id(chain_id) {
            return Err(DevnetError::Argument(crate::config::CHAIN_ID_RULE.into()));
        }
        self.mempool.clear();
        self.named(chain_id)?;
        Ok(self.produce()?.height())
    }

    /// Takes this chain id, without a block.
    pub(crate) fn named(&mut self, chain_id: &str) -> Result<(), DevnetError> {
        let id = chain_id.parse().map_err(|_| DevnetError::Argument(crate::config::CHAIN_ID_RULE.into()))?;
        (self.id, self.app.chain_id) = (id, chain_id.to_owned());
        Ok(())
    }

    /// After a block the pending state starts over, and what still waits must pass again.
    pub(crate) fn recheck(&mut self) {
        self.pending = self.state.branch();
        let tip = self.tip();
        for pending in self.mempool.drain() {
            match self.app.check(&mut self.pending, &tip, &pending.tx, &pending.verdicts) {
                Ok(_) => self.mempool.push(pending),
                Err(_) => self.mempool.forget(&pending.tx.hash),
            }
        }
    }

    /// `CheckTx` and, if it passes, a place in the mempool. The inner result is the application's.
    pub(crate) fn submit(
        &mut self,
        tx: Tx,
        verdicts: Vec<Verdict>,
    ) -> Result<Result<u64, AppError>, MempoolError> {
        if self.mempool.knows(&tx.hash) {
            return Err(MempoolError::Known);
        }
        if self.mempool.is_full() {
            let (txs, max, bytes) = (self.mempool.len(), self.mempool.limit(), self.mempool.bytes());
            return Err(MempoolError::Full { txs, max, bytes });
        }
        let tip = self.tip();
        let checked = self.app.check(&mut self.pending, &tip, &tx, &verdicts);
        if checked.is_ok() {
            self.mempool.push(Pending { tx, verdicts });
        }
        Ok(checked)
    }

    /// `CheckTx` that leaves no trace.
    pub(crate) fn check(&self, tx: &Tx, verdicts: &[Verdict]) -> Result<u64, AppError> {
        self.app.check(&mut self.pending.branch(), &self.tip(), tx, verdicts)
    }

    /// Gas and what would be done, or why not.
    pub(crate) fn simulate(&self, tx: &Tx) -> (u64, Result<Done, AppError>) {
        self.app.simulate(&self.pending, &self.tip(), tx)
    }

    /// Number and known key of each signer, for verifying signatures elsewhere.
    pub(crate) fn signer_accounts(&self, tx: &Tx) -> Vec<Option<KnownSigner>> {
        tx.signers
            .iter()
            .map(|signer| {
                let account = auth::load(&self.pending, &signer.address)?;
                let key = account.pub_key.and_then(|any| Key::decode(&any).ok());
                Some(KnownSigner { number: account.account_number, key })
            })
            .collect()
    }

    /// Makes `count` blocks now, whatever the interval.
    pub(crate) fn mine(&mut self, count: u32) -> Result<u64, DevnetError> {
        for _ in 0..count {
            self.produce()?;
        }
        Ok(self.tip().height)
    }

    /// Moves time forward and makes a block there, so that queries see it too.
    pub(crate) fn advance_time(&mut self, by: Duration) -> Result<BlockInfo, DevnetError> {
        // 100 years a call keeps times far from what 64 bits of nanoseconds hold.
        if by > Duration::from_hours(24 * 36_525) {
            return Err(DevnetError::Argument("time moves by 100 years at most".into()));
        }
        self.ticker.advance(by);
        self.produce()?;
        Ok(self.tip())
    }

    /// Makes a block at exactly this time, which must be after the tip's.
    pub(crate) fn set_time(&mut self, time: Timestamp) -> Result<BlockInfo, DevnetError> {
        let tip = self.tip().time;
        if time <= tip {
            return Err(DevnetError::Argument(format!("time only goes forward, and it is {tip} already")));
        }
        self.ticker.set(time);
        self.produce()?;
        Ok(self.tip())
    }

    pub(crate) fn set_balance(&mut self, address: &str, coin: &Coin) -> Result<(), DevnetError> {
        let refused = |error: AppError| DevnetError::Argument(error.log);
        if !crate::config::is_denom(&coin.denom) {
            return Err(DevnetError::Argument(format!("{:?} is not a denom", coin.denom)));
        }
        self.app.vm.address(address).map_err(refused)?;
        let mut branch = self.state.branch();
        ledger::set_balance(&mut branch, address, coin).map_err(refused)?;
        self.replace(branch);
        Ok(())
    }

    pub(crate) fn refuse(&mut self, address: &str) -> Result<(), DevnetError> {
        self.app.vm.address(address).map_err(|error| DevnetError::Argument(error.log))?;
        let mut branch = self.state.branch();
        ledger::refuse(&mut branch, address);
        self.replace(branch);
        Ok(())
    }

    /// The state as it was set from outside.
    fn replace(&mut self, state: Store) {
        self.state = state;
        // Queries at the tip must see it at once.
        if let Some(tip) = self.past.back_mut() {
            tip.store = self.state.branch();
        }
        self.recheck();
    }

    /// The state at `height` (0 is the tip), or the SDK's words for why not.
    pub(crate) fn at(&self, height: u64) -> Result<&Past, AppError> {
        let tip = self.tip().height;
        if height > tip {
            return Err(AppError::invalid_height(
                "cannot query with height in the future; please provide a valid height",
            ));
        }
        let height = if height == 0 { tip } else { height };
        let index = self.past.front().and_then(|oldest| height.checked_sub(oldest.block.height));
        index.and_then(|index| self.past.get(usize::try_from(index).ok()?)).ok_or_else(|| {
            AppError::not_found(format!(
                "failed to load state at height {height}; version does not exist (latest height: {tip})"
            ))
        })
    }
}
