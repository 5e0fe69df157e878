//! The run as a document that people sign: Markdown, or HTML without anything from elsewhere.

use std::fmt::Write as _;

use super::list::{Check, Evidence, Source};
use super::run::{Done, State};

/// What the document says on top.
pub(crate) struct Title {
    /// What was checked.
    pub(crate) of: String,
    /// When (UTC).
    pub(crate) at: String,
    /// By which program.
    pub(crate) by: String,
}

/// How many items stand so.
pub(crate) fn count(done: &[Done<'_>], state: State) -> usize {
    done.iter().filter(|done| done.state == state).count()
}

/// What an item's evidence is, in a word or two.
pub(crate) fn evidence(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Command(command) => command.clone(),
        Evidence::File(path) => path.clone(),
        Evidence::Check(check) => {
            let name = match check {
                Check::Launch => "launch",
                Check::Payees => "payees",
                Check::Nodes => "nodes",
                Check::Beacon => "beacon",
                Check::Catalogue => "catalogue",
                Check::Code => "code",
                Check::Site => "site",
                Check::Alerts => "alerts",
            };
            format!("meteor check: {name}")
        }
    }
}

const fn named(source: Source) -> &'static str {
    match source {
        Source::Harmony => "Harmony's launch checklist",
        Source::Orr => "Operational readiness review",
        Source::Ours => "This event",
    }
}

const SOURCES: [Source; 3] = [Source::Ours, Source::Harmony, Source::Orr];

fn summary(done: &[Done<'_>]) -> String {
    let [pass, fail, manual] = [State::Pass, State::Fail, State::Manual].map(|state| count(done, state));
    format!("{} items: {pass} PASS, {fail} FAIL, {manual} MANUAL", done.len())
}

/// As Markdown.
pub(crate) fn markdown(title: &Title, done: &[Done<'_>]) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let Title { of, at, by } = title;
    let mut text = format!("# Launch checklist\n\nOf {of}, {at}, by {by}. {}.\n", summary(done));
    for source in SOURCES {
        let mut section = "";
        for Done { item, state, said } in done.iter().filter(|done| done.item.source == source) {
            if section.is_empty() {
                let _ = write!(text, "\n## {}\n", named(source));
            }
            if section != item.section {
                section = &item.section;
                let _ = write!(
                    text,
                    "\n### {section}\n\n| item | state | what must be true | found | evidence | owner |\n|---|---|---|---|---|---|\n"
                );
            }
            let instead = item.instead.as_ref().map(|why| format!(" Instead: {why}")).unwrap_or_default();
            let _ = writeln!(
                text,
                "| {} | {state} | {} {}{} | {} | `{}` | {} |",
                item.id,
                cell(&item.what),
                cell(&item.why),
                cell(&instead),
                cell(said),
                cell(&evidence(&item.evidence)),
                cell(&item.owner)
            );
        }
    }
    text.push_str("\n## Sign-off\n\n| role | name | date | signature |\n|---|---|---|---|\n");
    for role in ROLES {
        let _ = writeln!(text, "| {role} | | | |");
    }
    text
}

/// Who signs the whole.
const ROLES: [&str; 3] = ["launch lead", "operations lead", "security lead"];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// As HTML: one file, no script, to be printed and signed.
pub(crate) fn html(title: &Title, done: &[Done<'_>]) -> String {
    let Title { of, at, by } = title;
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Launch checklist</title>\n<style>\
         body{{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}}\
         table{{border-collapse:collapse;width:100%;margin:0 0 1.5rem}}\
         td,th{{border:1px solid #bbb;padding:.35rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}}\
         small{{color:#555;display:block}}.PASS{{color:#05652f}}.FAIL{{color:#b00020}}.MANUAL{{color:#7a4b00}}\
         @media print{{body{{margin:0;font-size:11px}}tr{{break-inside:avoid}}}}</style>\n\
         <h1>Launch checklist</h1>\n<p>Of {}, {}, by {}. {}.</p>\n",
        escaped(of),
        escaped(at),
        escaped(by),
        summary(done)
    );
    for source in SOURCES {
        let mut section = "";
        for Done { item, state, said } in done.iter().filter(|done| done.item.source == source) {
            if section.is_empty() {
                let _ = writeln!(text, "<h2>{}</h2>", escaped(named(source)));
            }
            if section != item.section {
                if !section.is_empty() {
                    text.push_str("</table>\n");
                }
                section = &item.section;
                let _ = write!(
                    text,
                    "<h3>{}</h3>\n<table><tr><th>item<th>state<th>what must be true<th>found<th>owner</tr>\n",
                    escaped(section)
                );
            }
            let instead =
                item.instead.as_ref().map(|why| format!("<small>Instead: {}</small>", escaped(why)));
            let _ = writeln!(
                text,
                "<tr><td>{}<td class=\"{state}\"><b>{state}</b><td>{}<small>{}</small>{}<td>{}<small>{}</small><td>{}</tr>",
                escaped(&item.id),
                escaped(&item.what),
                escaped(&item.why),
                instead.unwrap_or_default(),
                escaped(said),
                escaped(&evidence(&item.evidence)),
                escaped(&item.owner)
            );
        }
        if !section.is_empty() {
            text.push_str("</table>\n");
        }
    }
    text.push_str("<h2>Sign-off</h2>\n<table><tr><th>role<th>name<th>date<th>signature</tr>\n");
    for role in ROLES {
        let _ = writeln!(text, "<tr><td>{role}<td><td><td></tr>");
    }
    text.push_str("</table>\n</html>\n");
    text
}
