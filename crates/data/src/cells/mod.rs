//! What a cell says: strict parsers and the classes they sort cells into.

pub(crate) mod class;
pub(crate) mod days;
pub(crate) mod number;

/// The cell without blanks around it.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) if blank(first) || blank(last) => bytes.trim_ascii(),
        _ => bytes,
    }
}

/// Words that people and programs write where a value is missing. They count as missing only in
/// columns whose other cells are not text: Namibia's code is `NA`.
pub(crate) fn is_null_word(bytes: &[u8]) -> bool {
    bytes.len() <= 6
        && matches!(
            bytes,
            b"NA"
                | b"N/A"
                | b"n/a"
                | b"#N/A"
                | b"<NA>"
                | b"na"
                | b"null"
                | b"NULL"
                | b"Null"
                | b"None"
                | b"none"
                | b"NONE"
                | b"NaN"
                | b"nan"
                | b"NAN"
                | b"-nan"
                | b"-NaN"
                | b"nil"
                | b"-"
                | b"--"
                | b"?"
                | b"."
                | b"\\N"
        )
}

/// `true` or `false`, however capitalised.
pub(crate) fn boolean(bytes: &[u8]) -> Option<bool> {
    match bytes.len() {
        4 if bytes.eq_ignore_ascii_case(b"true") => Some(true),
        5 if bytes.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}
