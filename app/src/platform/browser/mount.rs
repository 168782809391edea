//! An interactive chart over the drawing of the server: made when it comes near the view, one after
//! the other so that the page can be scrolled meanwhile, resized with its box, coloured with the page, gone with its view.

use super::echarts::{self, EChart, callback, function};
use super::theme;
use crate::boot::Boot;
use crate::charts::Mounted;
use leptos::html;
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::VecDeque;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{
    IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit, MediaQueryList,
    MutationObserver, MutationObserverInit, ResizeObserver,
};

/// The logical name of the bundle.
const BUNDLE: &str = "vendor/echarts.js";

/// Milliseconds between two updates of a chart at least: 5 Hz.
const PACE: u32 = 200;

type Listener = Closure<dyn FnMut(JsValue)>;

thread_local! {
    /// The charts that are to be made, the first of them in the next frame.
    static LINE: RefCell<VecDeque<Box<dyn FnOnce()>>> = const { RefCell::new(VecDeque::new()) };
}

/// Does `act` after what waits already, in a frame of its own: making a chart takes a while.
fn in_turn(act: impl FnOnce() + 'static) {
    let first = LINE.with_borrow_mut(|line| {
        line.push_back(Box::new(act));
        line.len() == 1
    });
    if first {
        next();
    }
}

fn next() {
    // Behind the painting of the frame, not before it.
    request_animation_frame(|| {
        super::after(0, || {
            let Some(act) = LINE.with_borrow_mut(|line| line.front_mut().map(take)) else { return };
            act();
            let more = LINE.with_borrow_mut(|line| {
                line.pop_front();
                !line.is_empty()
            });
            if more {
                next();
            }
        });
    });
}

/// What is to be done; it keeps its place in the line until it is done.
fn take(act: &mut Box<dyn FnOnce()>) -> Box<dyn FnOnce()> {
    std::mem::replace(act, Box::new(|| {}))
}

/// Waits until a place comes near the view; forgets it when dropped.
struct Waiting {
    observer: IntersectionObserver,
    _seen: Listener,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// A chart with what keeps it in shape; everything ends when it is dropped.
struct Standing {
    chart: EChart,
    resize: ResizeObserver,
    theme: MutationObserver,
    system: Option<MediaQueryList>,
    _resized: Listener,
    coloured: Listener,
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.resize.disconnect();
        self.theme.disconnect();
        if let Some(system) = &self.system {
            let coloured = function(&self.coloured);
            let _ = system.remove_event_listener_with_callback("change", coloured);
        }
        self.chart.dispose();
    }
}

/// Draws `chart` into `place` once that comes near the view. The view's owner holds everything.
pub(crate) fn mount_chart(place: NodeRef<html::Div>, chart: Mounted) {
    let bundle = use_context::<Boot>().unwrap_or_default().assets.url(BUNDLE);
    let waiting = StoredValue::new_local(None::<Waiting>);
    let standing = StoredValue::new_local(None::<Standing>);
    let owner = Owner::current();
    Effect::new(move |_| {
        let Some(element) = place.get() else {
            return;
        };
        let (bundle, chart, owner) = (bundle.clone(), chart.clone(), owner.clone());
        let seen = callback(move |entries| {
            if !any_near(&entries) || waiting.try_update_value(Option::take).flatten().is_none() {
                return;
            }
            let (bundle, chart, owner) = (bundle.clone(), chart.clone(), owner.clone());
            leptos::task::spawn_local(async move {
                if echarts::load(&bundle).await.is_ok() {
                    in_turn(move || stand(place, &chart, standing, owner));
                }
            });
        });
        let init = IntersectionObserverInit::new();
        init.set_root_margin("200px");
        if let Ok(observer) = IntersectionObserver::new_with_options(function(&seen), &init) {
            observer.observe(&element);
            waiting.set_value(Some(Waiting { observer, _seen: seen }));
        }
    });
}

/// Whether one of the observer's entries is near the view.
fn any_near(entries: &JsValue) -> bool {
    let entries = js_sys::Array::from(entries);
    entries.iter().any(|entry| IntersectionObserverEntry::from(entry).is_intersecting())
}

/// Makes the chart, unless its view is gone meanwhile.
fn stand(
    place: NodeRef<html::Div>,
    mounted: &Mounted,
    standing: StoredValue<Option<Standing>, LocalStorage>,
    owner: Option<Owner>,
) {
    let Some(Some(element)) = place.try_get_untracked() else {
        return;
    };
    let Ok(chart) = echarts::make(&element, theme::register(), mounted.group.as_deref()) else {
        return;
    };
    let resized = {
        let chart = chart.clone();
        callback(move |_| {
            let chart = chart.clone();
            request_animation_frame(move || chart.resize());
        })
    };
    let coloured = {
        let chart = chart.clone();
        callback(move |_| chart.set_theme(theme::register()))
    };
    let (Ok(resize), Ok(watch)) =
        (ResizeObserver::new(function(&resized)), MutationObserver::new(function(&coloured)))
    else {
        chart.dispose();
        return;
    };
    resize.observe(&element);
    let what = MutationObserverInit::new();
    what.set_attributes(true);
    what.set_attribute_filter(&js_sys::Array::of1(&"data-theme".into()));
    if let Some(root) = document().document_element() {
        let _ = watch.observe_with_options(&root, &what);
    }
    // The page may be coloured as the system is, which changes by itself in the evening.
    let system = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    if let Some(system) = &system {
        let _ = system.add_event_listener_with_callback("change", function(&coloured));
    }
    keep_up(&chart, element, mounted, owner);
    let stands = Standing { chart, resize, theme: watch, system, _resized: resized, coloured };
    standing.set_value(Some(stands));
}

/// Shows the option now and whenever it changes, at most five times a second.
fn keep_up(
    chart: &EChart,
    place: web_sys::HtmlDivElement,
    mounted: &Mounted,
    owner: Option<Owner>,
) {
    let (chart, option) = (chart.clone(), mounted.option);
    let show = move |option: &str| chart.show(option, f64::from(place.client_width()));
    let due = StoredValue::new(false);
    let follow = move || {
        Effect::new(move |first: Option<()>| {
            let now = option.run(());
            if first.is_none() {
                show(&now);
            } else if !due.get_value() {
                due.set_value(true);
                let show = show.clone();
                super::after(PACE, move || {
                    if due.try_set_value(false).is_none() {
                        show(&untrack(|| option.run(())));
                    }
                });
            }
        });
    };
    if let Some(owner) = owner {
        owner.with(follow);
    }
}
