//! What the address of a dataset's page asks for.

use super::fetch::ROWS;
use crate::components::with_query;
use crate::routes;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::tables::{Filter, Op};

/// The parts of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Rows.
    Data,
    /// Statistics.
    Profile,
    /// Every upload.
    Versions,
    /// What is not in the table.
    Rejected,
    /// Code to take away.
    Use,
    /// Name, visibility, end; for who may change it.
    Settings,
}

impl Part {
    /// The word in the address; the first part has none.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Data => "",
            Self::Profile => "profile",
            Self::Versions => "versions",
            Self::Rejected => "rejected",
            Self::Use => "use",
            Self::Settings => "settings",
        }
    }
}

/// The query of the address. Texts as they stand there: what cannot be read is told on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ask {
    /// The part of the page.
    pub(super) tab: String,
    /// The version; the current one when empty.
    pub(super) version: String,
    /// Rows, columns or versions before those shown.
    pub(super) offset: String,
    /// The column to sort by, with `-` before it for descending.
    pub(super) sort: String,
    /// A text to find.
    pub(super) q: String,
    /// Conditions, each `column:op:value`.
    pub(super) filters: Vec<String>,
    /// The place, among the rows that fit, of one to look at by itself.
    pub(super) row: String,
}

/// The dataset that the address names, and what it asks for.
pub(super) fn asked() -> Option<(DatasetPath, Ask)> {
    Some((routes::params()?, use_query_map().with_untracked(Ask::read)))
}

impl Ask {
    /// Reads the query. The form that adds a condition sends it in three fields, which join the
    /// others here.
    fn read(map: &ParamsMap) -> Self {
        let get = |key: &str| map.get(key).unwrap_or_default();
        let mut filters = map.get_all("where").unwrap_or_default();
        filters.retain(|filter| !filter.is_empty());
        let (column, word) = (get("column"), get("op"));
        let op = Op::ALL.into_iter().find(|op| op.as_str() == word);
        if let Some(op) = op.filter(|_| !column.is_empty()) {
            filters.push(Filter { column, op, value: get("value") }.to_string());
        }
        Self {
            tab: get("tab"),
            version: get("version"),
            offset: get("offset"),
            sort: get("sort"),
            q: get("q"),
            filters,
            row: get("row"),
        }
    }

    /// The part that is shown.
    pub(super) fn part(&self) -> Part {
        [Part::Profile, Part::Versions, Part::Rejected, Part::Use, Part::Settings]
            .into_iter()
            .find(|part| part.word() == self.tab)
            .unwrap_or(Part::Data)
    }

    /// How much comes before what is shown.
    pub(super) fn before(&self) -> u64 {
        self.offset.parse().unwrap_or(0)
    }

    /// The place of the row that is looked at by itself; the first one has the place 1.
    pub(super) fn place(&self) -> Option<u64> {
        self.row.parse().ok().filter(|place| *place > 0)
    }

    /// Whether only some of the rows are asked for.
    pub(super) fn narrows(&self) -> bool {
        !self.q.is_empty() || !self.filters.is_empty()
    }

    /// The address of what is asked for, on the page of `at`.
    pub(super) fn address(&self, at: &DatasetPath) -> String {
        let one = |address: String, (key, value): (&str, &String)| {
            with_query(&address, key, Some(value.as_str()).filter(|value| !value.is_empty()))
        };
        let keys =
            [("tab", &self.tab), ("version", &self.version), ("q", &self.q), ("sort", &self.sort)];
        let mut address = keys.into_iter().fold(at.page(), one);
        for filter in &self.filters {
            let mark = if address.contains('?') { '&' } else { '?' };
            address.push(mark);
            address
                .push_str(with_query("", "where", Some(filter.as_str())).trim_start_matches('?'));
        }
        [("offset", &self.offset), ("row", &self.row)].into_iter().fold(address, one)
    }

    /// The same version with another part of the page.
    pub(super) fn of_part(&self, part: Part) -> Self {
        Self { tab: part.word().into(), version: self.version.clone(), ..Self::default() }
    }

    /// The same rows, none of them looked at by itself.
    pub(super) fn of_rows(&self) -> Self {
        Self { row: String::new(), ..self.clone() }
    }

    /// The same rows with the one at `place` looked at by itself, on the page that has it.
    pub(super) fn of_row(&self, place: u64) -> Self {
        let (index, page) = (place.saturating_sub(1), u64::from(ROWS));
        let first = self.before();
        let offset = match index / page * page {
            _ if (first..first.saturating_add(page)).contains(&index) => self.offset.clone(),
            0 => String::new(),
            offset => offset.to_string(),
        };
        Self { offset, row: place.to_string(), ..self.clone() }
    }

    /// The same rows from the first one on.
    pub(super) fn at_start(&self) -> Self {
        Self { offset: String::new(), ..self.of_rows() }
    }

    /// The same from the start, without the condition at `index`.
    pub(super) fn without(&self, index: usize) -> Self {
        let mut other = self.at_start();
        if index < other.filters.len() {
            other.filters.remove(index);
        }
        other
    }

    /// All rows, in the same order.
    pub(super) fn widened(&self) -> Self {
        Self { q: String::new(), filters: Vec::new(), ..self.at_start() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> DatasetPath {
        DatasetPath {
            owner: "ada".parse().unwrap(),
            project: "titanic".parse().unwrap(),
            name: "passengers".parse().unwrap(),
        }
    }

    #[test]
    fn an_address_says_all_that_is_asked_for() {
        let ask = Ask {
            version: "2".into(),
            offset: "100".into(),
            sort: "-age".into(),
            filters: vec!["age:ge:30".into(), "class:in:a,b".into()],
            ..Ask::default()
        };
        let page = "/ada/titanic/datasets/passengers";
        let (first, second) = ("where=age%3Age%3A30", "where=class%3Ain%3Aa%2Cb");
        let whole = format!("{page}?version=2&sort=-age&{first}&{second}&offset=100");
        assert_eq!(ask.address(&at()), whole);
        let less = format!("{page}?version=2&sort=-age&{second}");
        assert_eq!(ask.without(0).address(&at()), less);
        assert_eq!(ask.of_part(Part::Use).address(&at()), format!("{page}?tab=use&version=2"));
        assert_eq!(Ask::default().address(&at()), page);
    }

    #[test]
    fn a_row_is_looked_at_on_the_page_that_has_it() {
        let all = Ask { sort: "-age".into(), q: "a".into(), ..Ask::default() };
        let page = "/ada/titanic/datasets/passengers?q=a&sort=-age";
        assert_eq!(all.of_row(1).address(&at()), format!("{page}&row=1"));
        assert_eq!(all.of_row(100).address(&at()), format!("{page}&row=100"));
        let second = all.of_row(101);
        assert_eq!(second.address(&at()), format!("{page}&offset=100&row=101"));
        assert_eq!(second.of_row(100).address(&at()), format!("{page}&row=100"));
        assert_eq!(second.of_rows().address(&at()), format!("{page}&offset=100"));
        assert_eq!(second.at_start(), all);
        let odd = Ask { offset: "50".into(), ..all.clone() };
        assert_eq!(odd.of_row(150).address(&at()), format!("{page}&offset=50&row=150"));
        assert_eq!(odd.of_row(50).address(&at()), format!("{page}&row=50"));
        let place = |row: &str| Ask { row: row.into(), ..Ask::default() }.place();
        assert_eq!([place("17"), place("0"), place("x"), place("")], [Some(17), None, None, None]);
        let last = Ask { offset: u64::MAX.to_string(), ..Ask::default() }.of_row(u64::MAX);
        assert_eq!(last.place(), Some(u64::MAX));
    }

    #[test]
    fn the_fields_of_the_form_become_a_condition() {
        let mut map = ParamsMap::new();
        map.insert("where", "age:ge:30".into());
        map.insert("column", "a:b".into());
        map.insert("op", "eq".into());
        map.insert("value", "x".into());
        assert_eq!(Ask::read(&map).filters, ["age:ge:30", "a\\:b:eq:x"]);
    }

    #[test]
    fn an_unknown_tab_is_the_first_one() {
        let part = |tab: &str| Ask { tab: tab.into(), ..Ask::default() }.part();
        assert_eq!(part("versions"), Part::Versions);
        assert_eq!(part("nothing"), Part::Data);
        assert_eq!(part(""), Part::Data);
    }
}
