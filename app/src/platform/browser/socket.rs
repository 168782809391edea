//! The one websocket of the tab.

use super::dom::random;
use crate::live::{Backoff, Link, Live};
use leptos::prelude::*;
use mlhub_domain::live::{Ask, Tell};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, MessageEvent, VisibilityState, WebSocket};

/// Milliseconds in which frames gather before views hear them.
const GATHER: u32 = 50;

/// Milliseconds after which a hidden tab hangs up.
const PATIENCE: u32 = 60_000;

/// The connection of the tab.
#[derive(Default)]
struct Tab {
    open: Option<Open>,
    backoff: Backoff,
    waiting: bool,
    listening: bool,
    frames: Vec<Tell>,
}

/// A socket with what it calls. Dropping it silences and closes it.
struct Open {
    socket: WebSocket,
    _opened: Closure<dyn FnMut(Event)>,
    _closed: Closure<dyn FnMut(Event)>,
    _heard: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onclose(None);
        self.socket.set_onmessage(None);
        let _ = self.socket.close();
    }
}

thread_local! {
    static TAB: RefCell<Tab> = RefCell::new(Tab::default());
}

/// Opens the socket if something is followed and none is open, and sends what waits.
pub(crate) fn pump(live: Live) {
    listen_once(live);
    if !live.wanted() {
        live.set_link(Link::Idle);
    }
    let ready = TAB.with_borrow(|tab| tab.open.as_ref().map(|open| open.socket.clone()));
    match ready {
        Some(socket) if socket.ready_state() == WebSocket::OPEN => {
            send(&socket, &live.outbox());
            live.set_link(if live.wanted() { Link::Live } else { Link::Idle });
        }
        Some(_) => {}
        None if live.wanted() && !TAB.with_borrow(|tab| tab.waiting) => dial(live),
        None => {}
    }
}

/// Connects.
fn dial(live: Live) {
    live.set_link(Link::Reconnecting);
    let Some(socket) = address().and_then(|address| WebSocket::new(&address).ok()) else {
        return retry(live);
    };
    let opened = Closure::<dyn FnMut(Event)>::new(move |_| {
        let socket = TAB.with_borrow_mut(|tab| {
            tab.backoff.reset();
            tab.open.as_ref().map(|open| open.socket.clone())
        });
        if let Some(socket) = socket {
            send(&socket, &live.resume());
            live.set_link(if live.wanted() { Link::Live } else { Link::Idle });
        }
    });
    let closed = Closure::<dyn FnMut(Event)>::new(move |_| {
        // Dropped a moment later: a closure must not drop itself while it runs.
        let gone = TAB.with_borrow_mut(|tab| tab.open.take());
        super::after(0, move || drop(gone));
        retry(live);
    });
    let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let text = message.data().as_string().unwrap_or_default();
        if let Ok(tell) = serde_json::from_str::<Tell>(&text) {
            gather(live, tell);
        }
    });
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    let open = Open { socket, _opened: opened, _closed: closed, _heard: heard };
    TAB.with_borrow_mut(|tab| tab.open = Some(open));
}

/// Frames that come close together are heard together.
fn gather(live: Live, tell: Tell) {
    let first = TAB.with_borrow_mut(|tab| {
        tab.frames.push(tell);
        tab.frames.len() == 1
    });
    if first {
        super::after(GATHER, move || {
            for tell in TAB.with_borrow_mut(|tab| std::mem::take(&mut tab.frames)) {
                live.hear(tell);
            }
        });
    }
}

/// Connects again after a while, if anything is still followed.
fn retry(live: Live) {
    if !live.wanted() || hidden() {
        return live.set_link(Link::Idle);
    }
    let online = window().navigator().on_line();
    live.set_link(if online { Link::Reconnecting } else { Link::Offline });
    let wait = TAB.with_borrow_mut(|tab| {
        tab.waiting = true;
        tab.backoff.wait(random())
    });
    super::after(wait, move || {
        let due = TAB.with_borrow_mut(|tab| std::mem::replace(&mut tab.waiting, false));
        if due {
            pump(live);
        }
    });
}

/// Back online or back in view: try at once. Out of view for a minute: hang up; the numbers heard
/// make up for it later.
fn listen_once(live: Live) {
    if TAB.with_borrow_mut(|tab| std::mem::replace(&mut tab.listening, true)) {
        return;
    }
    let wake = move || {
        TAB.with_borrow_mut(|tab| {
            tab.waiting = false;
            tab.backoff.reset();
        });
        pump(live);
    };
    std::mem::forget(window_event_listener_untyped("online", move |_| wake()));
    std::mem::forget(window_event_listener_untyped("visibilitychange", move |_| {
        if hidden() {
            super::after(PATIENCE, || {
                if hidden() {
                    drop(TAB.with_borrow_mut(|tab| tab.open.take()));
                }
            });
        } else {
            wake();
        }
    }));
}

/// Whether the tab is out of view.
fn hidden() -> bool {
    document().visibility_state() == VisibilityState::Hidden
}

/// Where the socket is.
fn address() -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/api/v1/live", location.host().ok()?))
}

/// Sends frames; what cannot be sent is asked for again on the next connection.
fn send(socket: &WebSocket, asks: &[Ask]) {
    for ask in asks {
        if let Ok(frame) = serde_json::to_string(ask) {
            let _ = socket.send_with_str(&frame);
        }
    }
}
