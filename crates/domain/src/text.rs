//! Texts of people, cut to what a message holds.

use unicode_segmentation::UnicodeSegmentation as _;

/// As much of `text` as `most` characters hold, and `…` when that is not all of it.
///
/// What is read as one letter (an accent with its letter, a flag, a family of emoji) is there whole
/// or not at all, unless it alone is longer.
pub fn cut(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let starts = text.grapheme_indices(true).map(|(start, _)| start);
    let whole = starts.take_while(|start| *start <= end).last();
    let end = whole.filter(|start| *start > 0).unwrap_or(end);
    format!("{}…", &text[..end])
}

/// A message as a sentence: with a capital and a full stop, unless it ends with a stop of its own.
pub fn sentence(message: &str) -> String {
    let stop = if message.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    let mut letters = message.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}{stop}", first.collect::<String>(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_letters() {
        for (text, most, cut_to) in [
            ("titanic", 7, "titanic"),
            ("titanic", 5, "titan…"),
            ("", 0, ""),
            ("titanic", 0, "…"),
            ("ééé", 2, "éé…"),
            ("東京都", 2, "東京…"),
            // A letter and its accent are two characters.
            ("cafe\u{301} noir", 5, "cafe\u{301}…"),
            ("cafe\u{301} noir", 4, "caf…"),
            // A family is five, a flag two, a thumb with its colour two.
            ("we 👨‍👩‍👧 go", 8, "we 👨‍👩‍👧…"),
            ("we 👨‍👩‍👧 go", 7, "we …"),
            ("🇩🇪🇫🇷", 3, "🇩🇪…"),
            ("👍🏽👍🏽", 3, "👍🏽…"),
            ("a\r\nb", 2, "a…"),
        ] {
            assert_eq!(cut(text, most), cut_to, "{text:?} at {most}");
        }
    }

    #[test]
    fn a_message_becomes_a_sentence_once() {
        assert_eq!(sentence("the table is empty"), "The table is empty.");
        assert_eq!(sentence("“é” is missing: why?"), "“é” is missing: why?");
        assert_eq!(sentence(&sentence("état")), "État.");
    }

    #[test]
    fn a_letter_longer_than_the_message_is_cut_between_its_characters() {
        let endless = format!("e{}", "\u{301}".repeat(1_000));
        assert_eq!(cut(&endless, 3), "e\u{301}\u{301}…");
        assert_eq!(cut("👨‍👩‍👧", 1), "👨…");
    }
}
