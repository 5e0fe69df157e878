//! `meteor check` as a team runs it: in the repository, with a sign-off file, rendered; and a test alert.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::common::meteor;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// An Alertmanager as far as we ask it: it takes alerts, and counts notifications, which fail or not.
async fn alertmanager(fails: bool) -> String {
    let sent = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&sent);
    let take = post(move |body: String| {
        assert!(body.contains("\"alertname\":\"LaunchCheck\""), "{body}");
        count.fetch_add(1, Ordering::SeqCst);
        async {}
    });
    let metrics = get(move || {
        let sent = sent.load(Ordering::SeqCst);
        let lost = if fails { sent } else { 0 };
        let text = format!(
            "# HELP alertmanager_notifications_total x\nalertmanager_notifications_total{{integration=\"pagerduty\"}} {sent}\n\
             alertmanager_notifications_total{{integration=\"webhook\"}} 7\n\
             alertmanager_notifications_failed_total{{integration=\"pagerduty\"}} {lost}\n"
        );
        async { text }
    });
    let router = Router::new().route("/api/v2/alerts", take).route("/metrics", metrics);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_signs_and_renders_the_checklist() {
    let repo = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let item = "--item orr-repeat --item harmony-refund-criteria";
    let check = format!("check --repo {} {item} --signoff signoff.toml", repo.display());
    assert!(meteor(folder, "check --template signoff.toml").await.status.success());
    let open = meteor(folder, &check).await;
    assert_eq!(open.status.code(), Some(3), "{}", said(&open));
    assert!(said(&open).contains("0 PASS, 0 FAIL, 2 MANUAL"), "{}", said(&open));

    // Two people sign one item, one of them the other.
    let path = folder.join("signoff.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    for (id, unsigned, signed) in [
        ("orr-repeat", "[\"\", \"\"]", "[\"Ann\", \"Bob\"]"),
        ("harmony-refund-criteria", "[\"\"]", "[\"Ann\"]"),
    ] {
        let (before, after) = text.split_once(&format!("[{id}]")).unwrap();
        let after = after.replacen("# state", "state", 1).replacen(unsigned, signed, 1);
        text = format!("{before}[{id}]{}", after.replacen("# date", "date", 1));
    }
    std::fs::write(&path, text).unwrap();
    let done = meteor(folder, &format!("{check} --markdown list.md --html list.html")).await;
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    for name in ["list.md", "list.html"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(text.contains("signed by Ann and Bob on 2026-12-01"), "{text}");
        assert!(text.contains("2 items: 2 PASS, 0 FAIL, 0 MANUAL"), "{text}");
    }
    let again = meteor(folder, &format!("{check} --markdown list.md")).await;
    assert!(said(&again).contains("list.md exists"), "{}", said(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_alert_must_leave_for_its_receivers() {
    let folder = tempfile::tempdir().unwrap();
    let run = async |url: &str| {
        meteor(folder.path(), &format!("check --item ours-alerts --alertmanager {url}")).await
    };
    let taken = run(&alertmanager(false).await).await;
    assert_eq!(taken.status.code(), Some(3), "who is on call has to confirm it: {}", said(&taken));
    assert!(said(&taken).contains("a notification left http://"), "{}", said(&taken));
    let lost = run(&alertmanager(true).await).await;
    assert_eq!(lost.status.code(), Some(1), "{}", said(&lost));
    assert!(said(&lost).contains("a notification failed"), "{}", said(&lost));
    let nobody = run("http://127.0.0.1:1").await;
    assert_eq!(nobody.status.code(), Some(1), "{}", said(&nobody));
}
