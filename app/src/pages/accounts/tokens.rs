//! Personal access tokens: what scripts sign in with.

use super::confirm::{PasswordAgain, confirming};
use super::settings::SettingsPage;
use crate::components::{Card, EmptyState, Entry, Note, Roster, Secret, Tag, Time};
use crate::forms::{
    Call, Choice, Form, Hidden, RadioCards, Select, SelectOption, SubmitButton, TextField,
};
use crate::pages::cards::{End, end_button};
use crate::{Failure, load};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use mlhub_domain::accounts::Token;
use mlhub_domain::ids::TokenId;

/// How long a token can be made to live: days, words.
const LIVES: [(&str, &str); 5] =
    [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "no end")];

/// What the page shows.
struct Mine {
    tokens: Vec<Token>,
    /// The token that was just made.
    secret: Option<String>,
}

/// The tokens of the one who asks, newest first, and what the one just made is: once.
async fn mine() -> Result<Mine, Failure> {
    on_server!({
        use crate::ssr;
        use mlhub_domain::lists::{ListQuery, MAX_LIMIT};
        use mlhub_hub::accounts::tokens;
        let (hub, actor) = ssr::caller()?;
        let all = ListQuery { limit: Some(MAX_LIMIT), ..ListQuery::default() };
        let all = tokens::list(&hub, &actor, &all).await?.items;
        // Over plain http, whatever answers at another port of this host can set cookies of ours.
        let secret = match ssr::shown_once() {
            Some(word) => tokens::is_own(&hub, &actor, &word).await?.then_some(word),
            None => None,
        };
        Ok(Mine { tokens: all, secret })
    })
}

/// Makes a token; the page that follows tells it: once.
#[server(prefix = "/fn", endpoint = "accounts/make-token")]
pub(super) async fn make_token(
    name: String,
    scope: String,
    #[server(default)] days: String,
    #[server(default)] password: String,
) -> Result<(), Failure> {
    use mlhub_domain::access::Role;
    use mlhub_hub::accounts::{TokenSecret, tokens};
    let (hub, actor) = crate::ssr::caller()?;
    let most: Role = scope.parse().map_err(|e| Failure::invalid("scope", e, &scope))?;
    let lives = |days: &str| days.parse::<u16>().map(|n| chrono::Duration::days(n.into()));
    let life = match days.as_str() {
        "" => None,
        days => Some(lives(days).map_err(|_| Failure::invalid("days", "Choose one.", days))?),
    };
    crate::ssr::password_again((&hub, &actor), &password).await?;
    let scopes = Role::GIVEN.into_iter().filter(|role| *role <= most).collect();
    let new = tokens::NewToken { name, scopes, expires_at: life.map(|life| hub.now() + life) };
    let secret = TokenSecret::random();
    tokens::create(&hub, &actor, &new, &secret, None).await?;
    crate::ssr::show_once(secret.reveal());
    Ok(())
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
    load(Some(()), |()| mine(), |mine| view! { <TokensView mine/> }.into_any())
}

#[component]
fn TokensView(mine: Mine) -> impl IntoView {
    let Mine { tokens, secret } = mine;
    let shown = secret.map(|secret| {
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
            {confirming(|asked| view! { <MakeTokenCard asked/> }.into_any())}
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
        <div class="stack">
            <EmptyState
                icon="key"
                title="No tokens yet"
                text="A token lets a script do what you may do, up to the scope that you give it."
            >
                <a class="btn" href="/docs">
                    "How scripts begin"
                </a>
            </EmptyState>
        </div>
    }
}

#[component]
fn MakeTokenCard(asked: bool) -> impl IntoView {
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
                <PasswordAgain asked/>
                <div class="actions">
                    <SubmitButton>"Make a token"</SubmitButton>
                </div>
            </Form>
        </Card>
    }
}

#[component]
fn TokenTable(tokens: Vec<Token>) -> impl IntoView {
    let heads = vec!["Name", "May", "Made", "Last used", "Ends"];
    view! { <Roster label="Tokens" heads entries=tokens.into_iter().map(entry).collect()/> }
}

fn entry(token: Token) -> Entry {
    let id = token.id.to_string();
    let most = token.scopes.iter().max().map_or("nothing", |role| role.as_str());
    let about = view! { <Hidden name="id" value=id.clone()/> }.into_any();
    let words = End {
        label: "Revoke…",
        warning: "Scripts that use it stop working at once. This cannot be undone.".into(),
        act: format!("Revoke “{}”", token.name),
    };
    Entry {
        name: token.name.into_any(),
        cells: vec![
            view! { <Tag>{most}</Tag> }.into_any(),
            moment(Some(token.created_at)),
            moment(token.last_used_at),
            moment(token.expires_at),
        ],
        act: Some(end_button(Call::<RevokeToken>::new(), id, about, words)),
    }
}

fn moment(at: Option<DateTime<Utc>>) -> AnyView {
    match at {
        Some(at) => view! { <Time at/> }.into_any(),
        None => view! { <span class="muted">"never"</span> }.into_any(),
    }
}
