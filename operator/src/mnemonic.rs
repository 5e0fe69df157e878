//! The words that accounts sign with, as people write them down: in any case, on one line or many, numbered, quoted,
//! with commas. Pure.

use bip39::{Language, Mnemonic};
use thiserror::Error;
use zeroize::Zeroizing;

/// How many words a mnemonic can have (BIP-39).
const LENGTHS: [usize; 5] = [SHORTEST, 15, 18, 21, 24];
const SHORTEST: usize = 12;
/// Words that may be misspelt in what is still taken for a mnemonic. What has more of them, or is shorter, may be any
/// secret, and is not repeated.
const MISSPELT: usize = 2;

/// Why words are not a mnemonic.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WordsError {
    /// There are too few or too many.
    #[error(
        "there are {0} words, and a mnemonic has 12, 15, 18, 21 or 24: one is missing, or there is something else"
    )]
    Count(usize),
    /// One is in no list. It is shown because it is no word of a mnemonic.
    #[error("word {place}, {word:?}, is not in the list{}", near.map(|near| format!(" ({near}?)")).unwrap_or_default())]
    Unknown {
        /// Its place, from 1.
        place: usize,
        /// The word.
        word: String,
        /// The word of the list that is most like it, if one is.
        near: Option<&'static str>,
    },
    /// Most are in no list.
    #[error("these are not the words of a mnemonic: most are not in the list of English words (BIP-39)")]
    Others,
    /// All are in the list, but not together.
    #[error(
        "all words are in the list, but one of them is wrong or two are swapped: the last one checks the others"
    )]
    Checksum,
}

/// Reads a mnemonic of English words. Lines that begin with `#`, numbers, commas, quotes, byte-order marks and any
/// white space count for nothing, nor does case.
///
/// # Errors
/// [`WordsError`] with the place of what is wrong.
pub(crate) fn read(text: &str) -> Result<Mnemonic, WordsError> {
    let lines = text.lines().filter(|line| !line.trim_start_matches(skipped).starts_with('#'));
    let words: Vec<Zeroizing<String>> = lines
        .flat_map(str::split_whitespace)
        .map(|word| word.trim_matches(|c: char| !c.is_alphabetic()))
        .filter(|word| !word.is_empty())
        .map(|word| Zeroizing::new(word.to_lowercase()))
        .collect();
    let list = Language::English;
    let unknown: Vec<_> = (1..).zip(&words).filter(|(_, word)| list.find_word(word).is_none()).collect();
    if let Some((place, word)) = unknown.first().copied() {
        if unknown.len() > MISSPELT || words.len() < SHORTEST {
            return Err(WordsError::Others);
        }
        return Err(WordsError::Unknown { place, word: word.to_string(), near: nearest(word) });
    }
    if !LENGTHS.contains(&words.len()) {
        return Err(WordsError::Count(words.len()));
    }
    let joined = Zeroizing::new(words.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" "));
    Mnemonic::parse_in_normalized(list, &joined).map_err(|_| WordsError::Checksum)
}

/// What stands before a line's first word and is no part of it.
fn skipped(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// The word of the list that is most like `word`: two letters apart at most, where swapped ones count once.
fn nearest(word: &str) -> Option<&'static str> {
    let apart = |other: &&str| strsim::damerau_levenshtein(word, other);
    let nearest = Language::English.word_list().iter().copied().min_by_key(apart);
    nearest.filter(|nearest| apart(nearest) <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "notice oak worry limit wrap speak medal online prefer cluster roof addict wrist behave treat \
                         actual wasp year salad speed social layer crew genius";

    fn same(text: &str) -> bool {
        read(text).is_ok_and(|words| words == read(WORDS).unwrap())
    }

    /// As people and programs write them.
    #[test]
    fn the_same_words_in_other_forms_are_the_same() {
        let lines = WORDS.replace(' ', "\n");
        let numbered: Vec<_> = (1..).zip(WORDS.split(' ')).map(|(n, word)| format!("{n}. {word}")).collect();
        for text in [
            format!("\n{WORDS}\n"),
            format!("\u{feff}{WORDS}"),
            WORDS.replace(' ', ", "),
            format!("# my words\n{WORDS}"),
            format!("\u{feff}# my words\n{WORDS}"),
            format!("{WORDS}\r\n"),
            WORDS.replace(' ', "  "),
            format!(" {WORDS} "),
            WORDS.replace(' ', "\u{a0}"),
            numbered.join(" "),
            lines.replace('\n', "\r\n"),
            lines,
            format!("\"{WORDS}\""),
            WORDS.replace(' ', "\t"),
            WORDS.to_uppercase(),
        ] {
            assert!(same(&text), "{text:?}");
        }
        let twelve = "abandon ".repeat(11) + "about";
        assert_eq!(read(&twelve).unwrap().word_count(), 12);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let error = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(error(&WORDS.replace("oak", "oka")), "word 2, \"oka\", is not in the list (oak?)");
        assert!(error(&WORDS.replace("genius", "xxxxxxxx")).ends_with("\"xxxxxxxx\", is not in the list"));
        assert!(error(&WORDS.replace("genius", "genre")).starts_with("all words are in the list, but"));
        assert!(error(&WORDS.replace(" oak", "")).starts_with("there are 23 words"));
        assert!(error("").starts_with("there are 0 words"));
        let secret = error("swordfish hunter2 correct horse staple");
        assert!(!secret.contains("hunter") && secret.contains("not the words"), "{secret}");
    }
}
