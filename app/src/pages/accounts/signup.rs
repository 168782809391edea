//! Making an account.

use super::login::door_data;
use crate::components::{Card, Note, with_query};
use crate::forms::{Call, Form, Hidden, PasswordField, SubmitButton, TextField};
use crate::routes::query;
use crate::{Failure, Page, load};
use leptos::prelude::*;

/// Makes an account and starts its first session.
#[server(prefix = "/fn", endpoint = "accounts/signup")]
pub(super) async fn sign_up(
    email: String,
    #[server(default)] username: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), Failure> {
    use crate::ssr;
    use mlhub_hub::accounts;
    let (hub, _) = ssr::caller()?;
    let new = accounts::NewAccount { email, password, username: Some(username) };
    let entered = accounts::sign_up(&hub, &new, &ssr::visit()?).await?;
    ssr::keep_session(&entered.cookies);
    ssr::see_onward(&next)
}

/// `/signup`
#[component]
pub fn SignUpPage() -> impl IntoView {
    let next = query("next");
    load(Some(next.clone()), door_data, |door| {
        let log_in = with_query("/login", "next", (!next.is_empty()).then_some(next.as_str()));
        let body = if door.open {
            view! { <SignUpForm next/> }.into_any()
        } else {
            view! {
                <Note kind="plain" title="Closed">
                    "An administrator of this server can make an account for you."
                </Note>
            }
            .into_any()
        };
        view! {
            <Page title="Make an account" class="auth">
                <Card>
                    <h1>"Make an account"</h1>
                    {body}
                    <p class="small muted">"Have one already? " <a href=log_in>"Sign in"</a></p>
                </Card>
            </Page>
        }
        .into_any()
    })
}

#[component]
fn SignUpForm(next: String) -> impl IntoView {
    view! {
        <Form action={Call::<SignUp>::new()}>
            <Hidden name="next" value=next/>
            <AccountFields/>
            <SubmitButton>"Make the account"</SubmitButton>
        </Form>
    }
}

/// What everybody types who gets an account.
#[component]
pub(super) fn AccountFields() -> impl IntoView {
    view! {
        <TextField
            name="email"
            label="E-mail"
            help="For signing in. Nobody else sees it."
            kind="email"
            autocomplete="email"
            required=true
            autofocus=true
        />
        <TextField
            name="username"
            label="Username"
            help="The first part of your addresses. Left empty, it is made from the e-mail."
            autocomplete="nickname"
            code=true
        />
        <PasswordField new=true help="Ten characters or more. A few unrelated words are good."/>
    }
}
