//! A form with a file, sent in the background so that one sees how far it is.

use crate::forms::Upload;
use leptos::html;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Document, DomParser, Event, FormData, HtmlElement, HtmlFormElement, ProgressEvent,
    SupportedType, XmlHttpRequest,
};

/// The fields of a form with a file that can be wrong.
const FIELDS: [&str; 2] = ["name", "file"];

type Listener<E> = Closure<dyn FnMut(E)>;

thread_local! {
    /// The upload under way; its listeners live as long.
    static UNDER_WAY: RefCell<Option<Sending>> = const { RefCell::new(None) };
}

struct Sending {
    request: XmlHttpRequest,
    _progress: Listener<ProgressEvent>,
    _ended: [Listener<Event>; 2],
}

/// Takes over the sending of the form around `place`, and says in `upload` how far it is.
pub(crate) fn take_over(place: NodeRef<html::Div>, upload: RwSignal<Upload>) {
    Effect::new(move |_| {
        let form = place.get().and_then(|place| place.closest("form").ok().flatten());
        let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else {
            return;
        };
        let sent = form.clone();
        let submit = Listener::<Event>::new(move |event: Event| {
            event.prevent_default();
            if !matches!(upload.get_untracked(), Upload::Sending { .. } | Upload::Received) {
                send(&sent, upload);
            }
        });
        let _ = form.add_event_listener_with_callback("submit", submit.as_ref().unchecked_ref());
        submit.forget(); // as long as the page
        std::mem::forget(window_event_listener_untyped("beforeunload", move |event| {
            if matches!(upload.get_untracked(), Upload::Sending { .. }) {
                event.prevent_default(); // the browser asks whether to leave
            }
        }));
    });
}

/// Stops the upload under way; nothing is kept of it.
pub(crate) fn stop_upload() {
    if let Some(sending) = UNDER_WAY.with_borrow_mut(Option::take) {
        let _ = sending.request.abort();
    }
}

fn send(form: &HtmlFormElement, upload: RwSignal<Upload>) {
    let started = js_sys::Date::now();
    let (Ok(request), Ok(data)) = (XmlHttpRequest::new(), FormData::new_with_form(form)) else {
        return upload.set(Upload::Broken(None));
    };
    let progress = Listener::<ProgressEvent>::new(move |event: ProgressEvent| {
        let (sent, total) = (event.loaded(), event.total());
        let seconds = (js_sys::Date::now() - started) / 1e3;
        upload.set(if sent < total {
            Upload::Sending { sent: sent as u64, total: total as u64, seconds }
        } else {
            Upload::Received
        });
    });
    let answered = {
        let (request, form) = (request.clone(), form.clone());
        Listener::<Event>::new(move |_| arrived(&request, &form, upload))
    };
    let failed = Listener::<Event>::new(move |_| {
        let sent = upload.get_untracked() == Upload::Received;
        upload.set(if sent { Upload::Unanswered } else { Upload::Broken(None) });
    });
    if let Ok(outgoing) = request.upload() {
        outgoing.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    request.set_onload(Some(answered.as_ref().unchecked_ref()));
    request.set_onerror(Some(failed.as_ref().unchecked_ref()));
    let address = window().location().href().unwrap_or_default();
    let begun = request
        .open("POST", &address)
        // What comes back is read as a page.
        .and_then(|()| request.set_request_header("Accept", "text/html"))
        .and_then(|()| request.send_with_opt_form_data(Some(&data)));
    if begun.is_err() {
        return upload.set(Upload::Broken(None));
    }
    upload.set(Upload::Sending { sent: 0, total: 0, seconds: 0.0 });
    let sending = Sending { request, _progress: progress, _ended: [answered, failed] };
    UNDER_WAY.set(Some(sending));
}

/// The answer: somewhere else after a success, the form with what was wrong otherwise.
fn arrived(request: &XmlHttpRequest, form: &HtmlFormElement, upload: RwSignal<Upload>) {
    if request.status().is_ok_and(|status| (200..300).contains(&status)) {
        upload.set(Upload::Idle);
        let _ = window().location().set_href(&request.response_url());
        return;
    }
    let text = request.response_text().ok().flatten().unwrap_or_default();
    upload.set(refused(form, &text).unwrap_or(Upload::Unanswered));
}

/// Why the form was not taken, as it stands in the `page` that came back: at the fields that it is
/// about, where one is led then, or in words.
fn refused(form: &HtmlFormElement, page: &str) -> Option<Upload> {
    let page = DomParser::new().ok()?.parse_from_string(page, SupportedType::TextHtml).ok()?;
    for name in FIELDS {
        take_error(form, &page, &format!("form[enctype] [name={name}]"));
    }
    if let Some(wrong) = form.query_selector("[aria-invalid]").ok()? {
        let _ = wrong.dyn_into::<HtmlElement>().ok()?.focus();
        return Some(Upload::Refused);
    }
    // In the form, or on a page of its own where one may not see the form any more.
    let place = "form[enctype] .form-error .note .grow, .oops .lede";
    let note = page.query_selector(place).ok()??;
    let said = note.text_content().filter(|text| !text.is_empty())?;
    Some(Upload::Broken(Some(said)))
}

/// Has a field of the form say what the same one says in another copy of its page. What was typed
/// and chosen stays.
fn take_error(form: &HtmlFormElement, page: &Document, field: &str) -> Option<()> {
    let (theirs, ours) = (page.query_selector(field).ok()??, form.query_selector(field).ok()??);
    match theirs.get_attribute("aria-invalid") {
        Some(word) => ours.set_attribute("aria-invalid", &word),
        None => ours.remove_attribute("aria-invalid"),
    }
    .ok()?;
    let line = format!("{}-error", ours.id());
    let (theirs, ours) = (page.get_element_by_id(&line)?, document().get_element_by_id(&line)?);
    ours.set_text_content(None);
    while let Some(piece) = theirs.first_child() {
        ours.append_child(&piece).ok()?; // it leaves the other page
    }
    Some(())
}
