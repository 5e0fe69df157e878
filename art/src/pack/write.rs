//! Writes the CARs of a plan, and keeps those of an earlier run that are what they should be.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use cid::Cid;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::manifest::VERSION;
use super::{Block, MANIFEST, Manifest, PackError, Packed, Plan, Planned};
use crate::cid::image;
use crate::{car, folder, whole};

/// Writes what was planned into `out`, and the manifest last. Files of an earlier run that are what they should be are
/// kept; of another plan's none is. Tells after each CAR how many images are done.
///
/// # Errors
/// [`PackError`]; what is written stays.
pub fn write(plan: &Plan, out: &Path, done: &(dyn Fn(u64) + Sync)) -> Result<Manifest, PackError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| PackError::Write { path, source }
    };
    fs::create_dir_all(out).map_err(failed(out))?;
    let manifest = out.join(MANIFEST);
    // As long as it is there, everything is.
    match fs::remove_file(&manifest) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&manifest)(error)),
        Ok(()) | Err(_) => {}
    }
    let so_far = AtomicU64::new(0);
    let cars: Result<Vec<Packed>, PackError> = plan
        .cars
        .par_iter()
        .map(|car| {
            let path = out.join(&car.file);
            let sha256 = match kept(car, &path) {
                Some(sha256) => sha256,
                None => write_car(car, &path)?,
            };
            done(so_far.fetch_add(car.images, Ordering::Relaxed).saturating_add(car.images));
            Ok(Packed {
                file: car.file.clone(),
                path: car.path.clone(),
                root: car.root.to_string(),
                complete: car.complete,
                images: car.images,
                bytes: car.bytes,
                sha256,
            })
        })
        .collect();
    let cars = cars?;
    let images = cars.iter().map(|car| car.images).sum();
    let made = Manifest {
        version: VERSION,
        profile: "unixfs-v1-2025".to_owned(),
        root: plan.root.to_string(),
        images,
        contents: plan.contents.clone(),
        car_bytes: plan.car_bytes,
        cars,
    };
    let mut text = serde_json::to_vec_pretty(&made).map_err(|error| failed(&manifest)(error.into()))?;
    text.push(b'\n');
    whole::write(&manifest, &text).map_err(failed(&manifest))?;
    Ok(made)
}

/// The SHA-256 of a CAR of an earlier run, if it is what is planned.
fn kept(car: &Planned, path: &Path) -> Option<String> {
    let file = File::open(path).ok()?;
    if file.metadata().ok()?.len() != car.bytes {
        return None;
    }
    let mut from = Hashing { inner: file, hash: Sha256::new() };
    let mut reader = car::Reader::new(BufReader::with_capacity(1 << 16, &mut from)).ok()?;
    if reader.root() != car.root {
        return None;
    }
    for block in &car.blocks {
        // Its bytes are what its CID names.
        let (cid, _) = reader.block().ok()??;
        if cid != *block.cid() {
            return None;
        }
    }
    reader.block().ok()?.is_none().then_some(())?;
    Some(hex::encode(from.hash.finalize()))
}

fn write_car(car: &Planned, path: &Path) -> Result<String, PackError> {
    let failed = |source| PackError::Write { path: path.to_owned(), source };
    let mut sha256 = String::new();
    let mut unfit = None;
    let written = whole::fill(path, true, |file| {
        let mut to = Hashing { inner: file, hash: Sha256::new() };
        car::begin(&mut to, &car.root)?;
        for block in &car.blocks {
            match block {
                Block::Directory { cid, bytes } => car::add(&mut to, cid, bytes)?,
                Block::Image { cid, path, .. } => match read_image(path, cid) {
                    Ok(bytes) => car::add(&mut to, cid, &bytes)?,
                    Err(error) => {
                        unfit = Some(error);
                        return Err(io::ErrorKind::Other.into());
                    }
                },
            }
        }
        sha256 = hex::encode(to.hash.finalize());
        Ok(())
    });
    match unfit {
        Some(error) => Err(error),
        None => written.map(|()| sha256).map_err(failed),
    }
}

/// The bytes of the image, which are what `cid` names.
fn read_image(path: &Path, cid: &Cid) -> Result<Vec<u8>, PackError> {
    let bytes = folder::read(path).map_err(|source| PackError::Read { path: path.to_owned(), source })?;
    let other = |why: String| PackError::OtherImage { path: path.to_owned(), why };
    let found = image(&bytes).map_err(|error| other(error.to_string()))?;
    if found.cid != *cid {
        return Err(other(format!("its bytes have the CID {}, and the catalogue says {cid}", found.cid)));
    }
    Ok(bytes)
}

/// Hashes what passes.
struct Hashing<T> {
    inner: T,
    hash: Sha256,
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
