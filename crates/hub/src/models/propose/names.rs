//! What the name of a column says of it.

use mlhub_domain::profile::{ColumnProfile, Profile};

/// Names that people give to the column they want to predict, and hardly to any other. Written
/// without what stands between words.
const TELLING: &[&str] = &[
    "target",
    "label",
    "y",
    "outcome",
    "response",
    "groundtruth",
    "dependent",
    "dependentvariable",
    "survived",
    "survival",
    "churn",
    "churned",
    "exited",
    "attrition",
    "default",
    "defaulted",
    "fraud",
    "isfraud",
    "spam",
    "diagnosis",
    "prognosis",
    "readmitted",
    "approved",
    "converted",
    "conversion",
    "purchased",
    "subscribed",
    "cancelled",
    "canceled",
    "sentiment",
    "species",
    "salary",
    "income",
    "saleprice",
    "sellingprice",
    "medianhousevalue",
    "medv",
];

/// Names of such columns that other columns have as well.
const HINTING: &[&str] = &[
    "class", "price", "quality", "rating", "score", "grade", "status", "result", "category",
    "risk", "revenue", "demand", "charges", "cost", "value",
];

/// How a name speaks for a target.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// It is such a name.
    Telling,
    /// It has such a word at its beginning or end.
    PartlyTelling,
    /// It is a name that targets often have, or a part of it.
    Hinting,
    PartlyHinting,
    Silent,
}

/// What a name says: as a whole, else by its first or last word.
pub(super) fn word(column: &ColumnProfile, profile: &Profile) -> Word {
    let words = words(&column.name);
    let whole = words.concat();
    let ends = [words.first(), words.last()];
    let has = |known: &[&str]| ends.iter().flatten().any(|word| known.contains(&word.as_str()));
    // Beside x, it is a place.
    let named = |name: &str| profile.columns.iter().any(|c| c.name.eq_ignore_ascii_case(name));
    if whole == "y" && (named("z") || named("x") && profile.columns.len() > 2) {
        Word::Silent
    } else if TELLING.contains(&whole.as_str()) {
        Word::Telling
    } else if HINTING.contains(&whole.as_str()) {
        Word::Hinting
    } else if has(TELLING) {
        Word::PartlyTelling
    } else if has(HINTING) && words.len() > 1 {
        Word::PartlyHinting
    } else {
        Word::Silent
    }
}

/// The words of a name in lower case: `SalePrice`, `sale_price` and `Sale price` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (lower && letter.is_uppercase()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().expect("there is one").extend(letter.to_lowercase());
        }
        lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_same_words_however_they_are_written() {
        for name in ["SalePrice", "sale_price", "Sale price", "SALE PRICE", "sale-price "] {
            assert_eq!(words(name), ["sale", "price"], "{name}");
        }
        assert_eq!(words("late15"), ["late15"]);
        assert!(words("…").is_empty());
    }
}
