//! The same charts, described to ECharts. Colours, faces and lines come from the page's theme;
//! here are only data, axes and behaviour. No functions: the content policy forbids them.
//!
//! Each option comes with two frames, `wide` and `phone`: the margins, ends and ticks of the drawings
//! in both sizes. The chart takes the frame of the drawing that it covers, and nothing moves.

use super::scale::Scale;
use super::svg::{self, Bins, Frame, Ground, Line, LinePlot, RatePlot, ScatterPlot, Size};
use charming::Chart;
use charming::component::{Axis, DataZoom, DataZoomType, Grid};
use charming::datatype::DataPoint;
use charming::element::{
    AxisPointer, AxisPointerType, AxisType, ItemStyle, LineStyle, LineStyleType, NameLocation,
    SplitLine, Symbol, TextStyle, Tooltip, Trigger,
};
use charming::series;
use serde_json::{Value, json};

/// An option with the frames of its drawings, as the browser reads it.
fn framed(option: &Value, sizes: [Size; 2], frame: impl Fn(Size) -> Value) -> String {
    let [wide, phone] = sizes.map(frame);
    json!({ "option": option, "wide": wide, "phone": phone }).to_string()
}

/// Margins, ends and ticks of a ground, to be merged into an option.
fn frame(ground: &Ground<'_>) -> Value {
    let frame = Frame::of(ground);
    let mut parts = json!({ "grid": margins(&frame, ground.size) });
    parts["xAxis"] = ends(&frame.x, frame.columns);
    if !ground.log_y {
        parts["yAxis"] = ends(&frame.y, frame.rows);
    }
    parts
}

/// The same for curves: the words of the best point stand at the side where there is room.
fn frame_of_lines(plot: &LinePlot, size: Size) -> Value {
    let ground = svg::lines_ground(plot, size);
    let mut parts = frame(&ground);
    if let Some(best) = &plot.best {
        let (side, down) = best.beside(&Frame::of(&ground));
        let label = json!({
            "position": side.unwrap_or("top"), "distance": 3,
            "offset": side.map_or([0.0, 0.0], |_| [0.0, down - 4.0]),
        });
        let id = id(best.line, &plot.lines[best.line]);
        parts["series"] = json!([{ "id": id, "markPoint": { "label": label } }]);
    }
    parts
}

/// The same where the bars stand on an axis of their own, which is not seen.
fn frame_of_bins(ground: &Ground<'_>) -> Value {
    let mut parts = frame(ground);
    parts["xAxis"] = json!([{}, parts["xAxis"]]);
    parts
}

/// The same where the bins are moments, which only the first axis can name.
fn frame_of_moments(ground: &Ground<'_>) -> Value {
    let mut parts = frame(ground);
    parts["xAxis"] = json!({});
    parts
}

fn margins(frame: &Frame, size: Size) -> Value {
    json!({
        "left": frame.left, "right": size.width - frame.right,
        "top": frame.top, "bottom": size.height - frame.bottom,
        "containLabel": false, "outerBoundsMode": "none",
    })
}

/// The ends and ticks of an axis. `style` is how its ticks are labelled, see
/// [`super::scale::TickStyle`]; an end that is no tick has neither label nor line.
fn ends(scale: &Scale, count: usize) -> Value {
    let ((low, high), ticks) = (scale.domain(), scale.ticks(count));
    let near = |tick: Option<&(f64, String)>, end: f64| {
        tick.is_some_and(|(value, _)| (value - end).abs() < (high - low) * 1e-6)
    };
    let (first, last) = (near(ticks.first(), low), near(ticks.last(), high));
    json!({
        "min": low, "max": high, "splitNumber": scale.steps(count),
        "axisLine": { "onZero": false },
        "axisLabel": {
            "showMinLabel": first, "showMaxLabel": last, "style": scale.style(count).0,
        },
        "splitLine": { "showMinLine": first, "showMaxLine": last },
    })
}

/// The option of curves.
pub fn line_option(plot: &LinePlot, sizes: [Size; 2]) -> String {
    let mut option = value(&lines(plot));
    mark(&mut option, plot);
    framed(&option, sizes, |size| frame_of_lines(plot, size))
}

/// The option of rates.
pub fn rate_option(plot: &RatePlot, sizes: [Size; 2]) -> String {
    let mut option = value(&rates(plot));
    if plot.lines.len() == 1 {
        option["series"][0]["areaStyle"] = json!({ "opacity": 0.11 });
    }
    dotted(&mut option);
    framed(&option, sizes, |size| frame(&svg::rates_ground(plot, size)))
}

/// The option of points.
pub fn scatter_option(plot: &ScatterPlot, sizes: [Size; 2]) -> String {
    let mut option = value(&scatter(plot));
    if plot.diagonal {
        dotted(&mut option);
    }
    framed(&option, sizes, |size| frame(&svg::scatter_ground(plot, size)))
}

/// Gives the last line, which only compares, the dashes of the drawing.
fn dotted(option: &mut Value) {
    if let Some(line) = option["series"].as_array_mut().and_then(|series| series.last_mut()) {
        line["lineStyle"]["type"] = json!([4, 4]);
    }
}

/// The option of a histogram.
pub fn histogram_option(bins: &Bins, sizes: [Size; 2]) -> String {
    let option = value(&histogram(bins));
    let frame = if bins.moments.is_empty() { frame_of_bins } else { frame_of_moments };
    framed(&option, sizes, |size| frame(&svg::histogram_ground(bins, size)))
}

fn value(chart: &Chart) -> Value {
    serde_json::to_value(chart).unwrap_or_default()
}

/// Marks the best point in words, and the steps that are still to come as a field.
fn mark(option: &mut Value, plot: &LinePlot) {
    if let Some(best) = &plot.best {
        option["series"][best.line]["markPoint"] = json!({
            "symbol": "circle", "symbolSize": 10, "silent": true,
            "label": {
                "formatter": best.said.as_str(), "position": "top",
                "fontWeight": 600, "fontSize": 11.5,
            },
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
    value(&lines(&plot)).to_string()
}

/// The option of curves as they are now.
pub fn grown(template: &Value, plot: &LinePlot, sizes: [Size; 2]) -> String {
    let mut option = template.clone();
    option["xAxis"]["name"] = plot.x_title.as_str().into();
    let curve = |(i, line): (usize, &Line)| {
        let mut curve = template["series"][0].clone();
        curve["id"] = id(i, line).into();
        curve["name"] = line.name.as_str().into();
        curve["showSymbol"] = (line.points.len() == 1).into();
        curve["data"] = line.points.iter().map(|(x, y)| vec![*x, *y]).collect();
        curve
    };
    option["series"] = plot.lines.iter().enumerate().map(curve).collect();
    mark(&mut option, plot);
    framed(&option, sizes, |size| frame_of_lines(plot, size))
}

/// Curves over steps, with a shared crosshair and zoom by dragging.
fn lines(plot: &LinePlot) -> Chart {
    let kind = if plot.log_y { AxisType::Log } else { AxisType::Value };
    let chart = ground()
        .tooltip(crosshair())
        .data_zoom(DataZoom::new().type_(DataZoomType::Inside))
        .x_axis(below(&plot.x_title, AxisType::Value))
        .y_axis(beside(&plot.y_title, kind));
    plot.lines.iter().enumerate().fold(chart, |chart, (i, line)| chart.series(curve(i, line)))
}

/// Curves in the unit square.
fn rates(plot: &RatePlot) -> Chart {
    let chance = |ends: [(f64, f64); 2]| {
        series::Line::new()
            .id("chance")
            .name("chance")
            .show_symbol(false)
            .silent(true)
            .line_style(LineStyle::new().type_(LineStyleType::Dashed).width(1.25).color("gray"))
            .data(points(&ends))
    };
    let chart = ground()
        .tooltip(crosshair())
        .x_axis(below(&plot.x_title, AxisType::Value))
        .y_axis(beside(&plot.y_title, AxisType::Value));
    let chart =
        plot.lines.iter().enumerate().fold(chart, |chart, (i, line)| chart.series(curve(i, line)));
    match plot.chance.ends() {
        Some(ends) => chart.series(chance(ends)),
        None => chart,
    }
}

/// Bars over bins.
fn histogram(bins: &Bins) -> Chart {
    let label = |i: usize| format!("{} – {}", bins.edge(i), bins.edge(i + 1));
    let labels: Vec<String> = (0..bins.counts.len()).map(label).collect();
    let bars = series::Bar::new()
        .id("bins")
        .name(bins.noun.as_str())
        .bar_width("92%")
        .item_style(ItemStyle::new().opacity(0.74))
        .data(bins.counts.iter().map(|count| *count as f64).collect::<Vec<f64>>());
    let chart = ground()
        .tooltip(Tooltip::new().trigger(Trigger::Axis))
        .y_axis(beside(&bins.noun, AxisType::Value))
        .series(bars);
    if !bins.moments.is_empty() {
        return chart.x_axis(below(&bins.x_title, AxisType::Category).data(labels));
    }
    // The bars stand on their bins, the ticks at round numbers, as in the drawing.
    let unseen = below("", AxisType::Category).data(labels).show(false);
    let seen = below(&bins.x_title, AxisType::Value)
        .position("bottom")
        .axis_pointer(AxisPointer::new().show(false));
    chart.x_axis(unseen).x_axis(seen)
}

/// Points, with the line of equality where it means something.
fn scatter(plot: &ScatterPlot) -> Chart {
    let dots = series::Scatter::new()
        .id("points")
        .symbol_size(4.8)
        .item_style(ItemStyle::new().opacity(0.55))
        .data(points(&plot.points));
    let chart = ground()
        .tooltip(Tooltip::new().trigger(Trigger::Item))
        .x_axis(below(&plot.x_title, AxisType::Value))
        .y_axis(beside(&plot.y_title, AxisType::Value))
        .series(dots);
    if !plot.diagonal {
        return chart;
    }
    let (low, high) = super::scale::extent(plot.points.iter().flat_map(|p| [p.0, p.1]));
    let equal = series::Line::new()
        .id("equal")
        .show_symbol(false)
        .silent(true)
        .line_style(LineStyle::new().type_(LineStyleType::Dashed).width(1.25).color("gray"))
        .data(points(&[(low, low), (high, high)]));
    chart.series(equal)
}

/// An empty chart.
fn ground() -> Chart {
    Chart::new().animation(false).grid(Grid::new())
}

/// The axis below: without lines, which only the values have.
fn below(title: &str, kind: AxisType) -> Axis {
    let axis = Axis::new().type_(kind).split_line(SplitLine::new().show(false));
    if title.is_empty() {
        axis
    } else {
        axis.name(title).name_location(NameLocation::Middle).name_gap(27)
    }
}

/// The axis at the left; its title stands above it, where it takes no width.
fn beside(title: &str, kind: AxisType) -> Axis {
    let axis = Axis::new().type_(kind);
    if title.is_empty() {
        axis
    } else {
        let text = TextStyle::new().align("left");
        axis.name(title).name_location(NameLocation::End).name_gap(11).name_text_style(text)
    }
}

fn crosshair() -> Tooltip {
    Tooltip::new()
        .trigger(Trigger::Axis)
        .axis_pointer(AxisPointer::new().type_(AxisPointerType::Line).snap(true))
}

/// The name of a curve in an option.
fn id(i: usize, line: &Line) -> String {
    format!("{i} {}", line.name)
}

/// A curve; from the ninth on dashed, as in the drawing.
fn curve(i: usize, line: &Line) -> series::Line {
    let style =
        if (i / 8).is_multiple_of(2) { LineStyleType::Solid } else { LineStyleType::Dashed };
    series::Line::new()
        .id(id(i, line))
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

    const SIZES: [Size; 2] = svg::sizes(760.0, 270.0);

    fn read(option: &str) -> Value {
        serde_json::from_str(option).unwrap()
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
        let (shown, wide) = {
            let mut all = read(&line_option(&plot, SIZES));
            (all["option"].take(), all["wide"].take())
        };
        assert_eq!(shown["series"][1]["name"], "validation");
        assert_eq!(shown["series"][1]["id"], "1 validation");
        assert_eq!(shown["series"][0]["data"], json!([[1.0, 0.5], [2.0, 0.25]]));
        assert_eq!(wide["xAxis"]["max"], 100.0);
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
        let now = read(&grown(&template, &plot, SIZES));
        assert_eq!(now, read(&line_option(&plot, SIZES)));
        assert_eq!(now["option"]["series"][0]["markArea"]["data"][0][1]["xAxis"], 100.0);
    }

    #[test]
    fn the_frame_is_that_of_the_drawing() {
        let plot = LinePlot {
            lines: vec![Line { name: "a".into(), points: vec![(1.0, 0.247), (60.0, 0.672)] }],
            x_title: "epoch".into(),
            ..LinePlot::default()
        };
        let wide = &read(&line_option(&plot, SIZES))["wide"];
        let grid = &wide["grid"];
        assert_eq!((&grid["top"], &grid["bottom"]), (&json!(10.0), &json!(42.0)));
        let (x, y) = (&wide["xAxis"], &wide["yAxis"]);
        assert_eq!((&y["min"], &y["splitNumber"]), (&json!(0.2), &json!(5.0)));
        assert_eq!(
            (&y["axisLabel"]["style"], &y["axisLabel"]["showMinLabel"]),
            (&json!(1), &json!(true))
        );
        assert_eq!(
            (&x["axisLabel"]["showMinLabel"], &x["axisLabel"]["showMaxLabel"]),
            (&json!(false), &json!(true))
        );
    }

    #[test]
    fn a_log_axis_is_told() {
        let plot = LinePlot { lines: vec![line("a")], log_y: true, ..LinePlot::default() };
        let shown = read(&line_option(&plot, SIZES));
        assert_eq!(shown["option"]["yAxis"]["type"], "log");
        assert!(shown["wide"]["yAxis"].is_null());
    }

    #[test]
    fn a_roc_has_its_chance_line_last() {
        let plot = RatePlot { lines: vec![line("1")], ..RatePlot::default() };
        let shown = read(&rate_option(&plot, SIZES));
        assert_eq!(shown["option"]["series"][1]["data"], json!([[0.0, 0.0], [1.0, 1.0]]));
        assert_eq!(shown["wide"]["xAxis"]["max"], 1.0);
    }

    #[test]
    fn bins_are_categories_with_their_edges() {
        let bins = Bins {
            edges: vec![0.0, 10.0, 20.0],
            moments: Vec::new(),
            counts: vec![3, 4],
            x_title: "age".into(),
            noun: "rows".into(),
        };
        let shown = read(&histogram_option(&bins, SIZES));
        assert_eq!(shown["wide"]["xAxis"][1]["max"], 20.0);
        let shown = &shown["option"];
        assert_eq!(shown["xAxis"][0]["data"], json!(["0 – 10", "10 – 20"]));
        assert_eq!(shown["series"][0]["data"], json!([3.0, 4.0]));
    }

    #[test]
    fn nothing_in_an_option_is_a_function() {
        let plot = ScatterPlot { points: vec![(1.0, 2.0)], diagonal: true, ..Default::default() };
        let text = scatter_option(&plot, SIZES);
        assert!(!text.contains("function") && text.contains("[[1.0,1.0],[2.0,2.0]]"), "{text}");
    }
}
