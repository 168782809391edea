//! Signing in.

use crate::components::{Card, with_query};
use crate::forms::{Call, Form, Hidden, PasswordField, SubmitButton, TextField};
use crate::routes::query;
use crate::{Failure, Page, load};
use leptos::prelude::*;

/// What the pages before the door know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Door {
    /// Whether everybody may make an account.
    pub(super) open: bool,
}

/// Tells it; who is signed in already is sent on to `next`.
pub(super) async fn door_data(next: String) -> Result<Door, Failure> {
    on_server!({
        use crate::ssr;
        let (hub, actor) = ssr::caller()?;
        if actor.user.is_some() {
            ssr::see_onward(&next)?;
        }
        Ok(Door { open: hub.settings().registration_open })
    })
}

/// Starts a session.
#[server(prefix = "/fn", endpoint = "accounts/login")]
pub(super) async fn log_in(
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), Failure> {
    use crate::ssr;
    let (hub, _) = ssr::caller()?;
    let visit = ssr::visit()?;
    let entered = mlhub_hub::accounts::log_in(&hub, &email, &password, &visit).await?;
    ssr::keep_session(&entered.cookies);
    ssr::see_onward(&next)
}

/// `/login`
#[component]
pub fn LogInPage() -> impl IntoView {
    let next = query("next");
    load(Some(next.clone()), door_data, |door| view! { <LogInCard door next/> }.into_any())
}

#[component]
fn LogInCard(door: Door, next: String) -> impl IntoView {
    let sign_up = with_query("/signup", "next", (!next.is_empty()).then_some(next.as_str()));
    let newcomer = door.open.then(|| {
        view! {
            <p class="small muted">"New here? " <a href=sign_up>"Make an account"</a></p>
        }
    });
    view! {
        <Page title="Sign in" class="auth">
            <Card>
                <h1>"Sign in"</h1>
                <Form action={Call::<LogIn>::new()}>
                    <Hidden name="next" value=next/>
                    <TextField
                        name="email"
                        label="E-mail"
                        kind="email"
                        autocomplete="username"
                        required=true
                        autofocus=true
                    />
                    <PasswordField/>
                    <SubmitButton>"Sign in"</SubmitButton>
                </Form>
                {newcomer}
            </Card>
        </Page>
    }
}
