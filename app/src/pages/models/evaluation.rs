//! How good a model is: the report of an evaluation, below a run and on a model's page.

use super::curves::plots;
use crate::charts::svg::{Bins, LinePlot, ScatterPlot};
use crate::charts::{
    Bar, ConfusionMatrix, HBars, HistogramChart, LineChart, PrChart, RocChart, ScatterChart, width,
};
use crate::components::{Card, Scroll, Stat};
use crate::format;
use leptos::prelude::*;
use mlhub_domain::evaluation::{ClassReport, Evaluation, lower_is_better};
use mlhub_domain::models::Task;
use mlhub_domain::num::Num;

/// The most features in the bars of importance.
const FEATURES: usize = 15;

/// The most curves in one drawing: from here on nobody tells them apart.
const CURVES: usize = 10;

/// Everything measured on one set of rows, drawn.
#[component]
pub(in crate::pages) fn EvaluationView(
    evaluation: Evaluation,
    /// Without what the page of a model shows above: headlines and importances.
    #[prop(optional)]
    rest: bool,
) -> impl IntoView {
    let card = |stat| view! { <Card class="c3">{stat}</Card> }.into_any();
    let numbers = if rest { Vec::new() } else { stats(&evaluation) };
    let numbers: Vec<AnyView> = numbers.into_iter().map(card).collect();
    let (matrix, mut parts) = classes(&evaluation);
    if !rest {
        let bars = importance(&evaluation, "");
        parts.extend(bars.map(|bars| half(move |_| bars)));
    }
    parts.extend(rates(&evaluation));
    parts.extend(residuals(&evaluation));
    parts.extend(all_metrics(&evaluation));
    parts.extend(curves(&evaluation));
    let on = format!("Measured on {}", evaluation.measured_on);
    view! {
        <section class="stack" id="evaluation">
            <div class="row apart baseline">
                <h2>"Evaluation"</h2>
                <span class="muted small">{on}</span>
            </div>
            <div class="grid">{numbers} {matrix} {in_pairs(parts)}</div>
        </section>
    }
    .into_any()
}

/// A part of the report that stands beside another one, made for so many columns of the twelve.
type Half = Box<dyn FnOnce(u32) -> AnyView>;

fn half(part: impl FnOnce(u32) -> AnyView + 'static) -> Half {
    Box::new(part)
}

/// The parts side by side; the last one has the row to itself where none is left to stand beside it.
fn in_pairs(parts: Vec<Half>) -> Vec<AnyView> {
    let alone = parts.len() - parts.len() % 2;
    let placed = parts.into_iter().enumerate().map(|(i, part)| {
        let (columns, class) = if i == alone { (12, "c12") } else { (6, "c6") };
        view! { <div class=format!("{class} stack loose")>{part(columns)}</div> }.into_any()
    });
    placed.collect()
}

/// What people call a metric.
pub(in crate::pages) fn metric_title(key: &str) -> String {
    match key {
        "roc_auc" => "ROC AUC".into(),
        "pr_auc" => "PR AUC".into(),
        "mcc" => "MCC".into(),
        "rmse" => "RMSE".into(),
        "mae" => "MAE".into(),
        "r2" => "R²".into(),
        "median_ae" => "median error".into(),
        "f1_macro" => "F1, mean of the classes".into(),
        "f1_weighted" => "F1, weighted".into(),
        other => other.replace('_', " "),
    }
}

/// How far a metric is from that of the baseline, whichever way it gets better: in words, and as the
/// verdict of a [`Stat`].
pub(in crate::pages) fn against(key: &str, value: f64, baseline: f64) -> (String, &'static str) {
    let apart = value - baseline;
    let better = if lower_is_better(key) { -apart } else { apart };
    let said = format::metric(better.abs());
    if format::metric(value) == format::metric(baseline) {
        ("the same".into(), "same")
    } else if better > 0.0 {
        (format!("better by {said}"), "")
    } else {
        (format!("worse by {said}"), "worse")
    }
}

/// A metric as one big number, with its baseline where there is one.
pub(in crate::pages) fn metric_stat(
    key: &str,
    label: String,
    value: f64,
    baseline: Option<Num>,
) -> AnyView {
    let exact = value.to_string();
    let shown = format::metric(value);
    match baseline {
        Some(baseline) => {
            let (said, verdict) = against(key, value, baseline.0);
            let said = format!("{said}, baseline {}", format::metric(baseline.0));
            view! { <Stat value=shown label=label against=said verdict exact=exact/> }.into_any()
        }
        None => view! { <Stat value=shown label=label exact=exact/> }.into_any(),
    }
}

/// The metrics by which a model for this task is judged.
pub(in crate::pages) const fn headlines(task: Task) -> [&'static str; 4] {
    match task {
        Task::Classification => ["accuracy", "roc_auc", "f1_macro", "log_loss"],
        Task::Regression => ["rmse", "mae", "r2", "median_ae"],
    }
}

/// The headlines, each with its baseline.
pub(super) fn stats(evaluation: &Evaluation) -> Vec<AnyView> {
    let stat = |key: &'static str| {
        let value = evaluation.metrics.get(key)?.0;
        let label = match evaluation.intervals.get(key) {
            Some([low, high]) => {
                let half = format::significant((high.0 - low.0) / 2.0, 2);
                format!("{}, ± {half}", metric_title(key))
            }
            None => metric_title(key),
        };
        Some(metric_stat(key, label, value, evaluation.baseline.get(key).copied()))
    };
    headlines(evaluation.task).into_iter().filter_map(stat).collect()
}

/// Which classes are taken for which, and how well each is found: one below the other where the matrix
/// is small, else the matrix across the page.
fn classes(evaluation: &Evaluation) -> (Option<AnyView>, Vec<Half>) {
    let by_class = per_class(&evaluation.per_class);
    let Some(confusion) = evaluation.confusion.clone() else {
        return (None, by_class.map(|table| half(move |_| table)).into_iter().collect());
    };
    let wide = confusion.labels.len() > 8;
    let class = if wide { "c12" } else { "" };
    let rows = format::counted(evaluation.rows, "row", "rows");
    let aside = move || view! { <span class="small muted">{rows.clone()}</span> };
    let matrix = view! {
        <Card title="Confusion matrix" class=class aside>
            <ConfusionMatrix confusion/>
        </Card>
    }
    .into_any();
    if wide {
        (Some(matrix), by_class.map(|table| half(move |_| table)).into_iter().collect())
    } else {
        (None, vec![half(move |_| (matrix, by_class).into_any())])
    }
}

/// What counts most, in a card that is `class` wide.
pub(super) fn importance(evaluation: &Evaluation, class: &'static str) -> Option<AnyView> {
    if evaluation.importance.is_empty() {
        return None;
    }
    let bars: Vec<Bar> = evaluation
        .importance
        .iter()
        .take(FEATURES)
        .map(|feature| Bar {
            name: feature.feature.clone(),
            value: feature.value.0,
            said: format::percent(feature.value.0),
            faint: false,
        })
        .collect();
    Some(
        view! {
            <Card title="What it looks at" class=class>
                <HBars bars/>
            </Card>
        }
        .into_any(),
    )
}

/// ROC, precision and recall.
fn rates(evaluation: &Evaluation) -> Vec<Half> {
    let roc = worst(&evaluation.roc, |curve| curve.auc.0);
    let pr = worst(&evaluation.pr, |curve| curve.average_precision.0);
    let labels = || evaluation.roc.iter().map(|curve| curve.label.as_str());
    let roc_title = of_class("ROC", labels());
    let pr_title = of_class("Precision and recall", labels());
    let roc = (!roc.is_empty()).then(|| view! { <RocChart curves=roc/> }.into_any());
    let pr = (!pr.is_empty()).then(|| match base(evaluation) {
        Some(base) => view! { <PrChart curves=pr base/> }.into_any(),
        None => view! { <PrChart curves=pr/> }.into_any(),
    });
    let card = |(title, chart): (String, Option<AnyView>)| {
        let chart = chart?;
        Some(half(move |_| view! { <Card title>{chart}</Card> }.into_any()))
    };
    [(roc_title, roc), (pr_title, pr)].into_iter().filter_map(card).collect()
}

/// The curves with the least `area`, in their order, where all would be too many to tell apart.
fn worst<C: Clone>(curves: &[C], area: impl Fn(&C) -> f64) -> Vec<C> {
    let mut places: Vec<usize> = (0..curves.len()).collect();
    places.sort_by(|a, b| area(&curves[*a]).total_cmp(&area(&curves[*b])));
    places.truncate(CURVES);
    places.sort_unstable();
    places.into_iter().map(|place| curves[place].clone()).collect()
}

/// What is drawn and of which class: of a binary target only one is.
fn of_class<'a>(what: &str, labels: impl Iterator<Item = &'a str>) -> String {
    let labels: Vec<&str> = labels.collect();
    match labels.as_slice() {
        [label] => format!("{what} of class “{label}”"),
        many if many.len() > CURVES => {
            format!("{what} of the {CURVES} hardest of {} classes", many.len())
        }
        _ => format!("{what} of each class"),
    }
}

/// The share of the positive class of a binary target.
fn base(evaluation: &Evaluation) -> Option<f64> {
    let [curve] = evaluation.pr.as_slice() else {
        return None;
    };
    let class = evaluation.per_class.iter().find(|class| class.label == curve.label)?;
    (evaluation.rows > 0).then(|| class.support as f64 / evaluation.rows as f64)
}

fn residuals(evaluation: &Evaluation) -> Vec<Half> {
    let Some(found) = &evaluation.residuals else {
        return Vec::new();
    };
    let plot = ScatterPlot {
        points: found.points.iter().map(|(actual, said)| (actual.0, said.0)).collect(),
        x_title: "actual".into(),
        y_title: "predicted".into(),
        diagonal: true,
        sentence: "Predicted against actual: on the line both are equal".into(),
    };
    let bins = Bins {
        edges: found.edges.iter().map(|edge| edge.0).collect(),
        moments: Vec::new(),
        counts: found.counts.clone(),
        x_title: "actual − predicted".into(),
        noun: "rows".into(),
    };
    let scatter = view! {
        <Card title="Predicted and actual">
            <ScatterChart plot interactive=true/>
        </Card>
    };
    let histogram = view! {
        <Card title="Residuals">
            <HistogramChart bins interactive=true/>
        </Card>
    };
    let (scatter, histogram) = (scatter.into_any(), histogram.into_any());
    vec![half(move |_| scatter), half(move |_| histogram)]
}

fn per_class(classes: &[ClassReport]) -> Option<AnyView> {
    if classes.is_empty() {
        return None;
    }
    let rows = classes.iter().map(|class| {
        view! {
            <tr>
                <th scope="row">{class.label.clone()}</th>
                <td class="num">{format::metric(class.precision.0)}</td>
                <td class="num">{format::metric(class.recall.0)}</td>
                <td class="num">{format::metric(class.f1.0)}</td>
                <td class="num">{format::count(class.support)}</td>
            </tr>
        }
        .into_any()
    });
    let rows = rows.collect_view();
    Some(
        view! {
            <Card title="By class" class="flush">
                <Scroll label="Metrics of each class" class="tall">
                    <table>
                        <thead>
                            <tr>
                                <th>"Class"</th>
                                <th class="num">"Precision"</th>
                                <th class="num">"Recall"</th>
                                <th class="num">"F1"</th>
                                <th class="num">"Rows"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </Scroll>
            </Card>
        }
        .into_any(),
    )
}

fn all_metrics(evaluation: &Evaluation) -> Option<Half> {
    if evaluation.metrics.is_empty() {
        return None;
    }
    let rows = evaluation.metrics.iter().map(|(key, value)| {
        let baseline = evaluation.baseline.get(key).map(|b| format::metric(b.0));
        view! {
            <tr>
                <th scope="row">{metric_title(key)}</th>
                <td class="num">{format::metric(value.0)}</td>
                <td class="num">{baseline.unwrap_or_else(|| "–".into())}</td>
            </tr>
        }
        .into_any()
    });
    let rows = rows.collect_view();
    let table = view! {
        <Card title="All metrics" class="flush">
            <Scroll label="All metrics" class="tall">
                <table>
                    <thead>
                        <tr>
                            <th>"Metric"</th>
                            <th class="num">"Model"</th>
                            <th class="num">"Baseline"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        </Card>
    }
    .into_any();
    Some(half(move |_| table))
}

fn curves(evaluation: &Evaluation) -> Vec<Half> {
    let given = evaluation.curves.iter().map(|curve| (curve.key.as_str(), curve.points.as_slice()));
    let card = |(metric, plot): (String, LinePlot)| {
        half(move |columns| curve_card(&metric, plot, columns))
    };
    plots(given, "step").into_iter().map(card).collect()
}

fn curve_card(metric: &str, plot: LinePlot, columns: u32) -> AnyView {
    let title = format!("Training: {}", metric_title(metric));
    view! {
        <Card title=title>
            <LineChart plot wide=width(columns) group="training"/>
        </Card>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_is_said_of_what_is_better() {
        let said = |key, value, baseline| against(key, value, baseline).0;
        assert_eq!(said("rmse", 541.0, 3_989.0), "better by 3448");
        assert_eq!(said("rmse", 4_000.0, 3_989.0), "worse by 11");
        assert_eq!(said("accuracy", 0.875, 0.75), "better by 0.1250");
        assert_eq!(against("accuracy", 0.5, 0.75), ("worse by 0.2500".into(), "worse"));
        assert_eq!(against("r2", 0.5, 0.5 + 1e-16), ("the same".into(), "same"));
    }

    #[test]
    fn a_curve_names_its_class() {
        assert_eq!(of_class("ROC", ["yes"].into_iter()), "ROC of class “yes”");
        assert_eq!(of_class("ROC", ["a", "b"].into_iter()), "ROC of each class");
        let letters = std::iter::repeat_n("a", 26);
        assert_eq!(of_class("ROC", letters), "ROC of the 10 hardest of 26 classes");
        let areas = [0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4, 0.5, 0.95, 0.05, 0.99];
        let drawn = [0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4, 0.5, 0.05];
        assert_eq!(worst(&areas, |area| *area), drawn);
    }
}
