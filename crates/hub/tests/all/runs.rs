//! Runs as one looks at them.

use crate::dashboard::TRAINED;
use crate::fields;
use mlhub_db::grant::Read;
use mlhub_domain::num::Num;
use mlhub_domain::runs::{RunPath, Series};
use mlhub_hub::{Actor, access, runs};
use mlhub_testing::TestHub;

/// A run with a curve of 100,000 points, of which a few stand out, and one of 300.
const CURVES: &str = "
    INSERT INTO metric_points (run_id, key, step, value)
        SELECT r.id, 'train/loss', step,
               CASE step WHEN 33333 THEN -7 WHEN 50001 THEN 'NaN' WHEN 77777 THEN 99
                         ELSE 1 + 1.0 / step END
        FROM runs r, generate_series(1, 100000) AS step;
    INSERT INTO metric_points (run_id, key, step, value)
        SELECT r.id, 'validation/loss', step, step FROM runs r, generate_series(1, 300) AS step;
    INSERT INTO metric_points (run_id, key, step, value)
        SELECT r.id, 'far', 9223372036854775807 - step * 400000000000000000, step
        FROM runs r, generate_series(0, 23) AS step;
";

async fn curves(hub: &TestHub) -> (Actor, RunPath) {
    let (ada, at) = (hub.user("ada").await, hub.project("ada/titanic").await.run(1));
    hub.database().execute(&format!("{TRAINED} {CURVES}")).await;
    (ada, at)
}

/// The ends, the lowest and the highest of the long curve.
fn outstanding(curve: &Series) -> bool {
    let has = |step, value| curve.points.contains(&(step, Num(value)));
    has(1, 2.0) && has(33_333, -7.0) && has(77_777, 99.0) && has(100_000, 1.000_01)
}

fn in_order(curve: &Series) -> bool {
    curve.points.windows(2).all(|pair| pair[0].0 < pair[1].0)
}

#[tokio::test]
async fn of_a_long_curve_only_a_part_is_read_and_what_stands_out_is_in_it() {
    let hub = TestHub::start().await;
    let (ada, at) = curves(&hub).await;
    let mut conn = hub.pool().get().await.unwrap();
    let run = access::run::<Read>(&mut conn, &ada, &at).await.unwrap();
    for most in [10, 2_000, 40_000] {
        let read = mlhub_db::runs::series(&mut conn, &run, &[], most).await.unwrap();
        let keys: Vec<&str> = read.iter().map(|curve| curve.key.as_str()).collect();
        assert_eq!(keys, ["far", "train/loss", "validation/loss"]);
        assert!(read.iter().all(in_order), "{most}");
        let counts: Vec<usize> = read.iter().map(|curve| curve.points.len()).collect();
        assert!(counts.iter().all(|count| *count <= most.max(300)), "{most}: {counts:?}");
        assert!(counts[1] >= most / 3, "{most}: {counts:?}");
        assert!(outstanding(&read[1]), "{most}");
        let gap = read[1].points.iter().find(|(_, value)| value.0.is_nan());
        assert_eq!(gap.map(|point| point.0), Some(50_001), "{most}");
        let ends = (read[0].points.first().unwrap().0, read[0].points.last().unwrap().0);
        assert_eq!(ends, (23_372_036_854_775_807, 9_223_372_036_854_775_807), "{most}");
        if most > 300 {
            assert_eq!((counts[0], counts[2]), (24, 300), "a short curve is read whole");
        } else {
            assert!(counts[0] <= most && counts[2] <= most, "{counts:?}");
        }
    }
    let one = ["validation/loss".to_owned()];
    let read = mlhub_db::runs::series(&mut conn, &run, &one, 2_000).await.unwrap();
    assert_eq!((read.len(), read[0].points.len()), (1, 300));
}

#[tokio::test]
async fn a_curve_is_answered_with_as_many_points_as_asked_for() {
    let hub = TestHub::start().await;
    let (ada, at) = curves(&hub).await;
    let long = ["train/loss".to_owned()];
    for (asked, count) in [(None, 500), (Some(50), 50), (Some(10_000), 10_000)] {
        let read = runs::metrics(&hub, &ada, &at, &long, asked).await.unwrap();
        assert_eq!((read.len(), read[0].points.len()), (1, count));
        assert!(outstanding(&read[0]) && in_order(&read[0]), "{asked:?}");
    }
    let too_many = runs::metrics(&hub, &ada, &at, &long, Some(10_001)).await;
    assert_eq!(fields(too_many), ["points"]);
    let page = runs::moment(&hub, &ada, &at, 300).await.unwrap();
    let counts: Vec<usize> = page.series.iter().map(|curve| curve.points.len()).collect();
    assert_eq!(counts, [24, 500, 300]);
    assert!(outstanding(&page.series[1]));
}
