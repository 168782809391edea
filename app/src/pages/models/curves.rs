//! Logged values as curves: one plot for each metric, a line for each part of the data.

use crate::charts::svg::{Best, Line, LinePlot};
use crate::format;
use mlhub_domain::evaluation::lower_is_better;
use mlhub_domain::num::Num;

/// The curves by metric: `train/loss` and `validation/loss` stand in one plot. `unit` is what the
/// steps are, in the singular.
pub(in crate::pages) fn plots<'a>(
    curves: impl IntoIterator<Item = (&'a str, &'a [(u64, Num)])>,
    unit: &str,
) -> Vec<(String, LinePlot)> {
    let mut plots: Vec<(String, LinePlot)> = Vec::new();
    for (key, points) in curves {
        let (name, metric) = key.split_once('/').unwrap_or(("value", key));
        let points = points.iter().map(|(step, value)| (*step as f64, value.0)).collect();
        let line = Line { name: name.into(), points };
        if let Some(at) = plots.iter().position(|(known, _)| known.as_str() == metric) {
            plots[at].1.lines.push(line);
        } else {
            let plot = LinePlot { lines: vec![line], x_title: unit.into(), ..LinePlot::default() };
            plots.push((metric.into(), plot));
        }
    }
    for (metric, plot) in &mut plots {
        plot.best = best(metric, plot, unit);
    }
    plots
}

/// The plot to watch: the loss, else the first.
pub(in crate::pages) fn foremost(plots: Vec<(String, LinePlot)>) -> Option<(String, LinePlot)> {
    let loss = plots.iter().position(|(metric, _)| metric.contains("loss"));
    plots.into_iter().nth(loss.unwrap_or(0))
}

/// The best point of the curve that counts: validation, else the last one.
fn best(metric: &str, plot: &LinePlot, unit: &str) -> Option<Best> {
    let validation = plot.lines.iter().position(|line| line.name == "validation");
    let line = validation.or(plot.lines.len().checked_sub(1))?;
    let finite = plot.lines[line].points.iter().filter(|(_, y)| y.is_finite());
    let (x, y) = if lower_is_better(metric) {
        *finite.min_by(|a, b| a.1.total_cmp(&b.1))?
    } else {
        *finite.max_by(|a, b| a.1.total_cmp(&b.1))?
    };
    let said = format!("best {} · {unit} {}", format::metric(y), format::number(x));
    Some(Best { line, x, y, said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn train_and_validation_share_a_plot_and_the_best_is_marked() {
        let train = [(1, Num(0.6)), (2, Num(0.4)), (3, Num(0.3))];
        let validation = [(1, Num(0.7)), (2, Num(0.5)), (3, Num(0.55))];
        let given = [("train/loss", train.as_slice()), ("validation/loss", validation.as_slice())];
        let plots = plots(given, "epoch");
        assert_eq!(plots.len(), 1);
        let (metric, plot) = foremost(plots).unwrap();
        assert_eq!(metric, "loss");
        assert_eq!(plot.lines[1].name, "validation");
        assert_eq!(plot.best.unwrap().said, "best 0.5000 · epoch 2");
    }

    #[test]
    fn of_nothing_nothing_is_drawn() {
        assert_eq!(foremost(plots([], "step")), None);
    }
}
