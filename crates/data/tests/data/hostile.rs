//! Whatever the bytes: no panic, and every row of the file is in the table or in the list.

use crate::{read, small};
use mlhub_data::{IngestError, rejected};
use proptest::prelude::*;

/// Bytes that mean something to a reader, more often than chance would have them.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => prop::sample::select(b",;\t|\"'\\\n\r 0123456789.-+eE/:#".to_vec()),
        3 => prop::sample::select(b"abNAnulT\xc3\xa4\xff\x00".to_vec()),
        1 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..600)
}

fn check(content: &[u8]) -> Result<(), TestCaseError> {
    let result = match read(content, &small()) {
        Ok(read) => read,
        Err(IngestError::Unreadable(error)) => {
            prop_assert!(error.message.len() > 10, "{}", error.message);
            return Ok(());
        }
        Err(other) => return Err(TestCaseError::fail(format!("{other:?}"))),
    };
    let ingest = &result.ingest;
    prop_assert_eq!(result.cells().len() as u64, ingest.rows);
    let listed = match &ingest.rejected {
        Some(path) => rejected(path, 0, 1_000).unwrap().total,
        None => 0,
    };
    prop_assert_eq!(listed, ingest.rejected_rows + ingest.rejected_cells);
    for column in &ingest.profile.columns {
        prop_assert!(column.missing + column.distinct <= ingest.rows);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn random_bytes_never_panic(content in bytes()) {
        check(&content)?;
    }

    #[test]
    fn a_damaged_table_never_panics(
        at in prop::collection::vec((0..2_000usize, any::<u8>()), 0..6),
        cut in 0..2_000usize,
    ) {
        let mut content = String::from("id,name,when,x\n");
        for row in 0..60 {
            content += &format!("{row},\"n {row}\",2020-01-{:02},{}.5\n", row % 28 + 1, row);
        }
        let mut content = content.into_bytes();
        for (at, byte) in at {
            let at = at % content.len();
            content[at] = byte;
        }
        content.truncate(cut.max(1));
        check(&content)?;
    }

    #[test]
    fn rows_and_rejected_rows_are_the_rows_of_the_file(
        widths in prop::collection::vec(2..5usize, 1..120),
    ) {
        // Two fields fit the header; whoever has more is left out, however many they are.
        let mut content = String::from("key,value\n");
        for (row, width) in widths.iter().enumerate() {
            let cells: Vec<String> = (0..*width).map(|i| format!("v{row}-{i}")).collect();
            content += &cells.join(",");
            content.push('\n');
        }
        if let Ok(read) = read(content.as_bytes(), &small()) {
            let ingest = &read.ingest;
            prop_assert_eq!(ingest.rows + ingest.rejected_rows, widths.len() as u64);
            let fit = widths.iter().filter(|width| **width == 2).count();
            prop_assert_eq!((ingest.columns.len(), ingest.rows), (2, fit as u64));
        }
    }
}
