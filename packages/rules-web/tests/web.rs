//! What the page is answered, by the evidence of `docs/fairness/example` and by what is none.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // that is how tests fail

use std::path::Path;

use meteor_rules_web::{answer, write};
use serde_json::Value;

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/fairness/example").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

/// A page of reveals as the API sends it.
fn page(reveals: &str) -> Vec<u8> {
    format!(r#"{{"reveals":{reveals},"next":null}}"#).into_bytes()
}

fn ask(fields: &[Option<&[u8]>]) -> Value {
    serde_json::from_slice(&answer(&write(fields).unwrap())).unwrap()
}

/// The call for a shower, or a meteor of it, as the page makes it.
struct Call {
    asked: &'static str,
    fairness: Vec<u8>,
    tables: Vec<u8>,
    number: String,
    contributions: Vec<u8>,
    pages: Vec<Vec<u8>>,
}

impl Call {
    fn shower(number: u32) -> Self {
        Self {
            asked: "shower",
            fairness: file("fairness.json"),
            tables: file("tables.json"),
            number: number.to_string(),
            contributions: file(&format!("showers/{number}/contributions.csv")),
            pages: vec![page(&text(&format!("showers/{number}/reveals.json")))],
        }
    }

    fn meteor(shower: u32, number: u64) -> Self {
        Self { asked: "meteor", number: number.to_string(), ..Self::shower(shower) }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut fields: Vec<Option<&[u8]>> =
            vec![Some(self.asked.as_bytes()), Some(&self.fairness), Some(&self.tables)];
        fields.extend([Some(self.number.as_bytes()), Some(&self.contributions)]);
        fields.extend(self.pages.iter().map(|page| Some(page.as_slice())));
        write(&fields).unwrap()
    }

    fn answer(&self) -> Value {
        serde_json::from_slice(&answer(&self.bytes())).unwrap()
    }

    /// The steps with this outcome.
    fn steps(&self, outcome: &str) -> Vec<String> {
        let answer = self.answer();
        let steps = answer["ok"]["steps"].as_array().unwrap_or_else(|| panic!("{answer}"));
        let with = steps.iter().filter(|step| step["outcome"] == outcome);
        with.map(|step| step["name"].as_str().unwrap().to_owned()).collect()
    }

    fn changed(mut self, field: fn(&mut Self) -> &mut Vec<u8>, from: &str, to: &str) -> Self {
        let bytes = field(&mut self);
        let old = String::from_utf8(bytes.clone()).unwrap();
        let new = old.replacen(from, to, 1);
        assert_ne!(old, new, "{from} is not there");
        *bytes = new.into_bytes();
        self
    }
}

#[test]
fn the_event_is_told_with_where_each_shower_stands() {
    let told = ask(&[Some(b"event"), Some(&file("fairness.json")), Some(&file("catalogue.csv"))]);
    let states: Vec<_> =
        told["ok"]["showers"].as_array().unwrap().iter().map(|s| s["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["published", "published", "empty", "cancelled", "sealed", "open"]);
    assert_eq!(told["ok"]["beacon"], "test");
    let outcomes = |told: &Value| {
        let steps = told["ok"]["steps"].as_array().unwrap().clone();
        steps.iter().map(|step| step["outcome"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&told), ["not_checked", "passed"]);
    let other = text("catalogue.csv").replacen("legendary,0,b", "legendary,0,c", 1);
    let told = ask(&[Some(b"event"), Some(&file("fairness.json")), Some(other.as_bytes())]);
    assert_eq!(outcomes(&told), ["not_checked", "failed"]);
    let told = ask(&[Some(b"event"), Some(&file("fairness.json")), None]);
    assert_eq!(outcomes(&told), ["not_checked", "not_checked"]);
}

#[test]
fn genuine_evidence_holds_and_what_is_missing_is_named() {
    assert_eq!(Call::shower(1).steps("passed").len(), 9);
    assert_eq!(Call::shower(5).steps("not_checked"), ["key", "draw"]);
    assert!(Call::shower(5).steps("failed").is_empty());
    let open =
        ask(&[Some(b"shower"), Some(&file("fairness.json")), Some(&file("tables.json")), Some(b"6"), None]);
    assert_eq!(open["ok"]["steps"].as_array().unwrap().len(), 9, "{open}");
}

#[test]
fn what_was_changed_is_found() {
    let first = text("showers/1/contributions.csv").lines().nth(1).unwrap().to_owned();
    let without = Call::shower(1).changed(|call| &mut call.contributions, &format!("{first}\n"), "");
    assert_eq!(without.steps("failed"), ["contributions"]);
    // The signature is of another round, and verified here: not only compared.
    let fairness: Value = serde_json::from_slice(&file("fairness.json")).unwrap();
    let signature =
        |shower: usize| fairness["showers"][shower]["beacon_signature"].as_str().unwrap().to_owned();
    let swapped = Call::shower(1).changed(|call| &mut call.fairness, &signature(0), &signature(1));
    assert_eq!(swapped.steps("failed"), ["beacon"]);
    let dust = Call::shower(2).changed(|call| &mut call.pages[0], r#""found": "eggs""#, r#""found": "dust""#);
    assert_eq!(dust.steps("failed"), ["reveals"]);
}

#[test]
fn a_meteor_is_told_with_its_odds() {
    let told = Call::meteor(2, 42).answer();
    let meteor = &told["ok"]["meteor"];
    assert_eq!((meteor["rank"].as_u64(), meteor["content"]["kind"].as_str()), (Some(2), Some("egg")));
    assert_eq!((&told["ok"]["percent"], &told["ok"]["revealed"]), (&"100.00".into(), &"egg".into()));
    let steps = told["ok"]["report"]["steps"].as_array().unwrap();
    assert_eq!((steps.len(), &steps[9]["outcome"]), (10, &Value::from("passed")));
    // The draw is not open yet: place and odds are known, the content is not.
    let sealed = Call::meteor(5, 71).answer();
    assert_eq!(sealed["ok"]["meteor"]["content"], Value::Null, "{sealed}");
    assert_eq!(sealed["ok"]["revealed"], Value::Null);
    assert_eq!(sealed["ok"]["report"]["steps"][9]["outcome"], "not_checked");
    // Cracked before the key is out: what was revealed is proven to have been sealed.
    let cracked = Call::meteor(5, 61).answer();
    assert_eq!(cracked["ok"]["report"]["steps"][8]["outcome"], "passed", "{cracked}");
    assert_eq!(
        (&cracked["ok"]["meteor"]["content"], &cracked["ok"]["revealed"]),
        (&Value::Null, &"egg".into())
    );
    assert_eq!(Call::meteor(2, 4_200).answer()["error"], "there is no meteor 4200");
}

#[test]
fn pages_of_reveals_are_taken_together() {
    let all: Vec<Value> = serde_json::from_slice(&file("showers/1/reveals.json")).unwrap();
    let (first, second) = all.split_at(3);
    let pages = [first, second].map(|part| page(&serde_json::to_string(part).unwrap())).to_vec();
    let call = Call { pages, ..Call::shower(1) };
    let told = call.answer();
    let reveals = &told["ok"]["steps"][8];
    assert_eq!(reveals["outcome"], "passed");
    let wanted = format!("{} of 40", all.len());
    assert!(reveals["detail"].as_str().unwrap().starts_with(&wanted), "{reveals}");
}

#[test]
fn what_cannot_be_read_is_answered_in_words() {
    let error = |told: Value| told["error"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned();
    assert_eq!(error(ask(&[])), "the call is cut short");
    assert_eq!(error(ask(&[None])), "what is asked for is missing");
    assert_eq!(error(ask(&[Some(b"gold")])), "there is nothing called \"gold\" to ask for");
    let newer = Call::shower(1).changed(|call| &mut call.fairness, r#""version": 1"#, r#""version": 2"#);
    assert!(error(newer.answer()).contains("version 2"));
    let twice = Call::shower(1).changed(|call| &mut call.fairness, "{", r#"{"version": 1,"#);
    assert!(error(twice.answer()).contains("duplicate field"));
    assert_eq!(error(Call { number: "9".into(), ..Call::shower(1) }.answer()), "there is no shower 9");
    assert_eq!(error(Call { number: "-1".into(), ..Call::shower(1) }.answer()), "\"-1\" is no number");
    assert!(error(Call { contributions: vec![0xff], ..Call::shower(1) }.answer()).contains("UTF-8"));
    assert!(error(Call { pages: vec![b"[]".to_vec()], ..Call::shower(1) }.answer()).contains("reveals.json"));
    let deep = "[".repeat(100_000).into_bytes();
    assert!(error(Call { fairness: deep.clone(), ..Call::shower(1) }.answer()).contains("fairness.json"));
    // Tables are hashed first: such a file is wrong, not unreadable.
    assert_eq!(Call { tables: deep, ..Call::shower(1) }.steps("failed"), ["tables"]);
}

/// Every cut and many changed bytes of a whole call get an answer that is JSON.
#[test]
fn no_bytes_are_too_bad_to_answer() {
    let call = Call::meteor(2, 42).bytes();
    let answered = |bytes: &[u8]| {
        let told: Value = serde_json::from_slice(&answer(bytes)).unwrap();
        told.as_object().is_some_and(|told| told.contains_key("ok") != told.contains_key("error"))
    };
    for cut in (0..200).chain((200..call.len()).step_by(97)) {
        assert!(answered(&call[..cut]), "cut at {cut}");
    }
    for at in (0..200).chain((200..call.len()).step_by(61)) {
        for mask in [1, 0x80, 0xff] {
            let mut changed = call.clone();
            changed[at] ^= mask;
            assert!(answered(&changed), "{mask:#x} at {at}");
        }
    }
}

/// The way in and out that the browser uses, as far as it can be used without following a pointer.
#[test]
fn the_abi_answers_what_was_written() {
    use meteor_rules_web::abi::{rules_call, rules_input, rules_output};
    assert!(!rules_input(4).is_null());
    // Four zeros: one empty field, so nothing that can be asked for.
    let wanted = answer(&[0; 4]).len();
    assert_eq!(rules_call(), wanted);
    assert!(!rules_output().is_null());
    // The call was taken: a second one is empty.
    assert_eq!(rules_call(), answer(&[]).len());
}
