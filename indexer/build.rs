//! Makes the table of the page's files, which `src/page.rs` compiles in. Without a built page it is empty.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What `scripts/page` builds. The folder above it is committed, so that Cargo sees a page come and go.
const PAGE: &str = "../frontend/dist/page";
/// Beside it, its files packed with Brotli: `assets/index.js.br` for `assets/index.js`.
const PACKED: &str = "packed";

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(PAGE);
    // With the whole path: copies of the tree can share a target folder (scripts/test-lint), and one without a page
    // must not leave its empty table to one that has it.
    println!("cargo:rerun-if-changed={}", page.with_file_name("").display());
    let mut files = Vec::new();
    if page.is_dir() {
        find(&page, &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        let path =
            file.strip_prefix(&page)?.to_str().ok_or("a file of the page has a name that is not UTF-8")?;
        let content_type = content_type(path)?;
        let packed = page.with_file_name(PACKED).join(format!("{path}.br"));
        let brotli =
            if packed.is_file() { format!("Some({})", include(&packed)?) } else { "None".to_owned() };
        writeln!(
            table,
            "File {{ path: {path:?}, content_type: {content_type:?}, bytes: {}, brotli: {brotli} }},",
            include(&file)?
        )?;
    }
    table.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("page.rs"), table)?;
    Ok(())
}

/// The expression for a file's bytes.
fn include(file: &Path) -> Result<String, Box<dyn Error>> {
    let path = fs::canonicalize(file)?;
    let path = path.to_str().ok_or("the repository is in a folder whose name is not UTF-8")?;
    Ok(format!("include_bytes!({path:?})"))
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Browsers are told not to guess it, so a file of a new kind has to be named here.
fn content_type(path: &str) -> Result<&'static str, String> {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    Ok(match ending {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some(_) | None => {
            return Err(format!("the page has {path}: give its ending a content type in indexer/build.rs"));
        }
    })
}
