//! What we use of ECharts, typed. The bundle sets `globalThis.echarts`; the page's own script sets
//! `globalThis.mlhubImport`, because a dynamic `import()` cannot be bound.

use crate::charts::scale::TickStyle;
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// A chart on the page.
    #[derive(Clone)]
    pub(super) type EChart;

    #[wasm_bindgen(js_name = mlhubImport, catch)]
    fn import(url: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = echarts, js_name = init, catch)]
    fn init(place: &web_sys::Element, theme: &str) -> Result<EChart, JsValue>;

    #[wasm_bindgen(js_namespace = echarts, js_name = registerTheme)]
    pub(super) fn register_theme(name: &str, theme: &JsValue);

    #[wasm_bindgen(js_namespace = echarts)]
    fn connect(group: &str);

    #[wasm_bindgen(method, js_name = setOption)]
    fn set_option(this: &EChart, option: &JsValue, how: &JsValue);

    #[wasm_bindgen(method)]
    pub(super) fn resize(this: &EChart);

    #[wasm_bindgen(method)]
    pub(super) fn dispose(this: &EChart);

    #[wasm_bindgen(method, js_name = setTheme)]
    pub(super) fn set_theme(this: &EChart, name: &str);

    #[wasm_bindgen(method, setter)]
    fn set_group(this: &EChart, group: &str);
}

/// From so many px on a chart has the frame of a page rather than of a phone.
const PAGE: f64 = 380.0;

/// Writes the label of a tick.
type Labeller = Closure<dyn Fn(f64) -> String>;

thread_local! {
    /// The bundle, loaded once for the tab.
    static BUNDLE: RefCell<Option<Promise>> = const { RefCell::new(None) };
    /// What writes the labels of ticks, kept for as long as charts may call it.
    static LABELLERS: RefCell<BTreeMap<TickStyle, Labeller>> = const { RefCell::new(BTreeMap::new()) };
}

/// Loads the bundle, or waits for the load under way.
pub(super) async fn load(url: &str) -> Result<(), JsValue> {
    let under_way = BUNDLE.with_borrow(Option::clone);
    let promise = match under_way {
        Some(promise) => promise,
        None => {
            let promise = import(url)?;
            BUNDLE.set(Some(promise.clone()));
            promise
        }
    };
    JsFuture::from(promise).await.map(|_| ()).inspect_err(|_| BUNDLE.set(None))
}

/// Makes a chart in `place`; those of one `group` share crosshair and zoom.
pub(super) fn make(
    place: &web_sys::Element,
    theme: &str,
    group: Option<&str>,
) -> Result<EChart, JsValue> {
    let chart = init(place, theme)?;
    if let Some(group) = group {
        chart.set_group(group);
        connect(group);
    }
    Ok(chart)
}

impl EChart {
    /// Shows `option`, JSON with its frames, in a place that is `width` px wide. Series that are no
    /// longer in it go away.
    pub(super) fn show(&self, option: &str, width: f64) {
        let Ok(parts) = js_sys::JSON::parse(option) else { return };
        let frame = get(&parts, if width < PAGE { "phone" } else { "wide" });
        label_ticks(&frame);
        let how = Object::new();
        let _ = Reflect::set(&how, &"lazyUpdate".into(), &JsValue::TRUE);
        let replacing = Object::assign(&Object::new(), &how);
        let _ = Reflect::set(&replacing, &"replaceMerge".into(), &Array::of1(&"series".into()));
        self.set_option(&get(&parts, "option"), &replacing);
        self.set_option(&frame, &how);
    }
}

/// Gives the axes of a frame what writes their labels: JSON cannot carry it.
fn label_ticks(frame: &JsValue) {
    for name in ["xAxis", "yAxis"] {
        let axes = get(frame, name);
        let axes = if Array::is_array(&axes) { Array::from(&axes) } else { Array::of1(&axes) };
        for axis in axes.iter() {
            let label = get(&axis, "axisLabel");
            let Some(style) = get(&label, "style").as_f64() else { continue };
            let style = TickStyle(style as i32);
            LABELLERS.with_borrow_mut(|all| {
                let writes = all
                    .entry(style)
                    .or_insert_with(|| Closure::new(move |value: f64| style.label(value)));
                let _ = Reflect::set(&label, &"formatter".into(), writes.as_ref());
            });
        }
    }
}

/// A part of an object; undefined where there is none.
fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or_default()
}

/// Calls `f` with whatever the browser hands over; for observers and listeners.
pub(super) fn callback(f: impl FnMut(JsValue) + 'static) -> Closure<dyn FnMut(JsValue)> {
    Closure::new(f)
}

/// The function of a closure, to hand to the browser.
pub(super) fn function(closure: &Closure<dyn FnMut(JsValue)>) -> &Function {
    closure.as_ref().unchecked_ref()
}
