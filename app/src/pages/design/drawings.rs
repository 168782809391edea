//! Charts with data that look like data.

use crate::charts::svg::{Best, Bins, Line, LinePlot, ScatterPlot};
use crate::charts::{
    Bar, ConfusionMatrix, HBars, HistogramChart, LineChart, MiniHistogram, PrChart, RocChart,
    ScatterChart, Sparkline, width,
};
use crate::components::{Card, Scroll};
use crate::format;
use leptos::prelude::*;
use mlhub_domain::evaluation::{Confusion, PrCurve, PrPoint, RocCurve, RocPoint};
use mlhub_domain::num::Num;
use mlhub_domain::profile::{Histogram, Mark};

/// Every chart.
#[component]
pub(super) fn Drawings() -> impl IntoView {
    let bars = vec![bar("marital-status", 0.062), bar("capital-gain", 0.052), bar("age", 0.038)];
    let confusion = Confusion {
        labels: vec!["<=50K".into(), ">50K".into()],
        counts: vec![vec![6_992, 439], vec![776, 1_562]],
    };
    view! {
        <div class="grid">
            <Card title="Loss" class="c8">
                <LineChart plot=loss() wide=width(8)/>
            </Card>
            <Card title="What it looks at" class="c4">
                <HBars bars/>
            </Card>
            <Card title="ROC" class="c4">
                <RocChart curves=vec![roc()] threshold=0.5/>
            </Card>
            <Card title="Precision and recall" class="c4">
                <PrChart curves=vec![pr()] base=0.24/>
            </Card>
            <Card title="Confusion matrix" class="c4">
                <ConfusionMatrix confusion/>
            </Card>
            <Card title="Predicted and actual" class="c4">
                <ScatterChart plot=points()/>
            </Card>
            <Card title="Residuals" class="c8">
                <HistogramChart bins=residuals() wide=width(8)/>
            </Card>
        </div>
        <Scroll label="Columns">
            <table>
                <thead>
                    <tr>
                        <th class="num">
                            "age" <span class="type">"integer · 0 % missing"</span>
                            <MiniHistogram histogram=histogram() column="age"/>
                        </th>
                        <th>
                            "workclass" <span class="type">"text · 6 % missing"</span>
                            <div class="top3">
                                {top("Private", 0.75)} {top("Self-emp-not-inc", 0.08)}
                            </div>
                        </th>
                        <th>"trend"</th>
                    </tr>
                </thead>
                <tbody>
                    <tr>
                        <td class="num">"37"</td>
                        <td class="null">"missing"</td>
                        <td>
                            <Sparkline points=curve(0.6, 0.25, 40) label="Loss fell to 0.25"/>
                        </td>
                    </tr>
                </tbody>
            </table>
        </Scroll>
    }
    .into_any()
}

fn top(name: &'static str, share: f64) -> impl IntoView {
    let w = format!("--w:{:.0}%", share * 100.0);
    view! {
        <span class="meter" style=w>
            <span>{name}</span>
            <span>{format::percent(share)}</span>
        </span>
    }
}

fn bar(name: &str, value: f64) -> Bar {
    Bar { name: name.into(), value, said: format::number(value), faint: false }
}

/// A falling curve with a little noise that is the same every time.
fn curve(from: f64, to: f64, steps: u32) -> Vec<(f64, f64)> {
    let noise = |i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 16 & 0xff) / 255.0 - 0.5;
    let value = |i: u32| to + (from - to) * (-f64::from(i) / 12.0).exp() + noise(i) * 0.012;
    (1..=steps).map(|i| (f64::from(i), value(i))).collect()
}

fn loss() -> LinePlot {
    let line = |name: &str, points| Line { name: name.into(), points };
    LinePlot {
        lines: vec![
            line("train", curve(0.68, 0.255, 60)),
            line("validation", curve(0.68, 0.305, 60)),
        ],
        x_title: "epoch".into(),
        until: Some(100.0),
        best: Some(Best { line: 1, x: 57.0, y: 0.303, said: "best 0.303 · epoch 57".into() }),
        ..LinePlot::default()
    }
}

fn roc() -> RocCurve {
    let point = |i: u32| {
        let fpr = f64::from(i) / 60.0;
        RocPoint { fpr: Num(fpr), tpr: Num(fpr.powf(0.16)), threshold: Num(1.0 - fpr) }
    };
    RocCurve { label: ">50K".into(), auc: Num(0.9306), points: (0..=60).map(point).collect() }
}

fn pr() -> PrCurve {
    let point = |i: u32| {
        let recall = 1.0 - f64::from(i) / 60.0;
        let precision = 0.24 + 0.75 * (1.0 - recall.powi(4));
        PrPoint { recall: Num(recall), precision: Num(precision), threshold: Num(1.0 - recall) }
    };
    let points = (0..=60).map(point).collect();
    PrCurve { label: ">50K".into(), average_precision: Num(0.8312), points }
}

fn points() -> ScatterPlot {
    let spread = |i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 12 & 0xfff) / 4095.0 - 0.5;
    let point = |i: u32| (f64::from(i) * 42.0, f64::from(i) * 41.0 + spread(i) * 3_000.0);
    ScatterPlot {
        points: (0..400).map(point).collect(),
        x_title: "actual".into(),
        y_title: "predicted".into(),
        diagonal: true,
        sentence: "Predicted against actual: close to the diagonal".into(),
    }
}

fn residuals() -> Bins {
    let count = |i: i32| (900.0 * (-f64::from((i - 10) * (i - 10)) / 18.0).exp()) as u64;
    Bins {
        edges: (0..=20).map(|i| f64::from(i - 10) * 150.0).collect(),
        moments: Vec::new(),
        counts: (0..20).map(count).collect(),
        x_title: "actual − predicted".into(),
        noun: "rows".into(),
    }
}

fn histogram() -> Histogram {
    let count = |i: u32| (4_000.0 * (-f64::from(i) / 7.0).exp()) as u64;
    Histogram {
        edges: (0..=20).map(|i| Mark::Number(Num(17.0 + f64::from(i) * 3.65))).collect(),
        counts: (0..20).map(count).collect(),
    }
}
