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
    let name = owner.name.to_string();
    let face = Visitor {
        username: owner.name.clone(),
        display_name: owner.display_name.clone(),
        admin: false,
    };
    let make = own.then(|| {
        view! {
            <a class="btn primary" href="/dashboard/new">
                <Icon name="plus"/>
                "New project"
            </a>
        }
    });
    let facts = {
        let (name, since) = (name.clone(), format::date(owner.since));
        move || {
            let (name, since) = (name.clone(), since.clone());
            view! {
                <Facts>
                    <Fact value=name/>
                    <Fact before="here since" value=since/>
                </Facts>
            }
        }
    };
    let sort = query.sort.clone().unwrap_or_default();
    let q = query.q.clone().unwrap_or_default();
    let keys = [("q", &query.q), ("sort", &query.sort)];
    let first = keys.into_iter().fold(format!("/{name}"), |address, (key, value)| {
        with_query(&address, key, value.as_deref())
    });
    let (offset, limit, total) = (query.offset(), u64::from(query.limit()), projects.total);
    let around = (total > 0 || !q.is_empty()).then(|| {
        let (label, picks) = ("Find projects by name", vec![project_orders(sort)]);
        view! { <Finder action=format!("/{name}") label q=q.clone() picks/> }
    });
    let list = if !projects.items.is_empty() {
        let address = with_query(&first, "offset", query.cursor.as_deref());
        view! {
            <Card title="Projects">
                <ProjectList items=projects.items/>
            </Card>
            <Pager address=address offset limit total noun="projects"/>
        }
        .into_any()
    } else if total > 0 {
        beyond(total, "projects", first)
    } else if !q.is_empty() {
        no_match("projects", (&q, ""), format!("/{name}"))
    } else {
        view! {
            <EmptyState
                icon="folder"
                title="No projects yet"
                text="A project holds datasets, the models trained on them, and the people who \
                      work with both."
            />
        }
        .into_any()
    };
    view! {
        <Page title=owner.display_name.clone() class="narrow">
            <div class="row loose">
                <span class="face big" aria-hidden="true">
                    {face.initials()}
                </span>
                <div class="grow">
                    <Head title=owner.display_name.clone() facts>
                        {make}
                    </Head>
                </div>
            </div>
            {around}
            {strange_note(strange)}
            {list}
        </Page>
    }
}
