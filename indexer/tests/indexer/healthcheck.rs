//! `meteor-indexer healthcheck`, as an image's engine runs it.

use std::net::SocketAddr;
use std::process::Command;

use meteor_indexer::{Config, start};

use crate::chain::{Chain, shower_contract};
use crate::node::Node;

/// What it exits with and says. It needs no more of the configuration than where to ask, and asks no proxy.
async fn asked(admin: SocketAddr, probe: &'static [&'static str]) -> (Option<i32>, String) {
    let program = move || {
        let output = Command::new(env!("CARGO_BIN_EXE_meteor-indexer"))
            .arg("healthcheck")
            .args(probe)
            .env("METEOR_ADMIN_LISTEN", admin.to_string())
            .env("HTTP_PROXY", "http://127.0.0.1:9")
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    tokio::task::spawn_blocking(program).await.unwrap()
}

async fn server_of(nodes: &[String]) -> meteor_indexer::Server {
    let mut config = Config::new(nodes, &shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    start(config).await.unwrap()
}

#[tokio::test]
async fn it_tells_who_answers_and_who_is_ready() {
    let chain = Chain::launched(1);
    let node = Node::start(&chain.blocks).await;
    let server = server_of(&[node.url().to_string()]).await;
    server.wait_applied(chain.height()).await.unwrap();
    assert_eq!(asked(server.admin_addr(), &[]).await, (Some(0), "alive\n".to_owned()));
    assert_eq!(asked(server.admin_addr(), &["--probe", "ready"]).await, (Some(0), "ready\n".to_owned()));
    let admin = server.admin_addr();
    server.shutdown().await;
    let (code, said) = asked(admin, &[]).await;
    assert!(code == Some(1) && said.contains("does not answer"), "{code:?} {said}");
}

#[tokio::test]
async fn one_without_a_node_is_alive_and_not_ready() {
    let server = server_of(&["http://127.0.0.1:9".to_owned()]).await;
    assert_eq!(asked(server.admin_addr(), &[]).await.0, Some(0));
    let (code, said) = asked(server.admin_addr(), &["--probe", "ready"]).await;
    assert!(code == Some(1) && said.contains("answers 503") && said.contains("not-ready"), "{code:?} {said}");
}
