//! What `--node` says of servers that are no node: a web page, and those whose certificates nobody trusts.
//!
//! `tls/` holds two certificates of 127.0.0.1, both signed with its own key.pem: server.pem, and authority.pem, which is
//! what `openssl req -x509` makes unless told otherwise.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Html;
use meteor_devnet::DEV_MNEMONIC;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::common::{fails, private};

const CONTRACT: &str = "terra1xr3rq8yvd7qplsw5yx90ftsr2zdhg4e9z60h5duusgxpv72hud3ss3je3c";
const PAGE: &str = "<!doctype html><title>Not a node</title>";

/// What a command says that signs over the node at `url`.
async fn close(url: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    private(folder.path(), "words", DEV_MNEMONIC);
    let line = format!("close --node {url} --contract {CONTRACT} --signer-file words --gas-price 1uluna");
    fails(folder.path(), &line).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_is_no_node_whatever_its_status() {
    for status in [StatusCode::OK, StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(async move || (status, Html(PAGE)));
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let said = close(&format!("http://{address}")).await;
        let wanted = format!(
            "error: there is no CometBFT RPC at {address}, it answers as a web page does: give the address of the \
             node's RPC, usually with port 26657"
        );
        assert_eq!(said.lines().last(), Some(&*wanted), "{status}: {said}");
        server.abort();
    }
}

/// What a command says of a node with the certificate of this name.
async fn with_certificate(name: &str) -> (String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls");
    let certificate = CertificateDer::from_pem_file(folder.join(name)).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let (acceptor, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            assert!(acceptor.accept(stream).await.is_err(), "the command must not trust it");
        }
    });
    let said = close(&format!("https://{address}")).await;
    assert!(!server.is_finished(), "the command trusted it");
    server.abort();
    (said, address.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_trusts_is_named_as_the_reason() {
    for (name, why) in [
        ("server.pem", "nobody that this machine trusts has issued it"),
        ("authority.pem", "it is an authority's and no server's, as self-signed ones often are"),
    ] {
        let (said, address) = with_certificate(name).await;
        let wanted = format!(
            "error: the node at {address} does not answer (its certificate is not valid: {why}): check that it runs \
             and that the address is right"
        );
        assert_eq!(said.lines().last(), Some(&*wanted), "{name}: {said}");
    }
}
