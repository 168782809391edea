//! How others see one.

use super::settings::SettingsPage;
use crate::components::Card;
use crate::forms::{Call, Form, SubmitButton, TextField};
use crate::{Failure, format, load};
use leptos::prelude::*;
use mlhub_domain::accounts::User;

/// One's own account.
async fn me() -> Result<User, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        Ok(mlhub_hub::accounts::me(&hub, &actor).await?)
    })
}

/// Sets the name shown to people.
#[server(prefix = "/fn", endpoint = "accounts/rename")]
pub(super) async fn set_display_name(display_name: String) -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    mlhub_hub::accounts::set_display_name(&hub, &actor, &display_name).await?;
    Ok(())
}

/// `/settings`
#[component]
pub fn Profile() -> impl IntoView {
    load(Some(()), |()| me(), |user| view! { <ProfileView user/> }.into_any())
}

#[component]
fn ProfileView(user: User) -> impl IntoView {
    let page = format!("/{}", user.username);
    view! {
        <SettingsPage at="/settings">
            <Card title="Name">
                <Form
                    action={Call::<SetDisplayName>::new()}
                    done="Your name has been changed."
                >
                    <TextField
                        name="display_name"
                        label="Name shown to people"
                        help="Other pages show a change after five minutes at the latest."
                        value=user.display_name
                        autocomplete="name"
                        required=true
                    />
                    <div class="actions">
                        <SubmitButton>"Save"</SubmitButton>
                    </div>
                </Form>
            </Card>
            <Card title="Account">
                <dl>
                    <dt>"Username"</dt>
                    <dd>
                        <a href=page>{user.username.to_string()}</a>
                    </dd>
                    <dt>"E-mail"</dt>
                    <dd>{user.email.to_string()}</dd>
                    <dt>"Here since"</dt>
                    <dd>{format::date(user.created_at)}</dd>
                    <dt>"Administrator"</dt>
                    <dd>{if user.admin { "yes" } else { "no" }}</dd>
                </dl>
            </Card>
        </SettingsPage>
    }
}
