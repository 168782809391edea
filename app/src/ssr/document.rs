//! The document around the tree.

use crate::boot::Boot;
use crate::shell::App;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// Wakes up the islands of the page, the parts that live: imports the wasm when there are any, and
/// calls each island by its name. A page without islands loads nothing. The mark `data-hydrated`
/// tells styles and tests; when the files are gone (the server was upgraded under an open tab) a
/// bar offers to reload.
const WAKE: &str = r#"
globalThis.mlhubImport = (url) => import(url);
const wake = async () => {
  try {
    const app = await import(JS);
    await app.default({ module_or_path: WASM });
    app.hydrate();
    for (const island of document.querySelectorAll("leptos-island")) {
      app[island.dataset.component](island);
    }
    document.documentElement.dataset.hydrated = "";
  } catch (error) {
    console.error(error);
    const bar = document.createElement("div");
    bar.className = "notice-bar";
    bar.setAttribute("role", "status");
    bar.innerHTML = 'Parts of this page could not come alive. <a class="btn" href="">Reload</a>';
    document.body.append(bar);
  }
};
if (document.querySelector("leptos-island")) wake();
"#;

/// The whole page: head with styles, scripts and the JSON of [`Boot`], body with the [`App`].
pub fn shell() -> impl IntoView {
    let boot = use_context::<Boot>().unwrap_or_default();
    // Nothing but the islands is woken up: the data of the rest does not go along a second time.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let asset = |name| boot.assets.url(name);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=boot.theme.attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=asset("mlhub.css")/>
                <link
                    rel="preload"
                    href=asset("fonts/atkinson-next.woff2")
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="icon" href=asset("favicon.svg") r#type="image/svg+xml"/>
                <link rel="manifest" href=asset("manifest.webmanifest")/>
                <script src=asset("enhance.js") defer></script>
                <Wake boot=boot.clone()/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// What the islands of a page need.
#[component]
fn Wake(
    /// What the browser must know.
    boot: Boot,
) -> impl IntoView {
    let (js, wasm) = (boot.assets.url("mlhub.js"), boot.assets.url("mlhub.wasm"));
    let quoted = |text: &str| serde_json::to_string(text).expect("a string is always JSON");
    let script = WAKE.replace("JS", &quoted(&js)).replace("WASM", &quoted(&wasm));
    let json = serde_json::to_string(&boot).expect("a boot has string keys only");
    view! {
        <script type="application/json" id="boot" inner_html=inert(&json)></script>
        <script type="module" nonce=use_nonce() inner_html=inert(&script)></script>
    }
}

/// Text that cannot end the `<script>` it stands in: inside a JSON string `<` may be written as
/// `\u003c`, and our own script has it in strings only.
fn inert(text: &str) -> String {
    text.replace("</", "\\u003c/").replace("<!--", "\\u003c!--").replace("<script", "\\u003cscript")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_in_a_script_cannot_end_it() {
        let json = serde_json::to_string("</script><script>alert(1)<!--").unwrap();
        let safe = inert(&json);
        assert!(!safe.contains("</") && !safe.contains("<script") && !safe.contains("<!--"));
        let back: String = serde_json::from_str(&safe).unwrap();
        assert_eq!(back, "</script><script>alert(1)<!--");
    }
}
