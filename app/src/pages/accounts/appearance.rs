//! How pages look on this device.

use super::settings::SettingsPage;
use crate::components::Card;
use crate::shell::ThemeSwitch;
use leptos::prelude::*;

/// `/settings/appearance`
#[component]
pub fn Appearance() -> impl IntoView {
    view! {
        <SettingsPage at="/settings/appearance">
            <Card title="Colours">
                <div class="stack">
                    <p class="ink2">
                        "Light, dark, or as your system has it. This browser remembers it for a year."
                    </p>
                    <ThemeSwitch/>
                </div>
            </Card>
        </SettingsPage>
    }
    .into_any()
}
