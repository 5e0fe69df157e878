//! Wallets, caves and tokens as JSON, made for each request. `models` describes the same bytes.

use std::ops::Bound;

use meteor_rules::tier::Tier;
use meteor_rules::{Rank, TokenId};

use super::json::Json;
use super::{Row, ShowerView, View};
use crate::fold::{Collection, Entry, Token, TokenRef, Wallet};
use crate::view::MAX_NFTS;

/// Bytes of a wallet's answer without its showers, about, and of each shower.
const WALLET: usize = 256;
const SHOWER: usize = 320;
/// Bytes of a token, about.
const TOKEN: usize = 768;

impl View {
    /// `models::Wallet` of an address that may have done nothing yet.
    pub fn wallet_json(&self, address: &str, wallet: Option<&Wallet>) -> Vec<u8> {
        let entries = wallet.map_or(&[][..], |wallet| &wallet.entries);
        let mut json = Json::with_room(entries.len().saturating_mul(SHOWER).saturating_add(WALLET));
        let of = |entry: &Entry| {
            let shower = &**self.shower(entry.shower)?;
            let (rank, row) = shower.ranked_row(entry.slot)?;
            Some((shower, rank, row))
        };
        let showers: Vec<_> = entries.iter().filter_map(of).collect();
        let total = showers.iter().fold(0u128, |sum, (.., row)| sum.saturating_add(row.amount));
        json.raw(r#"{"address":"#).text(address).raw(r#","total":"#).amount(total);
        json.raw(r#","showers":"#).list(showers, write_shower);
        let held = |of| wallet.map_or(0, |wallet| wallet.count(of));
        json.raw(r#","meteors":"#).number(held(Collection::Meteors));
        json.raw(r#","eggs":"#).number(held(Collection::Eggs));
        json.raw(r#","dust":"#).number(held(Collection::Dust));
        json.raw(r#","cracking":"#).number(wallet.map_or(0, |wallet| self.cracked(wallet).count()));
        json.raw(r#","height":"#).number(self.at.height).raw("}");
        json.into_bytes()
    }

    /// `models::Cave` with at most `limit` tokens after `after`.
    pub fn cave_json(
        &self,
        address: &str,
        wallet: Option<&Wallet>,
        after: Option<TokenRef>,
        limit: usize,
    ) -> Vec<u8> {
        let count = wallet.map_or(0, |wallet| wallet.tokens.len());
        let mut json = Json::with_room(count.min(limit).saturating_mul(TOKEN).saturating_add(WALLET));
        json.raw(r#"{"address":"#).text(address).raw(r#","count":"#).number(count).raw(r#","nfts":"#);
        let mut last = None;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut tokens = wallet.into_iter().flat_map(|wallet| wallet.tokens.range((from, Bound::Unbounded)));
        let shown = tokens.by_ref().take(limit).filter_map(|token| {
            last = Some(*token);
            let (of, id) = (token.collection(), token.id());
            Some((of, id, self.collections.of(of).get(id)?))
        });
        json.list(shown, |json, (of, id, token)| self.write_nft(json, of, id, token));
        let more = last.filter(|_| tokens.next().is_some());
        let waiting = wallet.map(|wallet| (wallet, self.cracked(wallet).take(MAX_NFTS)));
        json.raw(r#","cracking":"#);
        json.list(
            waiting.into_iter().flat_map(|(wallet, ids)| ids.map(move |id| (wallet, id))),
            |json, (wallet, id)| {
                self.write_cracking(json, id, &wallet.address);
            },
        );
        json.raw(r#","next":"#).or_null(more, |json, last| {
            json.text(&format!(
                "/v1/caves/{address}?after={}-{}&limit={limit}",
                last.collection().name(),
                last.id()
            ));
        });
        json.raw(r#","height":"#).number(self.at.height).raw("}");
        json.into_bytes()
    }

    /// `models::Nft`.
    pub fn nft_json(&self, of: Collection, id: u64, token: &Token) -> Vec<u8> {
        let mut json = Json::with_room(TOKEN);
        self.write_nft(&mut json, of, id, token);
        json.into_bytes()
    }

    pub(super) fn write_nft(&self, json: &mut Json, of: Collection, id: u64, token: &Token) {
        let shower = self.shower(token.shower.0);
        let meteor = of == Collection::Meteors;
        json.raw(r#"{"collection":"#).text(of.name()).raw(r#","token_id":"#).token(id);
        json.raw(r#","owner":"#)
            .text(self.address(token.owner))
            .raw(r#","state":"#)
            .text(self.nft_state(of, id, token).name());
        json.raw(r#","burnt":"#).truth(token.burnt);
        let custody = self.custodies.get(id).filter(|_| meteor);
        json.raw(r#","cracking":"#).or_null(custody, |json, custody| {
            self.write_cracking(json, id, self.address(custody.holder));
        });
        let found = self.collections.found_in(id).filter(|_| meteor);
        json.raw(r#","found":"#).or_null(found, |json, found| _ = json.text(found.name()));
        json.raw(r#","tier":"#).raw(tier(shower.map_or(Tier::Common, |shower| shower.tier(token.rank))));
        let odds = shower.filter(|_| meteor && !token.burnt).and_then(|shower| shower.odds(token.rank));
        json.raw(r#","odds":"#).or_null(odds, Json::odds).raw(r#","rank":"#).number(token.rank.0);
        json.raw(r#","shower":"#)
            .number(token.shower.0)
            .raw(r#","minted_height":"#)
            .number(token.height)
            .raw(",");
        let look = self.looks.as_ref().and_then(|looks| looks.of(of));
        if !look.is_some_and(|look| look.write(json, id, &token.image, &token.traits)) {
            // The contract checks traits against the template, so this should never be. The bare facts are shown.
            json.raw(r##""name":"#"##).number(id).raw(r#"","description":"","image":"#).ipfs(&token.image);
            json.raw(r#","attributes":[]"#);
        }
        json.raw("}");
    }

    /// `models::Cracking`, of a meteor in custody.
    fn write_cracking(&self, json: &mut Json, id: u64, holder: &str) {
        let reclaim_at = self.custodies.get(id).map_or(0, |custody| custody.reclaim_at);
        json.raw(r#"{"token_id":"#).token(id).raw(r#","holder":"#).text(holder);
        json.raw(r#","reclaim_at":"#).number(reclaim_at).raw("}");
    }

    /// The meteors that the wallet has cracked and that wait for their reveal.
    fn cracked(&self, wallet: &Wallet) -> impl Iterator<Item = u64> {
        // Nearly always nothing is being cracked, and then the wallet's number is not needed.
        let number = if self.custodies.is_empty() { None } else { self.wallets.number(&wallet.address) };
        number.into_iter().flat_map(|number| self.custodies.of(number))
    }
}

/// `models::WalletShower`.
fn write_shower(json: &mut Json, (shower, rank, row): (&ShowerView, Rank, Row<'_>)) {
    let summary = &shower.summary;
    json.raw(r#"{"shower":"#).number(summary.shower).raw(r#","status":"#).value(&summary.status);
    json.raw(r#","amount":"#).amount(row.amount).raw(r#","rank":"#).number(rank.0);
    json.raw(r#","contributors":"#).number(summary.contributors);
    json.raw(r#","tier":"#).raw(tier(shower.tier(rank)));
    json.raw(r#","odds":"#).or_null(shower.odds(rank), Json::odds);
    json.raw(r#","state":"#).value(&shower.state(rank, &row)).raw(r#","meteor":"#);
    let meteor = TokenId::of(summary.earlier, rank).filter(|_| rank.0 <= summary.minted);
    json.or_null(meteor, |json, id| _ = json.token(id.0)).raw("}");
}

/// A tier as JSON.
const fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Legendary => r#""legendary""#,
        Tier::Ancient => r#""ancient""#,
        Tier::Rare => r#""rare""#,
        Tier::Common => r#""common""#,
    }
}
