//! The encoder: what it promises holds for any table.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use mlhub_domain::schema::{Column, LogicalType};
use mlhub_recipe::design::Style;
use mlhub_recipe::encoder::Note;
use mlhub_recipe::{Design, Encoder, Frame, Values};
use proptest::prelude::*;
use serde_json::json;

fn columns(cells: Vec<(&str, Values)>) -> (Vec<Column>, Frame) {
    let described =
        cells.iter().map(|(name, v)| Column { name: (*name).into(), kind: v.kind() }).collect();
    let cells = cells.into_iter().map(|(name, values)| (name.to_owned(), values)).collect();
    (described, Frame::new(cells).unwrap())
}

fn texts(cells: impl IntoIterator<Item = String>) -> Values {
    let cells: Vec<String> = cells.into_iter().collect();
    Values::Text(cells.iter().map(|text| Some(text.as_str())).collect())
}

fn all(frame: &Frame) -> Vec<u32> {
    (0..u32::try_from(frame.rows()).unwrap()).collect()
}

#[test]
fn unseen_texts_are_missing_unless_rare_ones_were_taken_together() {
    let (described, frame) = columns(vec![
        ("few", texts((0..40).map(|row| format!("{}", row % 3)))),
        ("many", texts((0..40).map(|row| format!("{}", row % 3)))),
    ]);
    let encoder = Encoder::fit(&frame, &described, &all(&frame)).encoder;
    let (_, unseen) = columns(vec![("few", texts(["2".into(), "9".into()]))]);
    let table = encoder.table(&unseen, &[0, 1]).unwrap();
    assert_eq!(table.column(0)[0], 2.0);
    assert!(table.column(0)[1].is_nan(), "unseen");
    assert!(table.column(1).iter().all(|cell| cell.is_nan()), "the column is not there");

    // 2,000 texts: ten of them make up most rows.
    let skewed = (0..40_000).map(|row| {
        if row % 4 == 0 { format!("r{}", row % 8_000) } else { format!("{}", row % 10) }
    });
    let (described, frame) = columns(vec![("word", texts(skewed))]);
    let fitted = Encoder::fit(&frame, &described, &all(&frame));
    assert!(matches!(fitted.notes[..], [Note::Rare { distinct: 2_010, .. }]), "{:?}", fitted.notes);
    assert_eq!(fitted.inputs[0].levels, None);
    let (_, unseen) = columns(vec![("word", texts(["new".into(), "1".into()]))]);
    let cells = fitted.encoder.table(&unseen, &[0, 1]).unwrap().column(0).to_vec();
    assert!(cells[0] > cells[1], "the rest has the code after the last");
}

#[test]
fn columns_that_say_nothing_are_left_out_with_a_reason() {
    let (described, frame) = columns(vec![
        ("empty", Values::Number(vec![f64::NAN; 50])),
        ("infinite", Values::Number(vec![f64::INFINITY; 50])),
        ("constant", Values::Integer(vec![Some(4); 50])),
        ("name", texts((0..50).map(|row| format!("n{row}")))),
        ("holes", Values::Integer((0..50).map(|row| (row % 2 == 0).then_some(4)).collect())),
    ]);
    let fitted = Encoder::fit(&frame, &described, &all(&frame));
    let expected = [
        Note::Empty("empty".into()),
        Note::Empty("infinite".into()),
        Note::Constant("constant".into()),
        Note::Unique("name".into()),
    ];
    assert_eq!(fitted.notes, expected);
    assert_eq!(fitted.inputs.len(), 1, "that something is missing says something");
    assert_eq!(fitted.inputs[0].example, json!(4));
}

#[test]
fn where_most_is_missing_nothing_is_usual() {
    let some =
        |share: usize| (0..60_usize).map(move |row| row.is_multiple_of(share).then_some(row));
    let word = |row: usize| if row.is_multiple_of(4) { "shed" } else { "court" };
    let words = |share| Values::Text(some(share).map(|row| row.map(word)).collect());
    let numbers = |share| Values::Integer(some(share).map(|row| row.map(|n| n as i64)).collect());
    let (described, frame) = columns(vec![
        ("rare word", words(3)),
        ("word", words(2)),
        ("rare number", numbers(3)),
        ("number", numbers(2)),
    ]);
    let examples: Vec<_> = Encoder::fit(&frame, &described, &all(&frame))
        .inputs
        .into_iter()
        .map(|input| input.example)
        .collect();
    assert_eq!(examples, [json!(null), json!("court"), json!(null), json!(28)]);
}

#[test]
fn dates_are_read_in_parts_that_vary() {
    let day = 86_400_000_000_i64;
    let january = Values::Time(LogicalType::Date, (0..31).map(|d| Some(d * day)).collect());
    let (described, frame) = columns(vec![("on", january)]);
    let encoder = Encoder::fit(&frame, &described, &all(&frame)).encoder;
    let table = encoder.table(&frame, &[0, 30]).unwrap();
    let row: Vec<f64> = (0..3).map(|at| table.column(at)[1]).collect();
    assert_eq!(encoder.parts().count(), 3, "the month is always the same");
    assert_eq!(row, [30.0, 31.0, 5.0], "day 30 since 1970, the 31st, a Saturday");
}

#[test]
fn a_column_of_another_type_is_refused_by_name() {
    let (described, frame) = columns(vec![("x", Values::Integer((0..9).map(Some).collect()))]);
    let encoder = Encoder::fit(&frame, &described, &all(&frame)).encoder;
    let (_, other) = columns(vec![("x", texts(["a".into()]))]);
    assert_eq!(
        encoder.table(&other, &[0]).unwrap_err().to_string(),
        "column “x” holds text where the model was trained on integer"
    );
}

#[test]
fn a_cell_far_beyond_a_tiny_spread_is_squashed_to_the_end_of_the_range() {
    let numbers = vec![0.0, 0.0, -3.12e157, -2.39e-220, 0.0];
    let (described, frame) = columns(vec![("n", Values::Number(numbers))]);
    let encoder = Encoder::fit(&frame, &described, &all(&frame)).encoder;
    let table = encoder.table(&frame, &all(&frame)).unwrap();
    let design = Design::fit(&encoder, &table, Style::Network { width: 40, pieces: 0 });
    let mut first = None;
    design.visit(&table, 2, |input, value| {
        if input == 0 {
            first = Some(value);
        }
    });
    assert_eq!(first, Some(-3.0));
}

fn cells() -> impl Strategy<Value = Vec<(f64, Option<u8>)>> {
    let number = prop_oneof![
        6 => -1e3..1e3_f64,
        2 => any::<f64>(),
        1 => Just(f64::NAN),
        1 => Just(0.0),
    ];
    prop::collection::vec((number, prop::option::of(0..6_u8)), 1..60)
}

proptest! {
    #[test]
    fn every_input_is_finite_and_in_range_and_survives_json(cells in cells(), network in any::<bool>()) {
        let words: Vec<Option<String>> = cells.iter().map(|(_, word)| word.map(|w| w.to_string())).collect();
        let (described, frame) = columns(vec![
            ("n", Values::Number(cells.iter().map(|(number, _)| *number).collect())),
            ("t", Values::Text(words.iter().map(Option::as_deref).collect())),
        ]);
        let rows = all(&frame);
        // Fitted on the first half: the others are unseen.
        let encoder = Encoder::fit(&frame, &described, &rows[..rows.len().div_ceil(2)]).encoder;
        let table = encoder.table(&frame, &rows).unwrap();
        let style = if network {
            Style::Network { width: 40, pieces: 8 }
        } else {
            Style::Linear { width: 40 }
        };
        let design = Design::fit(&encoder, &table, style);
        let json = serde_json::to_string(&(&encoder, &design)).unwrap();
        let (again, same): (Encoder, Design) = serde_json::from_str(&json).unwrap();
        prop_assert_eq!((&again, &same), (&encoder, &design));
        prop_assert_eq!(design.owners().len(), design.width());
        for row in 0..table.rows() {
            let mut last = None;
            design.visit(&table, row, |input, value| {
                assert!(input < design.width() && last < Some(input), "{input} after {last:?}");
                assert!(value.is_finite(), "{input}: {value}");
                last = Some(input);
            });
        }
    }
}
