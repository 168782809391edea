//! Profile numbers against NumPy's.

use crate::{read_file, small};
use mlhub_data::IngestOptions;
use serde_json::Value;
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
                close(value.0, &said["quantiles"][q], &format!("{name} at {q}"));
            }
            let histogram = column.histogram.as_ref().unwrap();
            let counts: Vec<Value> = histogram.counts.iter().map(|&n| n.into()).collect();
            assert_eq!(said["histogram"]["counts"], Value::from(counts), "{name}");
            for (edge, said) in histogram.edges.iter().zip(0..) {
                close(edge.0, &numpy[name]["histogram"]["edges"][said], name);
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
