//! The fairness protocol from outside: test vectors, the example of `docs/fairness/`, and that any changed
//! bit is found. `METEOR_WRITE_VECTORS=1 cargo test -p meteor-rules --test rules fairness` writes them.

mod changed;
mod event;
mod example;
mod vectors;

use std::path::{Path, PathBuf};

/// `docs/fairness/` of the repository.
fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/fairness")
}

/// Compares a file with what it should hold, or writes it if that is asked for.
fn keep(path: &Path, wanted: &str) {
    if std::env::var_os("METEOR_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}; METEOR_WRITE_VECTORS=1 writes it", path.display()));
    let same = if path.extension().is_some_and(|extension| extension == "json") {
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        parse(&found) == parse(wanted)
    } else {
        found == wanted
    };
    assert!(same, "{} is not what the rules give: the format changed, or the file did", path.display());
}
