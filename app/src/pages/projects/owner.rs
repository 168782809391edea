//! The page of somebody who owns projects.

use super::tables::ProjectList;
use crate::boot::Visitor;
use crate::components::{Card, EmptyState, Fact, Facts, Icon, Pager, with_query};
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
}

/// Fetches it.
async fn owner_data(owner: OwnerName, query: ListQuery) -> Result<Owned, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        let own = actor.user.as_ref().is_some_and(|account| account.username == owner);
        let (owner, projects) = mlhub_hub::projects::owner(&hub, &actor, &owner, &query).await?;
        Ok(Owned { owner, own, query, projects })
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
    let Owned { owner, own, query, projects } = owned;
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
    let address = with_query(&format!("/{name}"), "offset", query.cursor.as_deref());
    let (offset, limit, total) = (query.offset(), u64::from(query.limit()), projects.total);
    let list = if projects.items.is_empty() {
        view! {
            <EmptyState
                icon="folder"
                title="No projects yet"
                text="A project holds datasets, the models trained on them, and the people who \
                      work with both."
            />
        }
        .into_any()
    } else {
        view! {
            <Card title="Projects">
                <ProjectList items=projects.items/>
            </Card>
            <Pager address=address offset limit total noun="projects"/>
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
            {list}
        </Page>
    }
}
