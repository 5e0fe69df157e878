//! Presets by name or by file, and the tables file that goes with one.

use std::path::Path;

use anyhow::{Context, Result};
use meteor_rules::preset::{Preset, PresetError};

/// The preset of that name, or in the file of that path.
pub fn read(name: &str) -> Result<Preset> {
    match Preset::named(name) {
        Err(PresetError::Unknown { .. }) if Path::new(name).exists() => {
            let text = std::fs::read_to_string(name).with_context(|| format!("reading {name}"))?;
            Preset::parse(&text).with_context(|| format!("the preset {name}"))
        }
        other => Ok(other?),
    }
}

/// The tables file of a preset, byte for byte: the contract holds the hash of these bytes.
pub fn tables(preset: &Preset) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec_pretty(&preset.crack.tables)?)
}
