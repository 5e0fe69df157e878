//! Tells the binary which commit it is built from, for `meteor --version`.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=METEOR_COMMIT");
    println!("cargo:rerun-if-changed=build.rs");
    // Both change with each commit and checkout. Where one is missing, watching it would build this crate every time.
    for name in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", name])
            && Path::new(&path).exists()
        {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    let given = std::env::var("METEOR_COMMIT").ok().filter(|commit| !commit.is_empty());
    let commit = given.or_else(commit).unwrap_or_else(|| "unknown: built without git".to_owned());
    println!("cargo:rustc-env=METEOR_BUILT_FROM={commit}");
}

/// The commit that is checked out, if these sources are part of it: a repository around them may be another one.
fn commit() -> Option<String> {
    git(&["ls-files", "--error-unmatch", "build.rs"])?;
    git(&["rev-parse", "--short=12", "HEAD"])
}

/// What git says; `None` if it fails or is not there.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}
