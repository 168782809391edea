//! Password and sessions.

use super::settings::SettingsPage;
use crate::components::{Card, Entry, Roster, Tag, Time};
use crate::forms::{Call, Form, Hidden, PasswordField, SubmitButton};
use crate::{Failure, load};
use leptos::prelude::*;
use mlhub_domain::accounts::Session;
use mlhub_domain::ids::SessionId;

/// One's logins, the one that asks among them.
async fn sessions() -> Result<Vec<Session>, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        Ok(mlhub_hub::accounts::sessions(&hub, &actor).await?)
    })
}

/// Sets a new password, and ends all other sessions.
#[server(prefix = "/fn", endpoint = "accounts/password")]
pub(super) async fn change_password(
    current_password: String,
    password: String,
) -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    let change = mlhub_hub::accounts::change_password;
    Ok(change(&hub, &actor, &current_password, &password).await?)
}

/// Ends one session.
#[server(prefix = "/fn", endpoint = "accounts/end-session")]
pub(super) async fn end_session(session: SessionId) -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    Ok(mlhub_hub::accounts::end_session(&hub, &actor, session).await?)
}

/// Ends every session but the one that asks.
#[server(prefix = "/fn", endpoint = "accounts/end-other-sessions")]
pub(super) async fn end_other_sessions() -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    Ok(mlhub_hub::accounts::end_other_sessions(&hub, &actor).await?)
}

/// `/settings/security`
#[component]
pub fn Security() -> impl IntoView {
    let show = |sessions| view! { <SecurityView sessions/> }.into_any();
    load(Some(()), |()| sessions(), show)
}

#[component]
fn SecurityView(sessions: Vec<Session>) -> impl IntoView {
    let others = (sessions.len() > 1).then(|| {
        view! {
            <Form action={Call::<EndOtherSessions>::new()} class="actions">
                <SubmitButton class="btn stop">"End all other sessions"</SubmitButton>
            </Form>
        }
    });
    let heads = vec!["Browser", "Last seen", "Signed in"];
    let entries = sessions.into_iter().map(entry).collect();
    view! {
        <SettingsPage at="/settings/security">
            <Card title="Password">
                <Form
                    action={Call::<ChangePassword>::new()}
                    done="Your password has been changed. All other sessions have ended."
                >
                    <PasswordField name="current_password" label="Current password"/>
                    <PasswordField
                        label="New password"
                        new=true
                        help="Ten characters or more. All other sessions end."
                    />
                    <div class="actions">
                        <SubmitButton>"Change the password"</SubmitButton>
                    </div>
                </Form>
            </Card>
            <Card title="Sessions">
                <div class="stack">
                    <p class="ink2">"Where you are signed in. End what you do not know."</p>
                    <Roster label="Sessions" heads entries/>
                    {others}
                </div>
            </Card>
        </SettingsPage>
    }
}

fn entry(session: Session) -> Entry {
    let id = session.id.to_string();
    let act = if session.current {
        view! { <Tag kind="ok">"this one"</Tag> }.into_any()
    } else {
        view! {
            <Form action={Call::<EndSession>::new()} key=id.clone() class="actions">
                <Hidden name="session" value=id/>
                <SubmitButton class="btn stop small">"End"</SubmitButton>
            </Form>
        }
        .into_any()
    };
    let seen = if session.current {
        "now".into_any()
    } else {
        view! { <Time at=session.seen_at/> }.into_any()
    };
    let name = browser(&session.agent);
    Entry {
        name: view! { <span title=session.agent>{name}</span> }.into_any(),
        cells: vec![seen, view! { <Time at=session.created_at/> }.into_any()],
        act: Some(act),
    }
}

/// What a browser's name for itself means: `Firefox on Linux`; as it is when it says nothing known.
fn browser(agent: &str) -> String {
    // The order matters: most of them call themselves by the names of others too.
    let programs =
        ["Edg", "OPR", "SamsungBrowser", "Firefox", "FxiOS", "CriOS", "Chrome", "Safari", "curl"];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let program = programs.into_iter().find(|word| agent.contains(word)).map(|word| match word {
        "Edg" => "Edge",
        "OPR" => "Opera",
        "SamsungBrowser" => "Samsung Internet",
        "FxiOS" => "Firefox",
        "CriOS" => "Chrome",
        other => other,
    });
    let system = systems.into_iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| name);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.into(),
        (None, None) if agent.is_empty() => "unknown".into(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_in_two_words() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/156.0.0.0 Safari/537.36";
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                    Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 \
                     (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
        assert_eq!(browser(chrome), "Chrome on Linux");
        assert_eq!(browser(edge), "Edge on Windows");
        assert_eq!(browser(phone), "Safari on iPhone");
        assert_eq!(browser("curl/8.11"), "curl");
        assert_eq!(browser("own-script 1.0"), "own-script 1.0");
        assert_eq!(browser(""), "unknown");
    }
}
