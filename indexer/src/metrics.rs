//! Metrics, in the text format of `OpenMetrics` or in the older one of Prometheus.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use prometheus_client::encoding::{EncodeGaugeValue, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

use crate::app::{App, UPSTREAM};
use crate::images::Images;
use crate::standing::Standing;
use crate::store::StoreHealth;

/// How metrics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// As Prometheus asks for first.
    OpenMetrics,
    /// For `curl`, `promtool` and whatever else does not ask for the other.
    Prometheus,
}

impl Format {
    /// The one that a request's `Accept` asks for.
    pub(crate) fn asked(accept: Option<&str>) -> Self {
        let open = accept.is_some_and(|accept| accept.contains("application/openmetrics-text"));
        if open { Self::OpenMetrics } else { Self::Prometheus }
    }

    /// Its content type.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// All metrics now. The encoder ends counters in `_total` and every description in a full stop.
///
/// # Errors
/// If the encoder fails, which would be a bug.
pub(crate) fn render(app: &App, format: Format) -> Result<String, fmt::Error> {
    let (view, health) = (app.view(), &app.health);
    let agreement = &health.agreement;
    let mut all = Registry::default();
    gauge(&mut all, "indexer_applied_height", "Height of the block served", view.at.height);
    gauge(&mut all, "indexer_tip_height", "Best height that a node has reported", health.tip());
    let help = "Height of the last block that can't be taken back any more";
    gauge(&mut all, "indexer_verified_height", help, agreement.verified.load(Relaxed));
    let help = "1 while nodes contradict each other and nothing tells who is right";
    gauge(&mut all, "indexer_contradicted", help, u64::from(agreement.open()));
    if let Some(since) = health.since_advance() {
        let help = "Seconds since a block was last applied and served";
        gauge(&mut all, "indexer_last_advance_seconds", help, since.as_secs_f64());
    }
    let standing = app.standing();
    let help = "1 while no block comes and no node has a later one";
    gauge(&mut all, "indexer_chain_stands", help, u64::from(standing == Standing::ChainStands));
    let help = "1 while no block comes although a node has a later one, or most don't answer";
    gauge(&mut all, "indexer_cant_follow", help, u64::from(standing == Standing::CantFollow));
    let alone = agreement.one_node().map_or(0, |(_, since)| since.as_secs());
    let help = "How long what is served is one node's word, though several are asked; 0 if it isn't";
    gauge(&mut all, "indexer_one_node_seconds", help, alone);
    let ready = u64::from(app.ready().is_ok());
    gauge(&mut all, "indexer_ready", "1 while this replica should serve the public", ready);
    let halted = u64::from(health.halted().is_some());
    gauge(&mut all, "indexer_halted", "1 after following has stopped for good", halted);
    gauge(&mut all, "indexer_contributions", "Contributions in the state", view.contributions);
    gauge(&mut all, "indexer_wallets", "Wallets in the state", view.wallets.len());
    gauge(&mut all, "indexer_meteors", "Meteors ever minted", view.collections.meteors.minted());
    gauge(&mut all, "indexer_cracking", "Meteors that wait to be revealed", view.custodies.len());
    gauge(&mut all, "indexer_eggs", "Eggs ever minted", view.collections.eggs.minted());
    gauge(&mut all, "indexer_dust", "Dust ever minted", view.collections.dust.minted());
    gauge(&mut all, "http_live_connections", "Live connections now", app.live());
    let help = "What the chain said of the event that can't be true; it was passed over";
    all.register("indexer_alarms", help, ConstCounter::new(view.alarms.count));
    let passing = UPSTREAM.saturating_sub(app.upstream.available_permits());
    gauge(&mut all, "relay_requests_now", "Requests that are passed on to nodes now, at most 64", passing);
    for (name, help, count) in [
        ("relay_taken", "Transactions passed on that a node took", &app.relayed.taken),
        ("relay_refused", "Transactions passed on that the chain refused", &app.relayed.refused),
        ("relay_unknown", "Transactions that may or may not have arrived", &app.relayed.unknown),
        ("indexer_blocks", "Blocks applied", &health.blocks),
        ("indexer_events", "Events of our contracts applied", &health.events),
        ("indexer_doubted", "Blocks that couldn't be true and were asked for again", &health.doubted),
        (
            "indexer_one_node_blocks",
            "Blocks served on the word of one node, as no other answered",
            &agreement.alone,
        ),
        ("indexer_contradictions", "How often nodes told different events", &agreement.contradictions),
        ("indexer_audits", "Comparisons of everything with the contracts", &health.audits),
        (
            "indexer_audits_failed",
            "Comparisons that ended early, as no node answered or had the state at that height",
            &health.unaudited,
        ),
        (
            "indexer_audit_mismatch",
            "Showers and other subjects that differed from the contracts",
            &health.mismatches,
        ),
    ] {
        all.register(name, help, ConstCounter::new(count.load(Relaxed)));
    }
    if let Some(images) = &app.images {
        of_images(&mut all, images);
    }
    if app.config.store.is_some() {
        of_store(&mut all, &app.store_health);
    }
    let help = "Time from a request's headers to those of its answer";
    all.register("http_request_duration_seconds", help, app.latency.all.clone());

    let help = "Answers of the public API and page that said that the server failed (status 500 and above)";
    all.register("http_server_errors", help, ConstCounter::new(app.latency.failed.get()));
    let help = "When this process started, in seconds since 1970";
    gauge(&mut all, "process_start_time_seconds", help, app.started);

    let help = "Age of a block when it is served, at the tip";
    all.register("indexer_block_lag_seconds", help, health.lag.0.clone());
    of_nodes(&mut all, app);
    let mut text = String::new();
    text::encode(&mut text, &all)?;
    Ok(match format {
        Format::OpenMetrics => text,
        Format::Prometheus => older(&text),
    })
}

/// What is asked of each node, and how well it answers.
fn of_nodes(all: &mut Registry, app: &App) {
    let requests = Family::<[(&'static str, String); 3], Counter>::default();
    let scores = Family::<[(&'static str, String); 1], Gauge<u64, AtomicU64>>::default();
    let tips = Family::<[(&'static str, String); 1], Gauge<u64, AtomicU64>>::default();
    let waits = Family::<[(&'static str, String); 1], Gauge<f64, AtomicU64>>::default();
    let latencies = Family::<[(&'static str, String); 1], Gauge<f64, AtomicU64>>::default();
    let rates = Family::<[(&'static str, String); 1], Gauge<f64, AtomicU64>>::default();
    let troubles = Family::<[(&'static str, String); 2], Gauge<u64, AtomicU64>>::default();
    let seconds = |millis| Duration::from_millis(millis).as_secs_f64();
    for node in app.pool.health() {
        let labels = [("node", node.name)];
        scores.get_or_create(&labels).set(node.score.into());
        tips.get_or_create(&labels).set(node.tip);
        waits.get_or_create(&labels).set(seconds(node.waiting_ms));
        latencies.get_or_create(&labels).set(seconds(node.latency_ms));
        if let Some(rate) = node.requests_per_second {
            rates.get_or_create(&labels).set(rate);
        }
        for (reason, count) in node.troubles {
            let [name] = labels.clone();
            troubles.get_or_create(&[name, ("reason", reason.to_owned())]).set(count.into());
        }
        let [name] = labels;
        for ((method, outcome), count) in node.outcomes {
            let labels = [name.clone(), ("method", method.to_owned()), ("outcome", outcome.to_owned())];
            requests.get_or_create(&labels).inc_by(count);
        }
    }
    all.register("rpc_requests", "Requests to nodes by method and outcome", requests);
    all.register("rpc_node_score", "100 for a healthy node, halved by each trouble", scores);
    all.register("rpc_node_troubles", "What is held against a node now, by reason", troubles);
    all.register("rpc_node_tip_height", "The tip that a node told last, as far as it is believed", tips);
    all.register("rpc_node_waiting_seconds", "How long a node is left alone", waits);
    all.register("rpc_node_latency_seconds", "The usual time until a node's answer begins", latencies);
    let help = "Requests a second that a node takes, learned; missing as long as it refused none";
    all.register("rpc_node_requests_per_second", help, rates);
}

/// The same in Prometheus' own format: there a counter's name includes `_total`, and nothing marks the end.
fn older(text: &str) -> String {
    let mut older = String::with_capacity(text.len());
    // The description comes right before the type, which says whether it is a counter's.
    let mut described: Option<(&str, &str)> = None;
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            described = help.split_once(' ');
            continue;
        }
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|line| line.split_once(' ')) {
            let total = if kind == "counter" { "_total" } else { "" };
            if let Some((_, help)) = described.take() {
                older.extend(["# HELP ", name, total, " ", help, "\n"]);
            }
            older.extend(["# TYPE ", name, total, " ", kind, "\n"]);
        } else if !line.starts_with('#') {
            older.push_str(line);
            older.push('\n');
        }
    }
    older
}

/// Of the event's pictures.
fn of_images(all: &mut Registry, images: &Images) {
    let counts = &images.counts;
    gauge(all, "images_memory_bytes", "Pictures and thumbnails kept in memory (bytes)", images.bytes());
    for (name, help, count) in [
        ("images_from_memory", "Pictures and thumbnails that were in memory", &counts.kept),
        ("images_read", "Pictures read from their store", &counts.read),
        ("images_thumbnails", "Thumbnails made", &counts.made),
        ("images_missing", "Requests for pictures of the event that the store lacks", &counts.missing),
        (
            "images_damaged",
            "Files of the store that are not what their name says; never served",
            &counts.damaged,
        ),
        ("images_failed", "Requests that the store refused or did not answer in time", &counts.failed),
        ("images_busy", "Requests refused because too many pictures were on their way", &counts.busy),
    ] {
        all.register(name, help, ConstCounter::new(count.load(Relaxed)));
    }
}

/// What is kept, and how that goes.
fn of_store(all: &mut Registry, store: &StoreHealth) {
    for (name, help, value) in [
        ("store_segments_height", "Height up to which blocks are stored", &store.segments),
        ("store_snapshot_height", "Height of the last snapshot stored", &store.snapshot),
        ("store_waiting_blocks", "Blocks that wait to be stored", &store.waiting),
        (
            "store_missing_blocks",
            "Blocks that segments lack, and no node had when it was asked last",
            &store.missing,
        ),
    ] {
        gauge(all, name, help, value.load(Relaxed));
    }
    for (name, help, count) in [
        ("store_written", "Snapshots and segments written", &store.written),
        ("store_failed", "Tries to read or write the store that failed", &store.failed),
        ("store_damaged", "Snapshots and segments found damaged", &store.damaged),
        ("store_diverged", "Objects that differ from what another replica wrote", &store.diverged),
        ("store_rejected", "Stored states that are not of the nodes' chain", &store.rejected),
    ] {
        all.register(name, help, ConstCounter::new(count.load(Relaxed)));
    }
}

fn gauge<N>(all: &mut Registry, name: &str, help: &str, value: N)
where
    N: EncodeGaugeValue + fmt::Debug + Send + Sync + 'static,
{
    all.register(name, help, ConstGauge::new(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_format_names_counters_with_their_ending() {
        let text = "# HELP blocks Blocks.\n# TYPE blocks counter\nblocks_total 3\n# HELP tip Tip.\n# TYPE tip gauge\n\
                    tip{node=\"a # b\"} 4\n# EOF\n";
        let wanted = "# HELP blocks_total Blocks.\n# TYPE blocks_total counter\nblocks_total 3\n# HELP tip Tip.\n\
                      # TYPE tip gauge\ntip{node=\"a # b\"} 4\n";
        assert_eq!(older(text), wanted);
    }

    #[test]
    fn prometheus_gets_what_it_asks_for() {
        let scraper = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2";
        assert_eq!(Format::asked(Some(scraper)), Format::OpenMetrics);
        assert_eq!(Format::asked(Some("*/*")), Format::Prometheus);
        assert_eq!(Format::asked(None), Format::Prometheus);
    }
}
