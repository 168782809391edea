//! The page of somebody who owns projects.

use super::content::{beyond, no_match, strange_note};
use super::tables::{ProjectList, project_orders};
use crate::boot::Visitor;
use crate::components::{Card, EmptyState, Fact, Facts, Finder, Icon, Pager, with_query};
use crate::shell::Head;
use crate::{Failure, Page, format, load, routes};
use leptos::prelude::*;
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::names::OwnerName;
use mlhub_domain::projects::{Owner, Project};

/// An owner and a page of their projects.
struct Owned {
    owner: Owner,
    own: bool,
    query: ListQuery,
    projects: List<Project>,
    /// What the address asks for and the list does not have.
    strange: Vec<&'static str>,
}

/// Fetches it.
async fn owner_data(owner: OwnerName, query: ListQuery) -> Result<Owned, Failure> {
    on_server!({
        use crate::ssr::{OwnOrder, known_order};
        use mlhub_domain::lists::Sorts;
        let (hub, actor) = crate::ssr::caller()?;
        let own = actor.user.as_ref().is_some_and(|account| account.username == owner);
        let mut query = query;
        let strange = known_order(&mut query, Sorts::PROJECTS, OwnOrder::Changed);
        let (owner, projects) = mlhub_hub::projects::owner(&hub, &actor, &owner, &query).await?;
        let strange = strange.into_iter().collect();
        Ok(Owned { owner, own, query, projects, strange })
    })
}

/// `/{owner}`
#[component]
pub fn OwnerPage() -> impl IntoView {
    let fetch = |(owner, query)| owner_data(owner, query);
    load(routes::listing(), fetch, |owned| view! { <OwnedView owned/> }.into_any())
}

#[component]
fn OwnedView(owned: Owned) -> impl IntoView {
    let Owned { owner, own, query, projects, strange } = owned;
    let address = format!("/{}", owner.name);
    let q = query.q.clone().unwrap_or_default();
    let around = (projects.total > 0 || !q.is_empty()).then(|| {
        let sort = query.sort.clone().unwrap_or_default();
        let (label, picks) = ("Find projects by name", vec![project_orders(sort)]);
        view! { <Finder action=address.clone() label q picks/> }
    });
    let (title, list) = (owner.display_name.clone(), list(&address, &query, projects));
    view! {
        <Page title class="narrow">
            {head(owner, own)}
            {around}
            {strange_note(strange)}
            {list}
        </Page>
    }
}

/// Who it is; on one's own page also the way to a new project.
fn head(owner: Owner, own: bool) -> AnyView {
    let Owner { name, display_name, since } = owner;
    let face = Visitor { username: name.clone(), display_name: display_name.clone(), admin: false };
    let (name, since) = (name.to_string(), format::date(since));
    let facts = move || {
        let (name, since) = (name.clone(), since.clone());
        view! {
            <Facts>
                <Fact value=name/>
                <Fact before="here since" value=since/>
            </Facts>
        }
    };
    let make = own.then(|| {
        view! {
            <a class="btn primary" href="/dashboard/new">
                <Icon name="plus"/>
                "New project"
            </a>
        }
    });
    view! {
        <div class="row loose">
            <span class="face big" aria-hidden="true">
                {face.initials()}
            </span>
            <div class="grow">
                <Head title=display_name facts>
                    {make}
                </Head>
            </div>
        </div>
    }
    .into_any()
}

/// The page of the list at `address` that is asked for, or why it is empty.
fn list(address: &str, query: &ListQuery, projects: List<Project>) -> AnyView {
    let keys = [("q", &query.q), ("sort", &query.sort)];
    let first = keys
        .into_iter()
        .fold(address.to_owned(), |to, (key, value)| with_query(&to, key, value.as_deref()));
    let (offset, limit, total) = (query.offset(), u64::from(query.limit()), projects.total);
    if !projects.items.is_empty() {
        let address = with_query(&first, "offset", query.cursor.as_deref());
        return view! {
            <Card title="Projects">
                <ProjectList items=projects.items/>
            </Card>
            <Pager address=address offset limit total noun="projects"/>
        }
        .into_any();
    }
    match query.q.as_deref().unwrap_or_default() {
        _ if total > 0 => beyond(total, "projects", first),
        "" => view! {
            <EmptyState
                icon="folder"
                title="No projects yet"
                text="A project holds datasets, the models trained on them, and the people who \
                      work with both."
            />
        }
        .into_any(),
        q => no_match("projects", (q, ""), address.to_owned()),
    }
}
