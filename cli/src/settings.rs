//! `meteor.toml`: options that repeat, written once. They are put into the command line before it is parsed, where it
//! doesn't have them, so an option beats the file and the file beats the environment.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::builder::{Resettable, StyledStr};
use clap::{Arg, Command};
use toml::{Spanned, Table, Value};

/// The file where [`CONFIG`] names none.
const FILE: &str = "meteor.toml";
/// The variable that names another file.
const CONFIG: &str = "METEOR_CONFIG";
/// Variables begin like this.
const PREFIX: &str = "METEOR_";
/// Options that repeat, and their variables. Those of `meteor serve` are the indexer's.
const OPTIONS: [(&str, &str); 15] = [
    ("account", "METEOR_ACCOUNT"),
    ("artifacts", "METEOR_ARTIFACTS"),
    ("audit-log", "METEOR_AUDIT_LOG"),
    ("beacon-url", "METEOR_BEACON_URL"),
    ("hd-path", "METEOR_HD_PATH"),
    ("identity-file", "METEOR_IDENTITY_FILE"),
    ("key-file", "METEOR_KEY_FILE"),
    ("kms-credentials", "METEOR_KMS_CREDENTIALS"),
    ("kms-endpoint", "METEOR_KMS_ENDPOINT"),
    ("kms-key-id", "METEOR_KMS_KEY_ID"),
    ("kms-profile", "METEOR_KMS_PROFILE"),
    ("kms-region", "METEOR_KMS_REGION"),
    ("passphrase-file", "METEOR_PASSPHRASE_FILE"),
    ("signer-file", "METEOR_SIGNER_FILE"),
    ("tables", "METEOR_TABLES"),
];
/// Options whose variables [`crate::event`] reads by itself, because the event's file counts before them.
const AFTER_THE_FILE: [&str; 4] = ["event", "node", "contract", "gas-price"];
/// Commands that have an event of their own or none: what is written for the real one is not for them.
// keygen and verify believe their command line alone: a contract of yesterday's event would be the wrong one.
const WITHOUT: [&str; 12] = [
    "account",
    "art",
    "beacon",
    "catalogue",
    "completions",
    "demo",
    "devnet",
    "help",
    "keygen",
    "man",
    "rehearse",
    "verify",
];

/// A file of settings.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    entries: Vec<Entry>,
}

/// One of its keys.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    /// The option, without its hyphens in front.
    option: String,
    /// Counted from 1.
    line: usize,
    values: Vec<String>,
}

/// Whether a command line has an option.
fn has(given: &[OsString], long: &str) -> bool {
    let (alone, joined) = (format!("--{long}"), format!("--{long}="));
    given.iter().any(|word| word.to_str().is_some_and(|word| word == alone || word.starts_with(&joined)))
}

/// Whether a command line has an option that excludes `arg`: what was typed is meant, whatever is written elsewhere.
fn excluded(of: &Command, arg: &Arg, given: &[OsString]) -> bool {
    let excludes = |one: &Arg, other: &Arg| {
        of.get_arg_conflicts_with(one).iter().any(|conflict| conflict.get_id() == other.get_id())
    };
    let typed = of.get_arguments().filter(|typed| typed.get_long().is_some_and(|long| has(given, long)));
    typed.into_iter().any(|typed| excludes(typed, arg) || excludes(arg, typed))
}

/// The command, which is not built yet, without the variables of options that the command line excludes.
#[must_use]
pub fn without_excluded(command: Command, given: &[OsString]) -> Command {
    let Some((of, _)) = chosen(&command, given) else { return command };
    let known = |arg: &&Arg| arg.get_env().is_some() && !arg.get_long().is_some_and(|long| has(given, long));
    let excluded: Vec<_> = of
        .get_arguments()
        .filter(known)
        .filter(|arg| excluded(of, arg, given))
        .map(|arg| arg.get_id().clone())
        .collect();
    let name = of.get_name().to_owned();
    // Only commands of the first level have such options.
    if excluded.is_empty() || command.find_subcommand(&name).is_none() {
        return command;
    }
    command.mut_subcommand(name, |of| {
        excluded.into_iter().fold(of, |of, id| of.mut_arg(id, |arg| arg.env(Resettable::Reset)))
    })
}

/// A variable of the environment that is set to something.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The variable of an option that may be in the file, too; `None` for other options.
fn variable_of(arg: &Arg) -> Option<String> {
    let long = arg.get_long()?;
    let name = format!("{PREFIX}{}", long.replace('-', "_").to_uppercase());
    let has = arg.get_env() == Some(OsStr::new(&name)) || AFTER_THE_FILE.contains(&long);
    has.then_some(name)
}

/// The command with the variables of its options, and no values of variables in its help.
#[must_use]
pub(crate) fn with_variables(command: Command) -> Command {
    let takes = !WITHOUT.contains(&command.get_name());
    let command = command.mut_args(|arg| {
        let known = OPTIONS.iter().find(|(long, _)| takes && arg.get_long() == Some(long));
        let arg = arg.hide_env_values(true);
        if let Some((_, name)) = known {
            return arg.env(name);
        }
        match variable_of(&arg).filter(|_| takes && arg.get_env().is_none()) {
            Some(name) => {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                arg.help(format!("{help} [env: {name}]"))
            }
            None => arg,
        }
    });
    command.mut_subcommands(with_variables)
}

/// Whether a command or one of its subcommands has `option`, and may have it from the file.
fn knows(command: &Command, option: &str) -> bool {
    let takes = !WITHOUT.contains(&command.get_name());
    takes
        && (command.get_arguments().any(|arg| arg.get_long() == Some(option) && variable_of(arg).is_some())
            || command.get_subcommands().any(|command| knows(command, option)))
}

impl File {
    /// The file that there is: the one that `METEOR_CONFIG` names, or meteor.toml in this folder.
    ///
    /// # Errors
    /// If the one that is named is not there, or the file can't be used; the error names file, line and key.
    pub fn load(command: &Command) -> Result<Option<Self>> {
        let named = variable(CONFIG);
        let path = PathBuf::from(named.as_deref().unwrap_or(FILE));
        if named.is_none() && !path.exists() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path);
        let text = text.with_context(|| match named {
            Some(_) => format!("{CONFIG} names {}", path.display()),
            None => format!("reading {}", path.display()),
        })?;
        Self::parse(path, &text, command).map(Some)
    }

    fn parse(path: PathBuf, text: &str, command: &Command) -> Result<Self> {
        let name = path.display().to_string();
        let at = |offset: usize| text.get(..offset).unwrap_or(text).matches('\n').count().saturating_add(1);
        let table: BTreeMap<Spanned<String>, Value> = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| at(span.start));
            anyhow::anyhow!("{name}:{line}: {}", error.message())
        })?;
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            let (line, key) = (at(key.span().start), key.into_inner());
            let option = key.replace('_', "-");
            let there = knows(command, &option);
            ensure!(
                !(there && key.contains('-')),
                "{name}:{line}: there is no setting \"{key}\": write {}",
                key.replace('-', "_")
            );
            ensure!(
                there,
                "{name}:{line}: there is no setting \"{key}\": the keys are the options that have a variable, written \
                 with underscores (meteor COMMAND --help names the variables)"
            );
            let values = values(value).with_context(|| format!("{name}:{line}: {key}"))?;
            entries.push(Entry { option, line, values });
        }
        Ok(Self { path, entries })
    }

    /// The command line with what it lacks and the file has, in `command`'s options.
    #[must_use]
    pub fn fill(&self, command: &Command, given: &[OsString]) -> Vec<OsString> {
        let Some((of, place)) = chosen(command, given) else { return given.to_vec() };
        let mut line = given.to_vec();
        for Entry { option, values, .. } in &self.entries {
            let arg =
                of.get_arguments().find(|arg| arg.get_long() == Some(option) && variable_of(arg).is_some());
            let free = |arg: &&Arg| !has(given, option) && !excluded(of, arg, given);
            let Some(arg) = arg.filter(free) else { continue };
            let is_path = arg.get_value_parser().type_id() == TypeId::of::<PathBuf>();
            // Each before the one that is in place already.
            for value in values.iter().rev() {
                let value = if is_path { self.beside(value) } else { value.into() };
                let mut word = OsString::from(format!("--{option}="));
                word.push(value);
                line.insert(place, word);
            }
        }
        line
    }

    /// A path as it is meant: from the file's folder.
    fn beside(&self, path: &str) -> OsString {
        self.path.parent().unwrap_or(Path::new("")).join(path).into_os_string()
    }

    /// Its name and what it says of `option`, which has one value.
    pub(crate) fn says(&self, option: &str) -> Option<(String, &str)> {
        let entry = self.entries.iter().find(|entry| entry.option == option)?;
        Some((format!("{}:{}", self.path.display(), entry.line), entry.values.first()?))
    }

    /// What it says of `option`, which is a path.
    pub(crate) fn path(&self, option: &str) -> Option<PathBuf> {
        self.says(option).map(|(_, path)| self.beside(path).into())
    }

    /// Where in the file an option of clap's error comes from, for example `--gas-price <PRICE>`.
    pub fn place_of(&self, shown: &str) -> Option<String> {
        let long = shown.strip_prefix("--")?.split([' ', '=']).next()?;
        self.says(long).map(|(place, _)| place)
    }
}

/// What a key may hold: a text, a number, or a list of them.
fn values(value: Value) -> Result<Vec<String>> {
    Ok(match value {
        Value::String(text) => vec![text],
        Value::Integer(number) => vec![number.to_string()],
        Value::Array(list) => {
            let list = list.into_iter().map(values).collect::<Result<Vec<_>>>()?;
            list.into_iter().flatten().collect()
        }
        Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Table(Table { .. }) => {
            bail!("it must be a text, a whole number or a list of texts")
        }
    })
}

/// The command that a line names, and the place after its name; `None` if it takes nothing from the file.
fn chosen<'a>(command: &'a Command, given: &[OsString]) -> Option<(&'a Command, usize)> {
    let mut found = None;
    let mut of = command;
    for (place, word) in given.iter().enumerate().skip(1) {
        let Some(next) = word.to_str().and_then(|word| of.find_subcommand(word)) else {
            // Before a command stand options without values.
            if found.is_none() && word.to_str().is_some_and(|word| word.starts_with('-')) {
                continue;
            }
            break;
        };
        if found.is_none() && WITHOUT.contains(&next.get_name()) {
            return None;
        }
        of = next;
        found = Some((next, place.saturating_add(1)));
    }
    found
}

/// How the command that a line names is used, as its help says it. What clap says beside an error counts what variables
/// give as typed.
pub fn usage(command: &Command, given: &[OsString]) -> StyledStr {
    let mut of = command;
    for word in given.iter().skip(1) {
        match word.to_str().and_then(|word| of.find_subcommand(word)) {
            Some(next) => of = next,
            None if word.to_str().is_some_and(|word| word.starts_with('-')) => {}
            None => break,
        }
    }
    of.clone().render_usage()
}

/// Whether a command line names a command that may take something from the file. One that asks for help does not: the
/// help is what mends a wrong file.
pub fn takes(command: &Command, given: &[OsString]) -> bool {
    let mut options = given.iter().take_while(|word| *word != "--");
    chosen(command, given).is_some() && !options.any(|word| word == "--help" || word == "-h")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::commands::command;

    fn filled(file: &str, line: &str) -> String {
        let mut command = command();
        command.build();
        let file = File::parse("a/meteor.toml".into(), file, &command).unwrap();
        let given: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let words = file.fill(&command, &given).into_iter().map(|word| word.into_string().unwrap());
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_command_line_is_filled_with_what_it_lacks() {
        for (file, line, full) in [
            ("account = 3", "meteor close", "meteor close --account=3"),
            ("account = 3", "meteor -q close --shower 1", "meteor -q close --account=3 --shower 1"),
            ("account = 3", "meteor close --account 5", "meteor close --account 5"),
            ("account = 3", "meteor close --account=5", "meteor close --account=5"),
            ("node = [\"a\", \"b\"]", "meteor status", "meteor status --node=a --node=b"),
            ("signer_file = \"w\"", "meteor pause", "meteor pause --signer-file=a/w"),
            ("signer_file = \"/w\"", "meteor pause", "meteor pause --signer-file=/w"),
            // What was typed is meant instead.
            ("signer_file = \"w\"", "meteor pause --generate-only", "meteor pause --generate-only"),
            ("key_file = \"k\"", "meteor draw --kms-key-id x", "meteor draw --kms-key-id x"),
            // Not for this command, or for none that has an event of its own.
            ("tables = \"t\"", "meteor close", "meteor close"),
            ("account = 3", "meteor account words", "meteor account words"),
            ("node = \"a\"", "meteor demo", "meteor demo"),
            ("node = \"a\"", "meteor rehearse", "meteor rehearse"),
            ("contract = \"a\"", "meteor keygen x", "meteor keygen x"),
            ("contract = \"a\"", "meteor verify x", "meteor verify x"),
            (
                "store_region = \"eu\"",
                "meteor snapshot verify x",
                "meteor snapshot verify --store-region=eu x",
            ),
            ("account = 3", "meteor --help", "meteor --help"),
            ("store_region = \"eu\"", "meteor snapshot ls x", "meteor snapshot ls --store-region=eu x"),
        ] {
            assert_eq!(filled(file, line), full, "{file}");
        }
    }

    #[test]
    fn every_option_that_repeats_is_there_and_names_its_variable() {
        let mut command = command();
        command.build();
        let help = |name: &str| {
            let line = ["meteor", name, "--help"];
            command.clone().try_get_matches_from(line).unwrap_err().to_string()
        };
        // Long lines are wrapped.
        let all =
            ["draw", "hatch", "deploy"].map(help).concat().split_whitespace().collect::<Vec<_>>().join(" ");
        let names = AFTER_THE_FILE.map(|long| format!("{PREFIX}{}", long.replace('-', "_").to_uppercase()));
        for name in OPTIONS.iter().map(|(_, name)| *name).chain(names.iter().map(String::as_str)) {
            assert!(all.contains(&format!("[env: {name}]")), "{name}");
        }
        assert!(!help("demo").contains("METEOR_NODE"));
    }
}
