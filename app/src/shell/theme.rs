//! Light, dark, or as the system has it.

use crate::Failure;
use crate::boot::{Boot, Theme};
use crate::forms::{Call, Form};
use leptos::prelude::*;

/// Remembers the theme in a cookie for a year.
#[server(prefix = "/fn", endpoint = "theme")]
async fn set_theme(theme: String) -> Result<(), Failure> {
    let theme = Theme::named(&theme);
    crate::ssr::set_cookie(&format!(
        "theme={}; Path=/; Max-Age=31536000; SameSite=Lax",
        theme.as_str()
    ));
    Ok(())
}

/// Three buttons of one form. `enhance.js` changes the page at once; without it the page is loaded
/// again in the other colours.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let current = use_context::<Boot>().unwrap_or_default().theme;
    let buttons = Theme::ALL.map(|theme| {
        let label = match theme {
            Theme::System => "System",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        };
        let pressed = if theme == current { "true" } else { "false" };
        view! {
            <button name="theme" value=theme.as_str() aria-pressed=pressed>
                {label}
            </button>
        }
    });
    view! {
        <Form action={Call::<SetTheme>::new()}>
            <div class="themes" role="group" aria-label="Colours" data-themes="">
                {buttons.into_iter().collect_view()}
            </div>
        </Form>
    }
}
