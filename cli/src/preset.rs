//! Presets by name or by file, and the tables file that goes with one.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use meteor_operator::launch::FormError;
use meteor_rules::preset::{Preset, PresetError};

/// The preset of that name, or in the file of that path.
pub fn read(name: &str) -> Result<Preset> {
    match Preset::named(name) {
        Err(PresetError::Unknown { .. }) if Path::new(name).exists() => {
            let text = std::fs::read_to_string(name).with_context(|| format!("reading {name}"))?;
            Preset::parse(&text).map_err(|error| match error {
                // Once, in one line: the reader's own words draw the line again.
                PresetError::Form(error) => anyhow!("the preset {name}, {}", FormError::new(&text, &error)),
                other => anyhow::Error::new(other).context(format!("the preset {name}")),
            })
        }
        other => Ok(other?),
    }
}

/// The tables file of a preset, byte for byte: the contract holds the hash of these bytes.
pub fn tables(preset: &Preset) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec_pretty(&preset.crack.tables)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn a_form_that_is_wrong_is_told_once_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("preset.toml");
        let text = include_str!("../../packages/rules/presets/demo.toml");
        std::fs::write(&path, text.replace("\nminimum", "\nminimun")).unwrap();
        let path = path.display().to_string();
        let line = 1 + text.lines().position(|line| line.starts_with("minimum")).unwrap();
        let told = format!("{:#}", super::read(&path).unwrap_err());
        let start = format!("the preset {path}, line {line}: unknown field `minimun`, expected one of ");
        assert!(told.starts_with(&start) && !told.contains('\n'), "{told}");
    }
}
