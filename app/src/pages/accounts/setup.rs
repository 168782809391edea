//! The first administrator, by the link that the server prints when it starts.

use super::login::door_data;
use super::signup::AccountFields;
use crate::components::{Card, Note};
use crate::forms::{Call, Form, Hidden, SubmitButton};
use crate::routes::query;
use crate::{Failure, Page, load};
use leptos::prelude::*;

/// Makes the first administrator and starts their session.
#[server(prefix = "/fn", endpoint = "accounts/setup")]
pub(super) async fn set_up(
    code: String,
    email: String,
    #[server(default)] username: String,
    password: String,
) -> Result<(), Failure> {
    use crate::ssr;
    use mlhub_hub::accounts;
    let (hub, _) = ssr::caller()?;
    let new = accounts::NewAccount { email, password, username: Some(username) };
    let entered = accounts::set_up(&hub, &code, &new, &ssr::visit()?).await?;
    ssr::keep_session(&entered.cookies);
    ssr::see_other("/dashboard")
}

/// `/setup?code=…`
#[component]
pub fn SetUpPage() -> impl IntoView {
    let code = query("code");
    load(Some(String::new()), door_data, |door| {
        let body = match (door.set_up, code.is_empty()) {
            (true, false) => view! { <SetUpForm code/> }.into_any(),
            (true, true) => view! {
                <p>
                    "This server is new and has no administrator yet. Open the set-up link that it \
                     printed in its terminal, or its log, when it started."
                </p>
            }
            .into_any(),
            (false, _) => view! {
                <Note kind="ok">"This server has been set up: its link is used."</Note>
                <p>
                    <a href="/login">"Sign in"</a>
                </p>
            }
            .into_any(),
        };
        view! {
            <Page title="Set up" class="auth">
                <Card>
                    <h1>"Set up ML Hub"</h1>
                    {body}
                </Card>
            </Page>
        }
        .into_any()
    })
}

#[component]
fn SetUpForm(code: String) -> impl IntoView {
    view! {
        <p class="ink2">"You become the administrator of this server. The link works once."</p>
        <Form action={Call::<SetUp>::new()}>
            <Hidden name="code" value=code/>
            <AccountFields/>
            <SubmitButton>"Make the first account"</SubmitButton>
        </Form>
    }
}
