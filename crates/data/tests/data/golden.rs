//! Profile numbers against NumPy's.

use crate::{read, read_file, small};
use mlhub_data::IngestOptions;
use mlhub_domain::profile::WarningKind;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

fn close(got: f64, said: &Value, what: &str) {
    let said = said.as_f64().unwrap();
    let scale = said.abs().max(1.0);
    assert!((got - said).abs() <= 1e-9 * scale, "{what}: {got} instead of {said}");
}

#[test]
fn the_profile_is_that_of_numpy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ingest/golden_profile");
    let numpy = std::fs::read_to_string(folder.join("numpy.json")).unwrap();
    let numpy: Value = serde_json::from_str(&numpy).unwrap();
    let options = IngestOptions { threads: 2, ..IngestOptions::default() };
    for options in [options, small()] {
        let out = tempfile::tempdir().unwrap();
        let read = read_file(&folder.join("input.csv"), &options, out).unwrap();
        assert_eq!(read.ingest.profile.columns.len(), 7);
        for column in &read.ingest.profile.columns {
            let (name, said) = (&column.name, &numpy[&column.name]);
            assert_eq!(said["missing"], column.missing, "{name}");
            assert_eq!(said["distinct"], column.distinct, "{name}");
            assert!(column.approximate.is_empty(), "{name}");
            close(column.mean.unwrap().0, &said["mean"], name);
            close(column.sd.unwrap().0, &said["sd"], name);
            assert_eq!(column.quantiles.len(), 7);
            for (q, value) in &column.quantiles {
                close(value.number().unwrap(), &said["quantiles"][q], &format!("{name} at {q}"));
            }
            let histogram = column.histogram.as_ref().unwrap();
            let counts: Vec<Value> = histogram.counts.iter().map(|&n| n.into()).collect();
            assert_eq!(said["histogram"]["counts"], Value::from(counts), "{name}");
            for (edge, said) in histogram.edges.iter().zip(0..) {
                close(edge.number().unwrap(), &numpy[name]["histogram"]["edges"][said], name);
            }
            for (top, said) in column.top.iter().zip(said["top"].as_array().unwrap()) {
                let value = top.value.as_str().map_or_else(|| top.value.to_string(), String::from);
                let same = value.parse::<f64>().unwrap()
                    == said["value"].as_str().unwrap().parse::<f64>().unwrap();
                assert!(same && said["count"] == top.count, "{name}: {top:?}, {said}");
            }
        }
    }
}

#[test]
fn moments_are_profiled_in_their_own_type() {
    let mut text = String::from("day,when,at\n");
    for i in 0..31 {
        let day = i + 1;
        writeln!(text, "2020-01-{day:02},2020-01-01T{:02}:00:{i:02}Z,{:02}:30", i % 24, i % 24)
            .unwrap();
    }
    let profile = serde_json::to_value(read(text.as_bytes(), &small()).unwrap().ingest.profile);
    let columns = profile.unwrap()["columns"].clone();
    for (column, kind, middle) in [
        (0, "date", "2020-01-16"),
        (1, "datetime", "2020-01-01T08:00:08Z"),
        (2, "time", "08:30:00"),
    ] {
        let column = &columns[column];
        assert_eq!(column["type"], kind);
        assert_eq!(column["quantiles"]["0.5"], middle, "{kind}");
        let edges = column["histogram"]["edges"].as_array().unwrap();
        assert_eq!(
            (edges.len(), edges.first(), edges.last()),
            (21, column.get("min"), column.get("max"))
        );
        // ISO texts of one kind stand in order as texts.
        assert!(edges.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()), "{edges:?}");
        let counts = column["histogram"]["counts"].as_array().unwrap();
        assert_eq!(counts.iter().filter_map(Value::as_u64).sum::<u64>(), 31, "{kind}");
        assert_eq!(column["mean"], json!(null));
    }
    assert_eq!(columns[0]["histogram"]["edges"][1], "2020-01-02");
}

#[test]
fn columns_that_say_the_same_in_other_words_are_paired() {
    let mut text = String::from("id,survived,class,alive,level,near\n");
    for i in 0..40 {
        let (lives, class) = (i * 7 % 3 == 1, i % 4);
        let alive = if lives { "yes" } else { "no" };
        let (level, near) = (["A", "B", "C", ""][class], u8::from(lives != (i == 39)));
        writeln!(text, "{i},{},{class},{alive},{level},{near}", u8::from(lives)).unwrap();
    }
    for options in [IngestOptions::default(), small()] {
        let profile = read(text.as_bytes(), &options).unwrap().ingest.profile;
        let same: Vec<_> = profile.columns.iter().map(|c| c.same_as.as_deref()).collect();
        assert_eq!(same, [None, None, None, Some("survived"), Some("class"), None]);
        let warned = |column: &str| {
            let found = profile.warnings.iter().find(|w| w.column.as_deref() == Some(column));
            found.map(|warning| (warning.kind, warning.message.contains("in other words")))
        };
        assert_eq!(warned("alive"), Some((WarningKind::DuplicateColumn, true)));
    }
    // In a few rows it is chance.
    let few: String = text.lines().take(15).map(|line| format!("{line}\n")).collect();
    let profile = read(few.as_bytes(), &small()).unwrap().ingest.profile;
    assert!(profile.columns.iter().all(|column| column.same_as.is_none()));
}
