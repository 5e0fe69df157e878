//! Metrics in Prometheus' text form.

use std::fmt::{Display, Write as _};
use std::sync::atomic::Ordering::Relaxed;

use crate::app::App;

struct Text(String);

impl Text {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string can't fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        let _ = writeln!(self.0, "{name} {value}");
    }
}

/// All metrics now.
pub(crate) fn render(app: &App) -> String {
    let (view, health) = (app.view(), &app.health);
    let mut text = Text(String::new());
    let yes = |yes: bool| u8::from(yes);
    text.one("indexer_applied_height", "gauge", "Height of the block served.", view.at.height);
    text.one("indexer_tip_height", "gauge", "Best height a node has told of.", health.tip());
    if let Some(since) = health.since_advance() {
        let help = "Seconds since a block was last applied and served.";
        text.one("indexer_last_advance_seconds", "gauge", help, since.as_secs_f64());
    }
    text.one("indexer_ready", "gauge", "1 while the public should be sent here.", yes(app.ready().is_ok()));
    text.one(
        "indexer_halted",
        "gauge",
        "1 when following has stopped for good.",
        yes(health.halted().is_some()),
    );
    text.one("indexer_blocks_total", "counter", "Blocks applied.", health.blocks.load(Relaxed));
    text.one("indexer_events_total", "counter", "Events of ours applied.", health.events.load(Relaxed));
    text.one("indexer_contributions", "gauge", "Contributions in the state.", view.contributions);
    text.one("indexer_wallets", "gauge", "Wallets in the state.", view.wallets.len());
    text.one("indexer_meteors", "gauge", "Meteors ever minted.", view.collections.meteors.minted());
    text.one("indexer_cracking", "gauge", "Meteors that wait to be revealed.", view.custodies.len());
    text.one("indexer_eggs", "gauge", "Eggs ever minted.", view.collections.eggs.minted());
    text.one("indexer_dust", "gauge", "Dust ever minted.", view.collections.dust.minted());
    text.one(
        "indexer_audits_total",
        "counter",
        "Comparisons with the contract.",
        health.audits.load(Relaxed),
    );
    let help = "Showers in which the contract said something else than its events.";
    text.one("indexer_audit_mismatch_total", "counter", help, health.mismatches.load(Relaxed));
    text.one("http_requests_total", "counter", "Requests to the public API.", health.requests.load(Relaxed));
    text.one("http_live_connections", "gauge", "Live connections now.", app.live());

    let nodes = app.pool.status();
    text.head("rpc_requests_total", "counter", "Requests to nodes by method and outcome.");
    for node in &nodes {
        for ((method, outcome), count) in &node.outcomes {
            let name = &node.name;
            let _ = writeln!(
                text.0,
                "rpc_requests_total{{node=\"{name}\",method=\"{method}\",outcome=\"{outcome}\"}} {count}"
            );
        }
    }
    text.head("rpc_node_score", "gauge", "100 for a healthy node, halved by each failure in a row.");
    for node in &nodes {
        let _ = writeln!(text.0, "rpc_node_score{{node=\"{}\"}} {}", node.name, node.score);
    }
    text.head("rpc_node_tip_height", "gauge", "The tip a node told last.");
    for node in &nodes {
        let _ = writeln!(text.0, "rpc_node_tip_height{{node=\"{}\"}} {}", node.name, node.tip);
    }
    text.0
}
