//! ROC and precision–recall curves of an evaluation.

use super::figure::{Chart, Interactive, Legend, LegendEntry};
use super::options;
use super::svg::{self, Chance, Line, RatePlot};
use super::table::ChartTable;
use crate::format;
use leptos::prelude::*;
use mlhub_domain::evaluation::{PrCurve, RocCurve};

/// The width at which these square charts are drawn.
const WIDE: f64 = 440.0;

/// The ROC curves: how many of the positives are found at the price of how many false alarms.
#[component]
pub fn RocChart(
    /// One for a binary target, else one for each class.
    curves: Vec<RocCurve>,
    /// Mark this threshold on the only curve.
    #[prop(optional)]
    threshold: Option<f64>,
) -> impl IntoView {
    let lines = curves.iter().map(|curve| Line {
        name: curve.label.clone(),
        points: curve.points.iter().map(|p| (p.fpr.0, p.tpr.0)).collect(),
    });
    let areas: Vec<(String, f64)> = curves.iter().map(|c| (c.label.clone(), c.auc.0)).collect();
    let mark = threshold.filter(|_| curves.len() == 1).and_then(|t| {
        let near = curves[0].points.iter().rev().find(|p| p.threshold.0 >= t)?;
        Some((near.fpr.0, near.tpr.0, format!("threshold {t:.2}")))
    });
    let plot = RatePlot {
        lines: lines.collect(),
        x_title: "false positive rate".into(),
        y_title: "true positive rate".into(),
        chance: Chance::Diagonal,
        mark,
        sentence: sentence("ROC", "area", &areas),
    };
    view! { <Rates plot legend=legend("area", &areas, Some("chance")) stepped=false/> }
}

/// The precision–recall curves: how many of those predicted are right, for how many found.
#[component]
pub fn PrChart(
    /// One for a binary target, else one for each class.
    curves: Vec<PrCurve>,
    /// The share of the positive class: what guessing gives.
    #[prop(optional)]
    base: Option<f64>,
) -> impl IntoView {
    let lines = curves.iter().map(|curve| {
        let mut points: Vec<_> = curve.points.iter().map(|p| (p.recall.0, p.precision.0)).collect();
        points.reverse();
        Line { name: curve.label.clone(), points }
    });
    let areas: Vec<(String, f64)> =
        curves.iter().map(|c| (c.label.clone(), c.average_precision.0)).collect();
    let plot = RatePlot {
        lines: lines.collect(),
        x_title: "recall".into(),
        y_title: "precision".into(),
        chance: base.map_or(Chance::Each, Chance::Level),
        mark: None,
        sentence: sentence("Precision–recall", "average precision", &areas),
    };
    let base = base.map(|_| "guessing");
    view! { <Rates plot legend=legend("average precision", &areas, base) stepped=true/> }
}

/// Either kind.
#[component]
fn Rates(
    /// The curves.
    plot: RatePlot,
    /// Their names and areas.
    legend: Vec<LegendEntry>,
    /// Whether a point holds for all that is left of it: the area is then what the legend says,
    /// and between two points nothing is promised that no threshold gives.
    stepped: bool,
) -> impl IntoView {
    let sizes = svg::sizes(WIDE, WIDE * 0.78);
    let head = vec!["curve".into(), plot.x_title.clone(), plot.y_title.clone()];
    let rows = plot.lines.iter().flat_map(|line| {
        line.points.iter().map(|(x, y)| {
            vec![line.name.clone(), format::significant(*x, 4), format::significant(*y, 4)]
        })
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let plot = if stepped { plot.stepped() } else { plot };
    let drawing = svg::both(sizes, |size| svg::rates(&plot, size));
    let label = plot.sentence.clone();
    let option = options::rate_option(&plot, sizes);
    let live = Interactive::Still { option, group: None };
    let caption = move || {
        let entries = legend.clone();
        view! {
            <figcaption>
                <Legend entries/>
            </figcaption>
        }
    };
    view! {
        <Chart drawing sizes label live=Some(live) caption>
            <ChartTable head rows/>
        </Chart>
    }
}

fn legend(area: &str, areas: &[(String, f64)], compare: Option<&str>) -> Vec<LegendEntry> {
    let curves = areas.iter().enumerate().map(|(i, (label, value))| LegendEntry {
        name: if areas.len() == 1 { format!("{label}, {area}") } else { label.clone() },
        value: format::metric(*value),
        series: Some(i),
    });
    let compare = compare.map(|name| LegendEntry { name: name.into(), ..Default::default() });
    curves.chain(compare).collect()
}

fn sentence(kind: &str, area: &str, areas: &[(String, f64)]) -> String {
    let said: Vec<String> =
        areas.iter().map(|(label, value)| format!("{label} {}", format::metric(*value))).collect();
    format!("{kind} curve, {area}: {}", said.join(", "))
}
