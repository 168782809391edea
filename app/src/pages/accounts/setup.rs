//! The first administrator, by the link that the server prints when it starts.

use super::signup::AccountFields;
use crate::components::{Card, Note, Snippet};
use crate::forms::{Call, Form, Hidden, SubmitButton};
use crate::routes::query;
use crate::{Failure, Page, load, platform};
use leptos::prelude::*;
use mlhub_domain::accounts::SetUpLink;

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

/// Tells what the link is good for; who is signed in already is sent on.
async fn look(code: String) -> Result<SetUpLink, Failure> {
    on_server!({
        use crate::ssr;
        let (hub, actor) = ssr::caller()?;
        if actor.user.is_some() {
            ssr::see_onward("")?;
        }
        Ok(mlhub_hub::accounts::look_at_link(&hub, &code).await?)
    })
}

/// `/setup?code=…`
#[component]
pub fn SetUpPage() -> impl IntoView {
    let code = query("code");
    load(Some(code.clone()), look, |link| {
        let body = match link {
            SetUpLink::Good => view! { <SetUpForm code/> }.into_any(),
            SetUpLink::Wrong if code.is_empty() => {
                let said = "This server is new and has no administrator yet. Open the set-up link \
                            that it printed in its terminal, or its log, when it started.";
                view! { <p>{said}</p> }.into_any()
            }
            SetUpLink::Wrong => wrong(),
            SetUpLink::Used => used(),
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

/// A link of another server, or a part of one.
fn wrong() -> AnyView {
    platform::set_status(404);
    view! {
        <Note kind="bad">"This is not the set-up link of this server."</Note>
        <p>
            "The server prints its link whenever it starts, until there is an administrator: look \
             into its terminal or its log, or stop it and start it again."
        </p>
        <Snippet title="Start the server" code="mlhub serve"/>
        {at_the_terminal("Or make the administrator there, without a link.")}
    }
    .into_any()
}

/// There is an administrator.
fn used() -> AnyView {
    view! {
        <Note kind="ok">"This server has been set up: its link is used."</Note>
        <p>
            <a href="/login">"Sign in"</a>
        </p>
        {at_the_terminal("Nobody can? Then make another administrator at the server's terminal.")}
    }
    .into_any()
}

/// How an administrator is made without a link.
fn at_the_terminal(said: &'static str) -> AnyView {
    let command = "mlhub admin create-user --admin --email you@example.org --password …";
    view! {
        <p>{said} " Name the folder of the data with " <code>"--data"</code> ", as for the server."</p>
        <Snippet title="Make an administrator" code=command/>
    }
    .into_any()
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
