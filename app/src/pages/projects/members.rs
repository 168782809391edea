//! Who is in a project, and what they may do.

use super::frame::{Part, ProjectPage};
use crate::components::{Card, Entry, Roster, Tag, Time};
use crate::forms::{About, Call, Choice, Form, Hidden, RadioCards, SubmitButton, TextField};
use crate::pages::cards::{End, end_button};
use crate::{Failure, format, load, routes};
use leptos::prelude::*;
use mlhub_domain::access::Role;
use mlhub_domain::names::OwnerName;
use mlhub_domain::projects::{Member, Project, ProjectPath};

/// A project, its members, and who asks.
struct Membership {
    project: Project,
    members: Vec<Member>,
    own: Option<OwnerName>,
}

/// Fetches it.
async fn members(at: ProjectPath) -> Result<Membership, Failure> {
    on_server!({
        use mlhub_domain::lists::{ListQuery, MAX_LIMIT};
        use mlhub_hub::projects;
        let (hub, actor) = crate::ssr::caller()?;
        let project = projects::get(&hub, &actor, &at).await?;
        let all = ListQuery { limit: Some(MAX_LIMIT), ..ListQuery::default() };
        let members = projects::members::list(&hub, &actor, &at, &all).await?.items;
        Ok(Membership { project, members, own: actor.user.map(|account| account.username) })
    })
}

/// Makes somebody a member.
#[server(prefix = "/fn", endpoint = "projects/add-member")]
pub(super) async fn add_member(at: ProjectPath, user: String, role: String) -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    let typed = user.trim();
    let who: OwnerName = typed.parse().map_err(|e| Failure::invalid("user", e, &user))?;
    let role: Role = role.parse().map_err(|e| Failure::invalid("role", e, &role))?;
    mlhub_hub::projects::members::add(&hub, &actor, &at, &who, role, None).await?;
    Ok(())
}

/// Gives a member another role.
#[server(prefix = "/fn", endpoint = "projects/set-role")]
pub(super) async fn set_role(
    at: ProjectPath,
    user: OwnerName,
    role: String,
) -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    let role: Role = role.parse().map_err(|e| Failure::invalid("role", e, &role))?;
    mlhub_hub::projects::members::set_role(&hub, &actor, &at, &user, role).await?;
    Ok(())
}

/// Ends a membership; who ends their own is led away.
#[server(prefix = "/fn", endpoint = "projects/remove-member")]
pub(super) async fn remove_member(at: ProjectPath, user: OwnerName) -> Result<(), Failure> {
    use crate::ssr;
    let (hub, actor) = ssr::caller()?;
    mlhub_hub::projects::members::remove(&hub, &actor, &at, &user).await?;
    if actor.user.is_some_and(|account| account.username == user) {
        ssr::see_other("/dashboard")?;
    }
    Ok(())
}

/// `/{owner}/{project}/members`
#[component]
pub fn Members() -> impl IntoView {
    load(routes::params(), members, |data| view! { <MembersView data/> }.into_any())
}

#[component]
fn MembersView(data: Membership) -> impl IntoView {
    let Membership { project, members, own } = data;
    let manages = project.role >= Some(Role::Manage);
    let at = project.path();
    let entries = members.into_iter().map(|member| {
        let own = own.as_ref() == Some(&member.user);
        entry(&at, member, manages, own)
    });
    let entries = entries.collect();
    let heads = vec!["Member", "Role", "Since"];
    let add = manages.then(|| view! { <AddCard at=at.clone()/> });
    view! {
        <ProjectPage project part=Part::Members>
            <Roster label="Members" heads entries/>
            {add}
            <Card title="What roles allow">
                <dl class="start">
                    {[Role::Read, Role::Edit, Role::Manage, Role::Owner]
                        .map(|role| {
                            view! {
                                <dt>{role.as_str()}</dt>
                                <dd class="start">{role.allows()}</dd>
                            }
                        })
                        .collect_view()}
                </dl>
            </Card>
        </ProjectPage>
    }
}

/// The fields that say which project and which member a form is about.
fn about(at: &ProjectPath, user: &OwnerName) -> AnyView {
    view! {
        <About at=at.clone()/>
        <Hidden name="user" value=user.to_string()/>
    }
    .into_any()
}

fn entry(at: &ProjectPath, member: Member, manages: bool, own: bool) -> Entry {
    let name = member.user.to_string();
    let owns = member.role == Role::Owner;
    let role = if owns || !manages {
        view! { <Tag>{member.role.as_str()}</Tag> }.into_any()
    } else {
        change(at, &member)
    };
    let act = (!owns && (manages || own)).then(|| end(at, &member.user, own));
    let you = own.then(|| view! { " " <Tag kind="ok">"you"</Tag> });
    let since = view! { <Time at=member.since/> }.into_any();
    let shown = member.display_name;
    let name = (name != shown).then(|| view! { " " <span class="muted">{name}</span> });
    let name = view! { {shown} {name} {you} };
    Entry { name: name.into_any(), cells: vec![role, since], act }
}

/// The form that gives a member another role.
fn change(at: &ProjectPath, member: &Member) -> AnyView {
    let (key, held) = (member.user.to_string(), member.role);
    let label = format!("Role of {key}");
    let options = Role::GIVEN.map(|role| {
        view! {
            <option value=role.as_str() selected=role == held>
                {role.as_str()}
            </option>
        }
    });
    let about = about(at, &member.user);
    view! {
        <Form action={Call::<SetRole>::new()} key=key class="row">
            {about}
            <select name="role" class="fit" aria-label=label>
                {options.into_iter().collect_view()}
            </select>
            <SubmitButton class="btn small">"Change"</SubmitButton>
        </Form>
    }
    .into_any()
}

/// The button that ends a membership.
fn end(at: &ProjectPath, user: &OwnerName, own: bool) -> AnyView {
    let words = if own {
        let warning = "You no longer see what is private here. A manager can let you in again.";
        End { label: "Leave…", warning: warning.into(), act: "Leave the project".into() }
    } else {
        let warning = format!("{user} no longer sees what is private here. What they made stays.");
        End { label: "Remove…", warning, act: format!("Remove {user}") }
    };
    end_button(Call::<RemoveMember>::new(), user.to_string(), about(at, user), words)
}

#[component]
fn AddCard(at: ProjectPath) -> impl IntoView {
    let roles = Role::GIVEN
        .map(|role| Choice::new(role.as_str(), format::titled(role.as_str()), role.allows()));
    view! {
        <Card title="Add somebody">
            <Form action={Call::<AddMember>::new()}>
                <About at/>
                <TextField
                    name="user"
                    label="Username"
                    help="The first part of their addresses. They need an account on this server."
                    required=true
                    code=true
                />
                <RadioCards name="role" legend="What they may do" choices=roles.to_vec() value="edit"/>
                <div class="actions">
                    <SubmitButton>"Add to the project"</SubmitButton>
                </div>
            </Form>
        </Card>
    }
}
