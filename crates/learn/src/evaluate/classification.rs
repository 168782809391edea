use mlhub_domain::evaluation::{
    ClassReport, Confusion, Evaluation, PrCurve, PrPoint, RocCurve, RocPoint,
};
use mlhub_domain::models::Task;
use mlhub_domain::num::Num;
use mlhub_metrics::Error;
use mlhub_metrics::curves::{Intermediate, precision_recall_curve, roc_curve};
use mlhub_metrics::intervals::{Interval, auc_interval};
use mlhub_metrics::probabilities::Probabilities;
use mlhub_metrics::ranking::Ranking;
use mlhub_metrics::{summary, thin};
use std::collections::BTreeMap;

/// Points of a curve.
const MOST_POINTS: usize = 500;
/// Points of all curves together: with many classes each has fewer.
const ALL_POINTS: usize = 10_000;

/// probabilities: `[rows, classes]`; base: the logarithms of the class shares in training.
pub(super) fn report(
    labels: &[String],
    truth: &[u32],
    probabilities: &[f64],
    base: &[f64],
) -> Result<Evaluation, Error> {
    let classes = labels.len();
    let model = Probabilities::new(truth, probabilities, classes, None)?;
    let shares: Vec<f64> = base.iter().map(|share| share.exp().min(1.0)).collect();
    let shares = shares.repeat(truth.len());
    let baseline = Probabilities::new(truth, &shares, classes, None)?;
    let confusion = model.confusion();
    let mut intervals = BTreeMap::new();
    let mut keep = |name: &str, interval: Option<Interval>| {
        let ends = interval.map(|interval| [Num(interval.low), Num(interval.high)]);
        intervals.extend(ends.map(|ends| (name.to_owned(), ends)));
    };
    keep("accuracy", confusion.accuracy_interval());
    let (mut roc, mut pr) = (Vec::new(), Vec::new());
    let ranked = model.ranked_classes();
    let points = MOST_POINTS.min(ALL_POINTS / ranked.len().max(1)).max(20);
    for class in ranked.clone() {
        let ranking = Ranking::of(&model.against_rest(class));
        if classes == 2 {
            keep("roc_auc", auc_interval(&ranking));
        }
        roc.extend(roc_of(&labels[class], &ranking, points));
        pr.extend(pr_of(&labels[class], &ranking, points));
    }
    Ok(Evaluation {
        task: Task::Classification,
        rows: 0,
        measured_on: String::new(),
        metrics: super::metrics(summary::classification(&confusion, &model)),
        baseline: super::metrics(summary::classification(&baseline.confusion(), &baseline)),
        intervals,
        per_class: per_class(labels, &confusion),
        confusion: Some(Confusion {
            labels: labels.to_vec(),
            counts: confusion.rows().map(|row| row.iter().map(|n| *n as u64).collect()).collect(),
        }),
        roc,
        pr,
        curves: Vec::new(),
        importance: Vec::new(),
        residuals: None,
    })
}

fn per_class(
    labels: &[String],
    confusion: &mlhub_metrics::classification::Confusion,
) -> Vec<ClassReport> {
    let report =
        |(label, class): (&String, mlhub_metrics::classification::ClassReport)| ClassReport {
            label: label.clone(),
            precision: Num(class.precision),
            recall: Num(class.recall),
            f1: Num(class.f1),
            support: class.support as u64,
        };
    labels.iter().zip(confusion.per_class()).map(report).collect()
}

fn roc_of(label: &str, ranking: &Ranking, points: usize) -> Option<RocCurve> {
    let curve = roc_curve(ranking, Intermediate::Drop)?;
    let thinned = thin::thin(&curve, points, |point| (point.fpr, point.tpr));
    let point = |point: mlhub_metrics::curves::RocPoint| RocPoint {
        fpr: Num(point.fpr),
        tpr: Num(point.tpr),
        threshold: Num(point.threshold),
    };
    Some(RocCurve {
        label: label.to_owned(),
        auc: Num(ranking.roc_auc()?),
        points: thinned.into_iter().map(point).collect(),
    })
}

fn pr_of(label: &str, ranking: &Ranking, points: usize) -> Option<PrCurve> {
    let curve = precision_recall_curve(ranking, Intermediate::Drop)?;
    let thinned = thin::thin(&curve, points, |point| (point.recall, point.precision));
    let point = |point: mlhub_metrics::curves::PrPoint| PrPoint {
        recall: Num(point.recall),
        precision: Num(point.precision),
        threshold: Num(point.threshold),
    };
    Some(PrCurve {
        label: label.to_owned(),
        average_precision: Num(ranking.average_precision()?),
        points: thinned.into_iter().map(point).collect(),
    })
}
