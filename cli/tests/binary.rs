//! The binary as a person uses it: help, bad input, Ctrl-C.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use clap::CommandFactory;

fn meteor() -> Command {
    Command::new(env!("CARGO_BIN_EXE_meteor"))
}

#[test]
fn help_teaches() {
    for command in ["demo", "devnet", "serve", "verify"] {
        let output = meteor().args([command, "--help"]).output().unwrap();
        assert!(output.status.success(), "{command}");
        assert!(String::from_utf8(output.stdout).unwrap().contains("Usage: meteor"), "{command}");
    }
}

#[test]
fn help_fits_a_terminal_of_80_columns() {
    fn checked(command: &mut clap::Command) -> usize {
        let help = command.render_long_help().to_string();
        for line in help.lines() {
            let usage = line.starts_with("Usage: "); // clap leaves it on one line
            assert!(usage || line.chars().count() <= 80, "{}: {line}", command.get_name());
        }
        command.get_subcommands_mut().map(checked).sum::<usize>() + 1
    }
    let mut commands = meteor_cli::commands::command();
    commands.build();
    assert!(checked(&mut commands) > 30);
}

#[test]
fn every_command_is_completed_and_has_a_manual_page() {
    let commands = meteor_cli::commands::Cli::command();
    let names: Vec<&str> = commands.get_subcommands().map(clap::Command::get_name).collect();
    assert!(names.len() > 20);
    for shell in ["bash", "zsh", "fish"] {
        let output = meteor().args(["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        for name in &names {
            assert!(script.contains(name), "{shell} does not complete {name}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(meteor().arg("man").arg(folder.path()).status().unwrap().success());
    assert!(folder.path().join("meteor.1").exists());
    for name in names {
        let page = std::fs::read_to_string(folder.path().join(format!("meteor-{name}.1"))).unwrap();
        assert!(page.contains("SYNOPSIS"), "{name}");
    }
}

#[test]
fn bad_input_says_what_and_what_to_do() {
    let output = meteor().args(["demo", "--exit", "--preset", "levana-2012"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("levana-2012") && said.contains("levana-2021"), "{said}");

    let output = meteor().args(["serve", "--node", "http://127.0.0.1:1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(64), "a bad configuration has its own exit code");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("shower"), "{said}");
}

/// Waits for the line that contains `text`, then interrupts as Ctrl-C does.
fn interrupted_after(text: &str, args: &[&str]) {
    let mut child = meteor().args(args).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines
        .find(|line| line.as_ref().unwrap().contains(text))
        .unwrap_or_else(|| panic!("never said {text}"))
        .unwrap();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    lines.for_each(drop); // until it closes its output
    assert!(child.wait().unwrap().success(), "stopped cleanly after {text:?}");
}

#[test]
fn ctrl_c_stops_a_demo_at_any_time() {
    for moment in ["dev chain", "Take part", "shower 1:"] {
        interrupted_after(moment, &["demo", "--wallets", "5", "--seconds", "6", "--listen", "127.0.0.1:0"]);
    }
}

#[test]
fn ctrl_c_stops_the_dev_chain() {
    interrupted_after("Ctrl-C", &["devnet", "--rpc", "127.0.0.1:0", "--rest", "127.0.0.1:0"]);
}
