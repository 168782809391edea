//! The colours of the page, for ECharts: read from the tokens of the stylesheet, so that there is
//! one place with colours.

use js_sys::JSON;
use leptos::prelude::*;
use serde_json::{Value, json};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};

/// The name under which ECharts knows the page's colours.
const NAME: &str = "page";

thread_local! {
    /// The ground of the page when its colours were read last.
    static GROUND: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Registers the colours as they are now, unless that was done; gives the name of the theme.
pub(super) fn register() -> &'static str {
    let ground = ground();
    if ground.is_some() && GROUND.replace(ground.clone()) == ground {
        return NAME;
    }
    let theme = Probe::new().map_or_else(|| json!({}), |probe| theme(&probe));
    if let Ok(theme) = JSON::parse(&theme.to_string()) {
        super::echarts::register_theme(NAME, &theme);
    }
    NAME
}

/// The colour of the page behind everything: another one in light and in dark.
fn ground() -> Option<String> {
    let body = document().body()?;
    let style = window().get_computed_style(&body).ok()??;
    style.get_property_value("background-color").ok()
}

/// The theme of ECharts: quiet axes, horizontal lines only, the page's face.
fn theme(probe: &Probe) -> Value {
    let series: Vec<String> = (1..=8).map(|i| probe.colour(&format!("--s{i}"))).collect();
    let (ink, quiet) = (probe.colour("--ink-2"), probe.colour("--ink-3"));
    let (line, raised) = (probe.colour("--line"), probe.colour("--raised"));
    let face = "Atkinson, system-ui, sans-serif";
    let axis = json!({
        "axisLine": { "show": false },
        "axisTick": { "show": false },
        "axisLabel": { "color": quiet, "fontSize": 11, "fontFamily": face },
        "nameTextStyle": { "color": ink, "fontSize": 12, "fontFamily": face },
        "splitLine": { "lineStyle": { "color": line } },
    });
    json!({
        "color": series,
        "backgroundColor": "transparent",
        "animation": false,
        "textStyle": { "color": ink, "fontFamily": face },
        "valueAxis": axis, "logAxis": axis, "timeAxis": axis, "categoryAxis": axis,
        "legend": { "textStyle": { "color": ink, "fontSize": 12 }, "icon": "roundRect", "itemHeight": 3, "itemWidth": 14 },
        "markPoint": { "label": { "color": ink } },
        "line": { "showSymbol": false, "lineStyle": { "width": 2 } },
        "tooltip": {
            "className": "tip", "backgroundColor": raised, "borderColor": line, "borderWidth": 1,
            "textStyle": { "color": probe.colour("--ink"), "fontSize": 13, "fontFamily": face },
            "axisPointer": { "lineStyle": { "color": quiet }, "crossStyle": { "color": quiet } },
        },
    })
}

/// Turns tokens into colours that ECharts can calculate with: it knows neither `oklch` nor
/// `light-dark`, so the browser paints a point and reads it.
struct Probe {
    element: HtmlElement,
    context: CanvasRenderingContext2d,
}

impl Probe {
    fn new() -> Option<Self> {
        let canvas: HtmlCanvasElement =
            document().create_element("canvas").ok()?.dyn_into().ok()?;
        canvas.set_width(1);
        canvas.set_height(1);
        let context = {
            // Every colour is painted and read back: in memory, not on the graphics card.
            let options = js_sys::Object::new();
            js_sys::Reflect::set(&options, &"willReadFrequently".into(), &true.into()).ok()?;
            canvas.get_context_with_context_options("2d", &options).ok()??.dyn_into().ok()?
        };
        let element: HtmlElement = document().create_element("i").ok()?.dyn_into().ok()?;
        element.set_hidden(true);
        document().body()?.append_child(&element).ok()?;
        Some(Self { element, context })
    }

    fn colour(&self, token: &str) -> String {
        self.read(token).unwrap_or_else(|| "gray".into())
    }

    fn read(&self, token: &str) -> Option<String> {
        let style = self.element.style();
        style.set_property("color", &format!("var({token})")).ok()?;
        let computed = window().get_computed_style(&self.element).ok()??;
        let colour = computed.get_property_value("color").ok()?;
        self.context.set_fill_style_str(&colour);
        self.context.clear_rect(0.0, 0.0, 1.0, 1.0);
        self.context.fill_rect(0.0, 0.0, 1.0, 1.0);
        let point = self.context.get_image_data(0.0, 0.0, 1.0, 1.0).ok()?.data();
        Some(format!("rgb({},{},{})", point[0], point[1], point[2]))
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.element.remove();
    }
}
