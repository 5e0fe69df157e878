//! What a server is set to.

use meteor_indexer::app::App;
use meteor_indexer::view::View;
use meteor_indexer::{Config, Settings};
use serde_json::json;

use super::{ok, send};
use crate::chain::{Chain, shower_contract};
use crate::node::Node;

const TAX: &str = "/terra.tax.v1beta1.Query/BurnTaxRate";
const CAP: &str = "/terra.treasury.v1beta1.Query/TaxCap";

#[tokio::test]
async fn the_page_learns_what_this_server_is_set_to() {
    let node = Node::start(&Chain::launched(1).blocks).await;
    // 0.005 in units of 10⁻¹⁸, as a protobuf string in base64.
    let rate = json!({ "value": "ChA1MDAwMDAwMDAwMDAwMDAw", "height": "2" });
    // 60000 likewise.
    let cap = json!({ "value": "CgU2MDAwMA==", "height": "2" });
    node.set(|node| node.modules = [(TAX, rate), (CAP, cap)].into());
    let settings = Settings {
        node: vec![node.url().to_string()],
        contract: Some(shower_contract()),
        gas_price: Some("28.325uluna".into()),
        image_gateways: vec!["https://ipfs.example.com/ipfs/".into()],
        support: Some("https://example.com/help".into()),
        ..Settings::default()
    };
    let app = App::new(settings.check().unwrap()).unwrap();
    let site = ok(&app, "/v1/site").await;
    assert_eq!(site["gas_price"], json!({ "denom": "uluna", "price": "28.325" }));
    assert_eq!((&site["burn_tax"], &site["tax_cap"]), (&json!("0.005"), &json!(null)), "no event, no denom");
    assert_eq!(site["gateways"], json!(["https://ipfs.example.com/ipfs/"]));
    assert_eq!(site["support"], "https://example.com/help");
    assert_eq!(site["release"]["version"], env!("CARGO_PKG_VERSION"));
    let release = ok(&app, "/.well-known/release.json").await;
    assert_eq!(site["release"]["page"], release["page"]);

    // What was kept for no denom is not taken for the event's.
    app.publish(View::new(&Chain::launched(1).state(), "terra", None));
    let site = ok(&app, "/v1/site").await;
    assert_eq!((&site["burn_tax"], &site["tax_cap"]), (&json!("0.005"), &json!("60000")));

    let request = axum::http::Request::get("/").body(axum::body::Body::empty()).unwrap();
    let page = send(&app, request).await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("img-src 'self' data: https://ipfs.example.com;"), "{policy}");
}

#[tokio::test]
async fn a_chain_without_the_tax_has_none_and_settings_may_be_missing() {
    let node = Node::start(&Chain::launched(1).blocks).await;
    let unknown = json!({ "code": 6, "codespace": "sdk", "log": "unknown query path: unknown request" });
    node.set(|node| node.modules = [(TAX, unknown)].into());
    let app = App::new(Config::new(&[node.url().to_string()], &shower_contract()).unwrap()).unwrap();
    let site = ok(&app, "/v1/site").await;
    assert_eq!(
        [&site["burn_tax"], &site["tax_cap"], &site["gas_price"], &site["support"]],
        [&json!("0"), &json!(null), &json!(null), &json!(null)]
    );
    assert_eq!(site["gateways"], json!([]));
}

#[tokio::test]
async fn what_no_node_has_told_yet_is_null_and_the_rest_is_there() {
    let node = Node::start(&Chain::launched(1).blocks).await;
    let refused = json!({ "code": 1, "codespace": "undefined", "log": "internal" });
    node.set(|node| node.modules = [(TAX, refused)].into());
    let mut config = Config::new(&[node.url().to_string()], &shower_contract()).unwrap();
    config.image_gateways = vec!["https://ipfs.example.com/ipfs/".parse().unwrap()];
    let app = App::new(config).unwrap();
    let site = ok(&app, "/v1/site").await;
    assert_eq!((&site["burn_tax"], &site["tax_cap"]), (&json!(null), &json!(null)));
    assert_eq!(site["gateways"], json!(["https://ipfs.example.com/ipfs/"]));
}
