//! What one may see of all projects: what everybody sees, and, signed in, one's own. The newest of
//! each kind, or one kind page by page.

use super::projects::{
    DatasetTable, ModelTable, ProjectList, RunTable, beyond, project_orders, strange_note,
};
use crate::boot::Boot;
use crate::components::{Card, EmptyState, Finder, Pager, Pick, Sorting, Tab, Tabs, with_query};
use crate::shell::Head;
use crate::{Failure, Page, format, load, routes};
use leptos::prelude::*;
use mlhub_domain::dashboard::{Explored, MOST_SEARCHED, Scope, Search, Thing};
use mlhub_domain::lists::ListQuery;

/// What was looked for, and found.
struct Found {
    search: Search,
    found: Explored,
    /// What the address asks for and a list does not have.
    strange: Vec<&'static str>,
}

/// What the address asks for.
fn asked() -> Search {
    let (kind, whose) = (routes::query("kind"), routes::query("whose"));
    let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == whose).unwrap_or_default();
    let thing = Thing::ALL.into_iter().find(|thing| thing.as_str() == kind);
    let query = routes::list();
    // Only one kind by itself has an order and pages.
    let query = match thing {
        Some(_) => query,
        None => ListQuery { q: query.q, ..ListQuery::default() },
    };
    Search { scope, thing, query }
}

/// Searches.
async fn explore(search: Search) -> Result<Found, Failure> {
    on_server!({
        use crate::ssr::{OwnOrder, known_order};
        let (hub, actor) = crate::ssr::caller()?;
        let mut search = search;
        let own = |thing| match thing {
            Thing::Model | Thing::Dataset | Thing::Project => OwnOrder::Changed,
            Thing::Run => OwnOrder::Made,
        };
        let strange = search
            .thing
            .and_then(|thing: Thing| known_order(&mut search.query, thing.sorts(), own(thing)));
        let strange = strange.into_iter().collect();
        let found = mlhub_hub::dashboard::explore(&hub, &actor, &search).await?;
        Ok(Found { search, found, strange })
    })
}

/// `/explore?q=…&kind=models&whose=mine`
#[component]
pub fn Explore() -> impl IntoView {
    load(Some(asked()), explore, |found| view! { <ExploreView found/> }.into_any())
}

#[component]
fn ExploreView(found: Found) -> impl IntoView {
    let Found { search, found, strange } = found;
    let signed_in = use_context::<Boot>().is_some_and(|boot| boot.visitor.is_some());
    let bar = bar(&search, signed_in);
    let tabs = tabs(&search, &found);
    let body = match search.thing {
        Some(thing) => listed(&search, &found, thing, signed_in),
        None => overview(&search, &found, signed_in),
    };
    let more = found.more.then(|| {
        let most = format::count(MOST_SEARCHED.into());
        let text = format!(
            "Of each kind the {most} made last are looked through. The others stand in their \
             projects."
        );
        view! { <p class="muted small">{text}</p> }
    });
    view! {
        <Page title="Explore">
            <Head title="Explore"/>
            {bar}
            <Tabs label="What is shown" tabs=tabs/>
            {strange_note(strange)}
            {body}
            {more}
        </Page>
    }
}

/// The search, and whose things are looked at; the kind and its order stay.
fn bar(search: &Search, signed_in: bool) -> AnyView {
    let label = "Find models, datasets, projects, runs";
    let Search { scope, thing, query } = search;
    let sort = query.sort.clone().unwrap_or_default();
    let whose = signed_in.then(|| {
        let word = |scope: Scope| match scope {
            Scope::Seen => "Public and yours",
            Scope::Public => "Public",
            Scope::Mine => "Yours",
        };
        let options = Scope::ALL.map(|scope| (scope.as_str(), word(scope)));
        let chosen = scope.as_str().to_owned();
        Pick { key: "whose", label: "Whose", options: options.into(), chosen }
    });
    let ordered = *thing == Some(Thing::Project);
    let order = ordered.then(|| project_orders(sort.clone()));
    let sort = if ordered { String::new() } else { sort };
    let kept = vec![("kind", thing.map_or("", Thing::as_str).to_owned()), ("sort", sort)];
    let picks = whose.into_iter().chain(order).collect();
    let q = query.q.clone().unwrap_or_default();
    view! { <Finder action="/explore" label q picks kept/> }.into_any()
}

/// The address of what is looked for among one kind, or among all.
fn address(search: &Search, thing: Option<Thing>) -> String {
    let q = search.query.q.clone().unwrap_or_default();
    let kind = thing.map_or("", Thing::as_str);
    [("q", q.as_str()), ("kind", kind), ("whose", search.scope.as_str())]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .fold("/explore".to_owned(), |address, (key, value)| with_query(&address, key, Some(value)))
}

fn tabs(search: &Search, found: &Explored) -> Vec<Tab> {
    let all = Tab {
        href: address(search, None),
        label: "Everything".into(),
        current: search.thing.is_none(),
        ..Tab::default()
    };
    let of = |thing: Thing| Tab {
        href: address(search, Some(thing)),
        label: format::titled(thing.as_str()),
        note: format::count(found.total(thing)),
        alert: false,
        current: search.thing == Some(thing),
    };
    [all].into_iter().chain(Thing::ALL.map(of)).collect()
}

/// The newest of each kind. Runs are many and say little by themselves: they stand here when
/// something is looked for.
fn overview(search: &Search, found: &Explored, signed_in: bool) -> AnyView {
    let searched = search.query.q.is_some();
    let section = |thing: Thing| {
        let total = found.total(thing);
        (total > 0 && (searched || thing != Thing::Run)).then(|| {
            let (shown, table) = table(found, thing, None);
            let more = (total > shown as u64).then(|| {
                view! {
                    <a class="small" href=address(search, Some(thing))>
                        {format!("All {}", format::count(total))}
                    </a>
                }
            });
            view! {
                <section class="stack tight" data-found=word(thing)>
                    <div class="row apart baseline">
                        <h2>{format::titled(thing.as_str())}</h2>
                        {more}
                    </div>
                    {table}
                </section>
            }
            .into_any()
        })
    };
    let sections: Vec<AnyView> = Thing::ALL.into_iter().filter_map(section).collect();
    if sections.is_empty() { nothing_found(search, signed_in) } else { sections.into_any() }
}

/// A page of one kind.
fn listed(search: &Search, found: &Explored, thing: Thing, signed_in: bool) -> AnyView {
    let query = &search.query;
    let total = found.total(thing);
    if total == 0 {
        return nothing_found(search, signed_in);
    }
    let sort = query.sort.clone().unwrap_or_default();
    let sorted = with_query(&address(search, Some(thing)), "sort", query.sort.as_deref());
    let address = with_query(&sorted, "offset", query.cursor.as_deref());
    let sorting = Sorting { address: address.clone(), sort };
    let (shown, table) = table(found, thing, Some(sorting));
    if shown == 0 {
        return beyond(total, thing.as_str(), sorted);
    }
    let (offset, limit) = (query.offset(), u64::from(query.limit()));
    view! {
        <section class="stack tight" data-found=word(thing)>
            <h2 class="visually-hidden">{format::titled(thing.as_str())}</h2>
            {table}
        </section>
        <Pager address=address offset limit total noun=thing.as_str()/>
    }
    .into_any()
}

/// The word for one of a kind, for the palette.
const fn word(thing: Thing) -> &'static str {
    match thing {
        Thing::Model => "Model",
        Thing::Dataset => "Dataset",
        Thing::Project => "Project",
        Thing::Run => "Run",
    }
}

/// What was found of one kind: how many of them are at hand, and their table.
fn table(found: &Explored, thing: Thing, sorting: Option<Sorting>) -> (usize, AnyView) {
    match thing {
        Thing::Model => {
            let items = found.models.items.clone();
            (items.len(), view! { <ModelTable items anywhere=true sorting/> }.into_any())
        }
        Thing::Dataset => {
            let items = found.datasets.items.clone();
            (items.len(), view! { <DatasetTable items anywhere=true sorting/> }.into_any())
        }
        Thing::Run => {
            let items = found.runs.items.clone();
            (items.len(), view! { <RunTable items anywhere=true sorting/> }.into_any())
        }
        Thing::Project => {
            let items = found.projects.items.clone();
            let many = items.len();
            let list = view! {
                <Card class="flush">
                    <ProjectList items/>
                </Card>
            };
            (many, list.into_any())
        }
    }
}

fn nothing_found(search: &Search, signed_in: bool) -> AnyView {
    let Some(q) = &search.query.q else { return nothing_yet(search, signed_in) };
    let text = if signed_in {
        format!("Nothing that is looked through here is called like “{q}”.")
    } else {
        format!("Nothing public is called like “{q}”. Sign in to look through what is yours.")
    };
    let way = ("/explore".into(), "Show all");
    view! { <EmptyState icon="search" title="Nothing matches" text=text way=way/> }.into_any()
}

fn nothing_yet(search: &Search, signed_in: bool) -> AnyView {
    let own = signed_in && search.scope != Scope::Public;
    // There may be other things than those of the kind that is listed.
    let nothing = search.thing.map_or("Nothing".into(), |thing| format!("No {}", thing.as_str()));
    let be = if search.thing.is_some() { "are" } else { "is" };
    let (title, text) = if own {
        (
            format!("{nothing} here yet"),
            "What you work on stands here, and what others have opened to everybody. Make a \
             project to begin with.",
        )
    } else {
        (
            format!("{nothing} {be} public yet"),
            "What its owners open to everybody stands here: models that anyone can try, datasets \
             that anyone can download. Who sees a thing is said in its settings.",
        )
    };
    let way = match (own, signed_in) {
        (true, _) => ("/dashboard/new".into(), "Make a project"),
        (false, true) => ("/dashboard".into(), "To your projects"),
        (false, false) => ("/".into(), "What ML Hub is"),
    };
    view! { <EmptyState icon="globe" title=title text=text way=way/> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_an_address_in_which_the_search_stays() {
        let query = ListQuery { q: Some("iris 1".into()), ..ListQuery::default() };
        let search = Search { scope: Scope::Mine, thing: Some(Thing::Run), query };
        let runs = address(&search, Some(Thing::Run));
        assert_eq!(runs, "/explore?q=iris%201&kind=runs&whose=mine");
        assert_eq!(address(&search, None), "/explore?q=iris%201&whose=mine");
        assert_eq!(address(&Search::default(), None), "/explore");
    }
}
