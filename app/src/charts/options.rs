//! The same charts, described to ECharts. Colours, faces and lines come from the page's theme;
//! here are only data, axes and behaviour. No functions: the content policy forbids them.

use super::svg::{Bins, Chance, Line, LinePlot, RatePlot, ScatterPlot};
use charming::Chart;
use charming::component::{Axis, DataZoom, DataZoomType, Grid};
use charming::datatype::DataPoint;
use charming::element::{
    AxisPointer, AxisPointerType, AxisType, ItemStyle, LineStyle, LineStyleType, NameLocation,
    SplitLine, Symbol, TextStyle, Tooltip, Trigger,
};
use charming::series;
use serde_json::{Value, json};

/// An option as ECharts reads it.
pub fn json(chart: &Chart) -> String {
    serde_json::to_string(chart).unwrap_or_default()
}

/// The option of [`lines`] with its marks, as ECharts reads it.
pub fn line_option(plot: &LinePlot) -> String {
    let mut option = serde_json::to_value(lines(plot)).unwrap_or_default();
    mark(&mut option, plot);
    option.to_string()
}

/// Marks the best point in words, and the steps that are still to come as a field.
fn mark(option: &mut Value, plot: &LinePlot) {
    if let Some(best) = &plot.best {
        option["series"][best.line]["markPoint"] = json!({
            "symbol": "circle", "symbolSize": 9, "silent": true,
            "label": { "formatter": best.said.as_str(), "position": "top", "fontWeight": 600 },
            "data": [{ "coord": [best.x, best.y] }],
        });
    }
    let last = plot.lines.iter().filter_map(|line| line.points.last()).map(|p| p.0);
    let last = last.fold(f64::NAN, f64::max);
    let to_come = match plot.until {
        Some(until) if until > last => json!([[{ "xAxis": last }, { "xAxis": until }]]),
        Some(_) | None => json!([]), // an update must take away what was there before
    };
    if !plot.lines.is_empty() {
        option["series"][0]["markArea"] = json!({
            "silent": true,
            "itemStyle": { "color": "rgba(128,128,128,0.08)" },
            "data": to_come,
        });
    }
}

/// What [`grown`] makes the options of growing curves from: that of a single one. The server makes
/// it, so that the builder is no part of the wasm.
pub fn template() -> String {
    let plot =
        LinePlot { lines: vec![Line::default()], x_title: "step".into(), ..LinePlot::default() };
    json(&lines(&plot))
}

/// The option of curves as they are now, as JSON.
pub fn grown(template: &Value, plot: &LinePlot) -> String {
    let mut option = template.clone();
    option["xAxis"]["name"] = plot.x_title.as_str().into();
    if let Some(until) = plot.until {
        option["xAxis"]["max"] = until.into();
    }
    let curve = |(i, line): (usize, &Line)| {
        let mut curve = template["series"][0].clone();
        curve["id"] = format!("{i} {}", line.name).into();
        curve["name"] = line.name.as_str().into();
        curve["showSymbol"] = (line.points.len() == 1).into();
        curve["data"] = line.points.iter().map(|(x, y)| vec![*x, *y]).collect();
        curve
    };
    option["series"] = plot.lines.iter().enumerate().map(curve).collect();
    mark(&mut option, plot);
    option.to_string()
}

/// Curves over steps, with a shared crosshair and zoom by dragging.
pub fn lines(plot: &LinePlot) -> Chart {
    let kind = if plot.log_y { AxisType::Log } else { AxisType::Value };
    let mut x = below(&plot.x_title, AxisType::Value).scale(true);
    if let Some(until) = plot.until {
        x = x.max(until);
    }
    let chart = ground()
        .tooltip(crosshair())
        .data_zoom(DataZoom::new().type_(DataZoomType::Inside))
        .x_axis(x)
        .y_axis(beside(&plot.y_title, kind).scale(true));
    plot.lines.iter().enumerate().fold(chart, |chart, (i, line)| chart.series(curve(i, line)))
}

/// Curves in the unit square.
pub fn rates(plot: &RatePlot) -> Chart {
    let ends = match plot.chance {
        Chance::Diagonal => [(0.0, 0.0), (1.0, 1.0)],
        Chance::Level(level) => [(0.0, level), (1.0, level)],
    };
    let chance = series::Line::new()
        .id("chance")
        .name("chance")
        .show_symbol(false)
        .silent(true)
        .line_style(LineStyle::new().type_(LineStyleType::Dashed).width(1.0).color("gray"))
        .data(points(&ends));
    let chart = ground()
        .tooltip(crosshair())
        .x_axis(below(&plot.x_title, AxisType::Value).min(0.0).max(1.0))
        .y_axis(beside(&plot.y_title, AxisType::Value).min(0.0).max(1.0));
    let chart =
        plot.lines.iter().enumerate().fold(chart, |chart, (i, line)| chart.series(curve(i, line)));
    chart.series(chance)
}

/// Bars over bins.
pub fn histogram(bins: &Bins) -> Chart {
    let label = |i: usize| {
        let edge = |i: usize| crate::format::number(bins.edges.get(i).copied().unwrap_or_default());
        format!("{} – {}", edge(i), edge(i + 1))
    };
    let labels: Vec<String> = (0..bins.counts.len()).map(label).collect();
    let bars = series::Bar::new()
        .id("bins")
        .name(bins.noun.as_str())
        .bar_width("92%")
        .item_style(ItemStyle::new().opacity(0.8))
        .data(bins.counts.iter().map(|count| *count as f64).collect::<Vec<f64>>());
    ground()
        .tooltip(Tooltip::new().trigger(Trigger::Axis))
        .x_axis(below(&bins.x_title, AxisType::Category).data(labels))
        .y_axis(beside(&bins.noun, AxisType::Value))
        .series(bars)
}

/// Points, with the line of equality where it means something.
pub fn scatter(plot: &ScatterPlot) -> Chart {
    let dots = series::Scatter::new()
        .id("points")
        .symbol_size(5.0)
        .item_style(ItemStyle::new().opacity(0.6))
        .data(points(&plot.points));
    let chart = ground()
        .tooltip(Tooltip::new().trigger(Trigger::Item))
        .x_axis(below(&plot.x_title, AxisType::Value).scale(true))
        .y_axis(beside(&plot.y_title, AxisType::Value).scale(true))
        .series(dots);
    if !plot.diagonal {
        return chart;
    }
    let (low, high) = super::scale::extent(plot.points.iter().flat_map(|p| [p.0, p.1]));
    let equal = series::Line::new()
        .id("equal")
        .show_symbol(false)
        .silent(true)
        .line_style(LineStyle::new().type_(LineStyleType::Dashed).width(1.0).color("gray"))
        .data(points(&[(low, low), (high, high)]));
    chart.series(equal)
}

/// An empty chart with room for the labels of its axes.
fn ground() -> Chart {
    Chart::new()
        .animation(false)
        .grid(Grid::new().left(8).right(14).top(28).bottom(24).contain_label(true))
}

/// The axis below: without lines, which only the values have.
fn below(title: &str, kind: AxisType) -> Axis {
    let axis = Axis::new().type_(kind).split_line(SplitLine::new().show(false));
    if title.is_empty() {
        axis
    } else {
        axis.name(title).name_location(NameLocation::Middle).name_gap(28)
    }
}

/// The axis at the left; its title stands above it, where it takes no width.
fn beside(title: &str, kind: AxisType) -> Axis {
    let axis = Axis::new().type_(kind);
    if title.is_empty() {
        axis
    } else {
        let text = TextStyle::new().align("left");
        axis.name(title).name_location(NameLocation::End).name_gap(10).name_text_style(text)
    }
}

fn crosshair() -> Tooltip {
    Tooltip::new()
        .trigger(Trigger::Axis)
        .axis_pointer(AxisPointer::new().type_(AxisPointerType::Line).snap(true))
}

/// A curve; from the ninth on dashed, as in the drawing.
fn curve(i: usize, line: &Line) -> series::Line {
    let style =
        if (i / 8).is_multiple_of(2) { LineStyleType::Solid } else { LineStyleType::Dashed };
    series::Line::new()
        .id(format!("{i} {}", line.name))
        .name(line.name.as_str())
        .symbol(Symbol::Circle)
        .show_symbol(line.points.len() == 1)
        .line_style(LineStyle::new().type_(style).width(2.0))
        .data(points(&line.points))
}

fn points(points: &[(f64, f64)]) -> Vec<DataPoint> {
    points.iter().map(|(x, y)| DataPoint::from(vec![*x, *y])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(chart: &Chart) -> Value {
        serde_json::from_str(&super::json(chart)).unwrap()
    }

    fn line(name: &str) -> Line {
        Line { name: name.into(), points: vec![(1.0, 0.5), (2.0, 0.25)] }
    }

    #[test]
    fn curves_are_named_and_the_axis_goes_to_the_last_step() {
        let plot = LinePlot {
            lines: vec![line("train"), line("validation")],
            x_title: "epoch".into(),
            until: Some(100.0),
            ..LinePlot::default()
        };
        let shown = option(&lines(&plot));
        assert_eq!(shown["series"][1]["name"], "validation");
        assert_eq!(shown["series"][1]["id"], "1 validation");
        assert_eq!(shown["series"][0]["data"], json!([[1.0, 0.5], [2.0, 0.25]]));
        assert_eq!(shown["xAxis"]["max"], 100.0);
        assert_eq!(shown["animation"], false);
    }

    #[test]
    fn curves_that_grow_are_drawn_as_those_that_do_not() {
        let plot = LinePlot {
            lines: vec![line("train"), line("validation")],
            x_title: "epoch".into(),
            until: Some(100.0),
            ..LinePlot::default()
        };
        let template: Value = serde_json::from_str(&template()).unwrap();
        let now: Value = serde_json::from_str(&grown(&template, &plot)).unwrap();
        assert_eq!(now, serde_json::from_str::<Value>(&line_option(&plot)).unwrap());
        assert_eq!(now["series"][0]["markArea"]["data"][0][1]["xAxis"], 100.0);
    }

    #[test]
    fn a_log_axis_is_told() {
        let plot = LinePlot { lines: vec![line("a")], log_y: true, ..LinePlot::default() };
        assert_eq!(option(&lines(&plot))["yAxis"]["type"], "log");
    }

    #[test]
    fn a_roc_has_its_chance_line_last() {
        let plot = RatePlot { lines: vec![line("1")], ..RatePlot::default() };
        let shown = option(&rates(&plot));
        assert_eq!(shown["series"][1]["data"], json!([[0.0, 0.0], [1.0, 1.0]]));
        assert_eq!(shown["xAxis"]["max"], 1.0);
    }

    #[test]
    fn bins_are_categories_with_their_edges() {
        let bins = Bins {
            edges: vec![0.0, 10.0, 20.0],
            counts: vec![3, 4],
            x_title: "age".into(),
            noun: "rows".into(),
        };
        let shown = option(&histogram(&bins));
        assert_eq!(shown["xAxis"]["data"], json!(["0 – 10", "10 – 20"]));
        assert_eq!(shown["series"][0]["data"], json!([3.0, 4.0]));
    }

    #[test]
    fn nothing_in_an_option_is_a_function() {
        let plot = ScatterPlot { points: vec![(1.0, 2.0)], diagonal: true, ..Default::default() };
        let text = option(&scatter(&plot)).to_string();
        assert!(!text.contains("function") && text.contains("[[1.0,1.0],[2.0,2.0]]"), "{text}");
    }
}
