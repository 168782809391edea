//! The islands of the pages in the browser: wakes up what the server has rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the inline script of the page, before it wakes up the islands one by one.
#[wasm_bindgen]
pub fn hydrate() {
    mlhub_app::hydrate();
}
