//! The page of somebody who shows something: projects, models, datasets.

use super::content::{beyond, no_match, strange_note};
use super::tables::{DatasetTable, ModelTable, ProjectList, project_orders};
use crate::boot::Visitor;
use crate::components::{Card, EmptyState, Fact, Facts, Finder, Icon, Pager, with_query};
use crate::shell::Head;
use crate::{Failure, Page, format, load, routes};
use leptos::prelude::*;
use mlhub_domain::dashboard::{DatasetCard, ModelCard, Thing};
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::names::OwnerName;
use mlhub_domain::projects::{Owner, Project};

/// An owner, a page of their projects, and the first of what else they show.
struct Shown {
    owner: Owner,
    own: bool,
    query: ListQuery,
    projects: List<Project>,
    models: List<ModelCard>,
    datasets: List<DatasetCard>,
    /// What the address asks for and the list does not have.
    strange: Vec<&'static str>,
}

/// Fetches it.
async fn owner_data(owner: OwnerName, query: ListQuery) -> Result<Shown, Failure> {
    on_server!({
        use crate::ssr::{OwnOrder, known_order};
        use mlhub_domain::lists::Sorts;
        use mlhub_hub::projects::Owned;
        let (hub, actor) = crate::ssr::caller()?;
        let own = actor.user.as_ref().is_some_and(|account| account.username == owner);
        let mut query = query;
        let strange = known_order(&mut query, Sorts::PROJECTS, OwnOrder::Changed);
        let Owned { owner, projects, models, datasets } =
            mlhub_hub::projects::owner(&hub, &actor, &owner, &query).await?;
        let strange = strange.into_iter().collect();
        Ok(Shown { owner, own, query, projects, models, datasets, strange })
    })
}

/// `/{owner}`
#[component]
pub fn OwnerPage() -> impl IntoView {
    let fetch = |(owner, query)| owner_data(owner, query);
    load(routes::listing(), fetch, |shown| view! { <ShownView shown/> }.into_any())
}

#[component]
fn ShownView(shown: Shown) -> impl IntoView {
    let Shown { owner, own, query, projects, models, datasets, strange } = shown;
    let address = format!("/{}", owner.name);
    let q = query.q.clone().unwrap_or_default();
    let many = projects.total + models.total + datasets.total;
    let around = (many > 0 || !q.is_empty()).then(|| {
        let sort = query.sort.clone().unwrap_or_default();
        let (label, picks) = ("Find by name", vec![project_orders(sort)]);
        view! { <Finder action=address.clone() label q picks/> }
    });
    // Beside a further page of projects the others would stand again.
    let things = (query.offset() == 0 && many > 0).then(|| things(&owner.name, models, datasets));
    let bare = projects.total == 0 && many > 0;
    let list = (!bare).then(|| list(&address, &query, projects));
    let title = owner.display_name.clone();
    view! {
        <Page title class="narrow">
            {head(owner, own)}
            {around}
            {strange_note(strange)}
            {list}
            {things}
        </Page>
    }
}

/// The first models and datasets of `owner`, also those whose project shows nothing else.
fn things(owner: &OwnerName, models: List<ModelCard>, datasets: List<DatasetCard>) -> AnyView {
    let head = |thing: Thing, total: u64, shown: usize| {
        let words = format::titled(thing.as_str());
        let all = (total > shown as u64).then(|| {
            let address = with_query("/explore", "kind", Some(thing.as_str()));
            let href = with_query(&address, "q", Some(&format!("{owner}/")));
            view! { <a class="small" href=href>"More in Explore"</a> }
        });
        view! {
            <div class="row apart baseline">
                <h2>{words}</h2>
                {all}
            </div>
        }
        .into_any()
    };
    let models = (models.total > 0).then(|| {
        let head = head(Thing::Model, models.total, models.items.len());
        view! {
            <section class="stack tight">
                {head} <ModelTable items=models.items anywhere=true/>
            </section>
        }
    });
    let datasets = (datasets.total > 0).then(|| {
        let head = head(Thing::Dataset, datasets.total, datasets.items.len());
        view! {
            <section class="stack tight">
                {head} <DatasetTable items=datasets.items anywhere=true/>
            </section>
        }
    });
    view! {
        {models}
        {datasets}
    }
    .into_any()
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
            <span class="face big" aria-hidden="true" data-initials=face.initials()></span>
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
