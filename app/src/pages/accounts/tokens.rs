//! Personal access tokens: what scripts sign in with.

use super::settings::SettingsPage;
use crate::components::{Card, EmptyState, Note, Scroll, Secret, Snippet, Tag, Time};
use crate::forms::{
    Call, Choice, ConfirmButton, Form, Hidden, RadioCards, Select, SelectOption, SubmitButton,
    TextField, answer,
};
use crate::{Failure, load, routes};
use leptos::prelude::*;
use mlhub_domain::accounts::Token;
use mlhub_domain::ids::TokenId;

/// How long a token can be made to live: days, words.
const LIVES: [(&str, &str); 5] =
    [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "no end")];

/// The tokens of the one who asks, newest first.
#[server(prefix = "/fn", endpoint = "accounts/tokens")]
pub(super) async fn tokens() -> Result<Vec<Token>, Failure> {
    use mlhub_domain::lists::{ListQuery, MAX_LIMIT};
    let (hub, actor) = crate::ssr::caller()?;
    let all = ListQuery { limit: Some(MAX_LIMIT), ..ListQuery::default() };
    Ok(mlhub_hub::accounts::tokens::list(&hub, &actor, &all).await?.items)
}

/// Makes a token, and tells it: once.
#[server(prefix = "/fn", endpoint = "accounts/make-token")]
pub(super) async fn make_token(
    name: String,
    scope: String,
    #[server(default)] days: String,
) -> Result<String, Failure> {
    use mlhub_domain::access::Role;
    use mlhub_hub::accounts::{TokenSecret, tokens};
    let (hub, actor) = crate::ssr::caller()?;
    let most: Role = scope.parse().map_err(|e| Failure::invalid("scope", e, &scope))?;
    let lives = |days: &str| days.parse::<u16>().map(|n| chrono::Duration::days(n.into()));
    let life = match days.as_str() {
        "" => None,
        days => Some(lives(days).map_err(|_| Failure::invalid("days", "Choose one.", days))?),
    };
    let scopes = Role::GIVEN.into_iter().filter(|role| *role <= most).collect();
    let new = tokens::NewToken { name, scopes, expires_at: life.map(|life| hub.now() + life) };
    let secret = TokenSecret::random();
    tokens::create(&hub, &actor, &new, &secret).await?;
    Ok(secret.reveal().to_owned())
}

/// Revokes a token.
#[server(prefix = "/fn", endpoint = "accounts/revoke-token")]
pub(super) async fn revoke_token(id: TokenId) -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    Ok(mlhub_hub::accounts::tokens::revoke(&hub, &actor, id).await?)
}

/// `/settings/tokens`
#[component]
pub fn Tokens() -> impl IntoView {
    let show = |tokens| view! { <TokensView tokens/> }.into_any();
    load(routes::params::<()>(), |()| tokens(), show)
}

#[component]
fn TokensView(tokens: Vec<Token>) -> impl IntoView {
    let shown = answer(Call::<MakeToken>::new(), "").map(|secret| {
        view! {
            <Card title="Your new token">
                <div class="stack">
                    <Note>"Copy it now: it is kept nowhere and cannot be shown again."</Note>
                    <Secret text=secret/>
                </div>
            </Card>
        }
    });
    view! {
        <SettingsPage at="/settings/tokens">
            <div class="stack" role="status">{shown}</div>
            <MakeTokenCard/>
            <Card title="Tokens">
                {if tokens.is_empty() {
                    none().into_any()
                } else {
                    view! { <TokenTable tokens/> }.into_any()
                }}
            </Card>
        </SettingsPage>
    }
}

fn none() -> impl IntoView {
    view! {
        <EmptyState
            icon="key"
            title="No tokens yet"
            text="A token lets a script do what you may do, up to the scope that you give it."
        />
        <p></p>
        <Snippet title="What it is for" code="curl -H \"Authorization: Bearer $MLHUB_TOKEN\" …/api/v1/me"/>
    }
}

#[component]
fn MakeTokenCard() -> impl IntoView {
    let scopes = [
        Choice::new("read", "Read", "See, download, predict."),
        Choice::new("edit", "Edit", "Also upload, train, change."),
        Choice::new("manage", "Manage", "Also members, visibility, deletion."),
    ];
    let lives = LIVES.map(|(days, words)| SelectOption::new(days, words));
    view! {
        <Card title="New token">
            <Form action={Call::<MakeToken>::new()}>
                <TextField
                    name="name"
                    label="Name"
                    help="Where it will be used: “laptop”, “nightly training”."
                    required=true
                />
                <RadioCards name="scope" legend="What it may do at most" choices=scopes.to_vec() value="edit"/>
                <Select name="days" label="Works for" options=lives.to_vec() value="90"/>
                <div class="actions">
                    <SubmitButton>"Make a token"</SubmitButton>
                </div>
            </Form>
        </Card>
    }
}

#[component]
fn TokenTable(tokens: Vec<Token>) -> impl IntoView {
    let rows = tokens.into_iter().map(row).collect_view();
    view! {
        <Scroll label="Tokens" class="plain">
            <table>
                <thead>
                    <tr>
                        <th>"Name"</th>
                        <th>"May"</th>
                        <th>"Made"</th>
                        <th>"Last used"</th>
                        <th>"Ends"</th>
                        <th>
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
    }
}

fn row(token: Token) -> AnyView {
    let id = token.id.to_string();
    let most = token.scopes.iter().max().map_or("nothing", |role| role.as_str());
    let used = match token.last_used_at {
        Some(at) => view! { <Time at/> }.into_any(),
        None => view! { <span class="muted">"never"</span> }.into_any(),
    };
    let ends = match token.expires_at {
        Some(at) => view! { <Time at/> }.into_any(),
        None => view! { <span class="muted">"never"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{token.name.clone()}</th>
            <td>
                <Tag>{most}</Tag>
            </td>
            <td>
                <Time at=token.created_at/>
            </td>
            <td>{used}</td>
            <td>{ends}</td>
            <td class="acts">
                <ConfirmButton
                    label="Revoke…"
                    class="btn stop small"
                    warning="Scripts that use it stop working at once. This cannot be undone."
                >
                    <Form action={Call::<RevokeToken>::new()} key=id.clone() class="actions">
                        <Hidden name="id" value=id/>
                        <SubmitButton class="btn stop">
                            {format!("Revoke “{}”", token.name)}
                        </SubmitButton>
                    </Form>
                </ConfirmButton>
            </td>
        </tr>
    }
    .into_any()
}
