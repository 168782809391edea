//! Names of columns.

use mlhub_domain::num::{count, counted};
use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// The longest name, in characters.
const LONGEST: usize = 200;

/// A column's name, and what the file calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// Unique in the table.
    pub(crate) name: String,
    /// As it stands in the file.
    pub(crate) original: String,
}

/// Unique names for `originals`: NFC, without blanks around them or control characters in them;
/// `column_2` where there is none, `a_2` where `a` stands already.
pub(crate) fn unique(originals: Vec<String>) -> Vec<Name> {
    let cleaned: Vec<String> = originals.iter().map(|original| clean(original)).collect();
    let given: HashSet<&str> = cleaned.iter().map(String::as_str).collect();
    let mut taken: HashSet<String> = HashSet::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut names = Vec::with_capacity(cleaned.len());
    for (i, (name, original)) in cleaned.iter().zip(&originals).enumerate() {
        let stem = if name.is_empty() { format!("column_{}", i + 1) } else { name.clone() };
        let mut unique = stem.clone();
        let n = numbers.entry(stem.clone()).or_insert(2);
        // A made-up name must not take one that stands in the file.
        while taken.contains(&unique) || (unique != *name && given.contains(unique.as_str())) {
            unique = format!("{stem}_{n}");
            *n += 1;
        }
        taken.insert(unique.clone());
        names.push(Name { name: unique, original: original.clone() });
    }
    names
}

/// Columns that are named one by one as renamed.
const TOLD: usize = 10;

/// What to say of the columns of a header that have no name there, that of a column before them, or
/// one that is too long.
pub(crate) fn renamed<'n>(names: impl Iterator<Item = &'n Name>) -> Vec<String> {
    let mut first: HashMap<String, u64> = HashMap::new();
    let mut said = Vec::new();
    for (place, Name { name, original }) in (1..).zip(names) {
        let (whole, column) = (plain(original), format!("Column {} is called", count(place)));
        let given = clean(original);
        if given.is_empty() {
            said.push(format!("{column} “{name}”: the file has no name for it."));
        } else {
            let before = *first.entry(given.clone()).or_insert(place);
            if before < place {
                let before = count(before);
                said.push(format!("{column} “{name}”: column {before} is “{given}” already."));
            } else if given.len() < whole.len() {
                let long = counted(whole.chars().count() as u64, "character", "characters");
                said.push(format!("{column} “{name}”: its name in the file has {long}."));
            }
        }
    }
    let more = said.len().saturating_sub(TOLD) as u64;
    if more > 0 {
        said.truncate(TOLD);
        let more = counted(more, "more column is", "more columns are");
        said.push(format!("{more} named likewise."));
    }
    said
}

fn clean(original: &str) -> String {
    plain(original).chars().take(LONGEST).collect::<String>().trim_end().to_owned()
}

/// All of a name, however long.
fn plain(original: &str) -> String {
    let plain = original.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.nfc().collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_clean_and_never_empty() {
        let given = ["a", "a", "", "a_2", " b\tc ", "e\u{301}", "", "column_7"];
        let names = unique(given.map(String::from).to_vec());
        let names: Vec<&str> = names.iter().map(|name| name.name.as_str()).collect();
        assert_eq!(
            names,
            ["a", "a_3", "column_3", "a_2", "b c", "\u{e9}", "column_7_2", "column_7"]
        );
    }

    #[test]
    fn a_name_that_is_cut_is_told() {
        let long = "x".repeat(201);
        let names = unique(vec!["a".into(), long, "y".repeat(200)]);
        let (kept, said) = ("x".repeat(200), renamed(names.iter()));
        let told = format!("Column 2 is called “{kept}”: its name in the file has 201 characters.");
        assert_eq!(said, [told]);
    }
}
