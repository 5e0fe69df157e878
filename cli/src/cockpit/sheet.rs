//! Lines that a terminal shows whole: each with its mark and its head, those that are too long going on below.

use std::fmt::Write;

/// What a line that goes on begins with: more than the place of a head.
const INDENT: &str = "              ";

/// What is written so far.
pub(super) struct Sheet {
    text: String,
    /// The longest line (characters).
    width: usize,
}

impl Sheet {
    /// An empty one, for lines of at most `width` characters; a longer word stays whole.
    pub(super) const fn new(width: usize) -> Self {
        Self { text: String::new(), width }
    }

    /// One with a title, which stays a line of its own however long it is.
    pub(super) fn titled(width: usize, title: &str) -> Self {
        Self { text: format!("{title}\n"), width }
    }

    /// All that was written.
    pub(super) fn text(self) -> String {
        self.text
    }

    /// A line with its mark and its head.
    pub(super) fn line(&mut self, mark: bool, head: &str, says: &str) {
        let mark = if mark { '!' } else { ' ' };
        self.wrapped(&format!("{mark} {head:<9} "), says);
    }

    /// What follows `head`. Lines after the first are indented.
    pub(super) fn wrapped(&mut self, head: &str, says: &str) {
        let mut head = head;
        for line in pieces(says, self.width.saturating_sub(INDENT.len()), &["; ", ", ", " "]) {
            let _ = writeln!(self.text, "{head}{}", line.trim_end());
            head = INDENT;
        }
    }
}

/// `says` in pieces of at most `width` characters: broken at the first of `breaks` where that does, else at the next.
fn pieces(says: &str, width: usize, breaks: &[&str]) -> Vec<String> {
    let fits = |text: &str| text.trim_end().chars().count() <= width;
    let Some((at, finer)) = breaks.split_first().filter(|_| !fits(says)) else {
        return vec![says.to_owned()];
    };
    let mut lines: Vec<String> = Vec::new();
    for piece in says.split_inclusive(at) {
        match lines.last_mut() {
            Some(line) if fits(&format!("{line}{piece}")) => line.push_str(piece),
            Some(_) | None => lines.extend(pieces(piece, width, finer)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_broken_where_a_reader_pauses() {
        let break_at = |width, says| pieces(says, width, &["; ", ", ", " "]);
        assert_eq!(break_at(11, "one, two; 3"), ["one, two; 3"]);
        assert_eq!(break_at(10, "one, two; 3"), ["one, two; ", "3"]);
        assert_eq!(break_at(8, "one, two; 3, four"), ["one, ", "two; ", "3, four"]);
        assert_eq!(break_at(5, "one two; 3"), ["one ", "two; ", "3"]);
        assert_eq!(break_at(2, "word"), ["word"]);
        let mut sheet = Sheet::new(100);
        sheet.line(true, "chain", &format!("{}; next: wait", "x".repeat(80)));
        assert_eq!(sheet.text(), format!("! chain     {};\n              next: wait\n", "x".repeat(80)));
    }
}
