//! What we use of ECharts, typed. The bundle sets `globalThis.echarts`; the page's own script sets
//! `globalThis.mlhubImport`, because a dynamic `import()` cannot be bound.

use js_sys::{Function, Object, Promise, Reflect};
use std::cell::RefCell;
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

thread_local! {
    /// The bundle, loaded once for the tab.
    static BUNDLE: RefCell<Option<Promise>> = const { RefCell::new(None) };
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
    /// Shows `option`, given as JSON. Series that are no longer in it go away.
    pub(super) fn show(&self, option: &str) {
        let how = Object::new();
        let series = js_sys::Array::of1(&"series".into());
        let _ = Reflect::set(&how, &"replaceMerge".into(), &series);
        let _ = Reflect::set(&how, &"lazyUpdate".into(), &JsValue::TRUE);
        if let Ok(option) = js_sys::JSON::parse(option) {
            self.set_option(&option, &how);
        }
    }
}

/// Calls `f` with whatever the browser hands over; for observers and listeners.
pub(super) fn callback(f: impl FnMut(JsValue) + 'static) -> Closure<dyn FnMut(JsValue)> {
    Closure::new(f)
}

/// The function of a closure, to hand to the browser.
pub(super) fn function(closure: &Closure<dyn FnMut(JsValue)>) -> &Function {
    closure.as_ref().unchecked_ref()
}
