//! The lists of a project: searched, sorted and paged by the address.

use super::frame::{Part, ProjectPage};
use super::tables::{DatasetTable, ModelTable, RunTable};
use crate::components::{EmptyState, Finder, Icon, Note, Pager, Pick, Sorting, with_query};
use crate::{Failure, format, load, routes};
use leptos::prelude::*;
use mlhub_domain::access::Role;
use mlhub_domain::dashboard::{DatasetCard, ModelCard, RunCard};
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::models::Task;
use mlhub_domain::projects::{Project, ProjectPath};
use mlhub_domain::runs::RunStatus;

/// What an address asks of a list of a project: page, search and order, and the word of its filter.
type Asked = (ProjectPath, ListQuery, String);

/// A project and a page of one of its lists.
struct Content<T> {
    project: Project,
    query: ListQuery,
    list: List<T>,
    /// The word of the filter; empty when all are shown.
    filter: &'static str,
    /// What the address asks for and the list does not have, told as what is shown instead.
    strange: Vec<&'static str>,
}

/// Datasets of a project.
async fn datasets((at, query, _): Asked) -> Result<Content<DatasetCard>, Failure> {
    on_server!({
        use crate::ssr::{OwnOrder, known_order};
        use mlhub_domain::lists::Sorts;
        let (hub, actor) = crate::ssr::caller()?;
        let project = mlhub_hub::projects::get(&hub, &actor, &at).await?;
        let mut query = query;
        let strange = known_order(&mut query, Sorts::DATASETS, OwnOrder::Name);
        let list =
            mlhub_hub::datasets::list(&hub, &actor, &at, &query).await?.map(DatasetCard::from);
        Ok(Content { project, query, list, filter: "", strange: strange.into_iter().collect() })
    })
}

/// Models of a project.
async fn models((at, query, word): Asked) -> Result<Content<ModelCard>, Failure> {
    on_server!({
        use crate::ssr::{OwnOrder, known_order};
        use mlhub_domain::lists::Sorts;
        let (hub, actor) = crate::ssr::caller()?;
        let project = mlhub_hub::projects::get(&hub, &actor, &at).await?;
        let mut query = query;
        let order = known_order(&mut query, Sorts::MODELS, OwnOrder::Changed);
        let task = Task::ALL.into_iter().find(|task| task.as_str() == word);
        let unknown = (task.is_none() && !word.is_empty()).then_some(ANY_TASK);
        let strange = order.into_iter().chain(unknown).collect();
        let listing = mlhub_hub::models::Listing { task, query: query.clone() };
        let list = mlhub_hub::models::list(&hub, &actor, &at, &listing).await?;
        let filter = task.map_or("", Task::as_str);
        Ok(Content { project, query, list: list.map(ModelCard::from), filter, strange })
    })
}

/// Runs of a project.
async fn runs((at, query, word): Asked) -> Result<Content<RunCard>, Failure> {
    on_server!({
        use crate::ssr::{OwnOrder, known_order};
        use mlhub_domain::lists::Sorts;
        let (hub, actor) = crate::ssr::caller()?;
        let project = mlhub_hub::projects::get(&hub, &actor, &at).await?;
        let mut query = query;
        let order = known_order(&mut query, Sorts::RUNS, OwnOrder::Made);
        let status = RunStatus::ALL.into_iter().find(|status| status.as_str() == word);
        let unknown = (status.is_none() && !word.is_empty()).then_some(ANY_STATUS);
        let strange = order.into_iter().chain(unknown).collect();
        let listing =
            mlhub_hub::runs::Listing { status, query: query.clone(), ..Default::default() };
        let list = mlhub_hub::runs::list(&hub, &actor, &at, &listing).await?;
        let filter = status.map_or("", RunStatus::as_str);
        let list = list.map(|run| RunCard::new(&at, run));
        Ok(Content { project, query, list, filter, strange })
    })
}

/// The address of the page, with the word that its filter has under `key`.
fn asked(key: &str) -> Option<Asked> {
    let (at, query) = routes::listing()?;
    Some((at, query, routes::query(key)))
}

/// `/{owner}/{project}/datasets`
#[component]
pub fn ProjectDatasets() -> impl IntoView {
    let kind = Kind { part: Part::Datasets, noun: "datasets", filter: None };
    load(asked(""), datasets, move |content| {
        let show = |items, sorting| view! { <DatasetTable items sorting/> }.into_any();
        page(content, &kind, show)
    })
}

/// `/{owner}/{project}/models`
#[component]
pub fn ProjectModels() -> impl IntoView {
    let words = Task::ALL.map(Task::as_str).to_vec();
    let filter = Filter { key: "task", label: "Task", any: "any task", words };
    let kind = Kind { part: Part::Models, noun: "models", filter: Some(filter) };
    load(asked("task"), models, move |content| {
        let show = |items, sorting| view! { <ModelTable items sorting/> }.into_any();
        page(content, &kind, show)
    })
}

/// `/{owner}/{project}/runs`
#[component]
pub fn ProjectRuns() -> impl IntoView {
    let words = RunStatus::ALL.map(RunStatus::as_str).to_vec();
    let filter = Filter { key: "status", label: "Status", any: "any status", words };
    let kind = Kind { part: Part::Runs, noun: "runs", filter: Some(filter) };
    load(asked("status"), runs, move |content| {
        let show = |items, sorting| view! { <RunTable items sorting/> }.into_any();
        page(content, &kind, show)
    })
}

/// Instead of a filter that a list does not have.
const ANY_TASK: &str = "The address asks for a task that no model has. All models are shown.";
/// The same of runs.
const ANY_STATUS: &str = "The address asks for a status that no run can have. All runs are shown.";

/// What a list of a project holds.
struct Kind {
    part: Part,
    noun: &'static str,
    filter: Option<Filter>,
}

/// What narrows a list to those of which one word holds.
struct Filter {
    /// Its key in the address.
    key: &'static str,
    label: &'static str,
    /// The choice of all.
    any: &'static str,
    words: Vec<&'static str>,
}

impl Filter {
    fn pick(&self, chosen: &str) -> Pick {
        let words = self.words.iter().map(|word| (*word, *word));
        let options = [("", self.any)].into_iter().chain(words).collect();
        Pick { key: self.key, label: self.label, options, chosen: chosen.into() }
    }
}

/// A list with its search, its table and its pages; or what it is for, while there is nothing.
fn page<T>(
    content: Content<T>,
    kind: &Kind,
    table: impl FnOnce(Vec<T>, Option<Sorting>) -> AnyView,
) -> AnyView {
    let Content { project, query, list, filter, strange } = content;
    let Kind { part, noun, .. } = *kind;
    let key = kind.filter.as_ref().map_or("", |filter| filter.key);
    let path = format!("{}/{noun}", project.path().page());
    let q = query.q.clone().unwrap_or_default();
    let sort = query.sort.clone().unwrap_or_default();
    let address = address(&path, &query, (key, filter));
    let shown = !list.items.is_empty();
    let narrowed = !q.is_empty() || !filter.is_empty();
    let body = if shown {
        table(list.items, Some(Sorting { address: address.clone(), sort: sort.clone() }))
    } else if list.total > 0 {
        beyond(list.total, noun, with_query(&address, "offset", None))
    } else if narrowed {
        no_match(noun, (&q, filter), path.clone())
    } else {
        nothing_yet(&project, part)
    };
    let around = (list.total > 0 || narrowed).then(|| {
        let picks = kind.filter.iter().map(|choice| choice.pick(filter)).collect();
        let label = format!("Find {noun} by name");
        view! { <Finder action=path label q picks kept=vec![("sort", sort)]/> }
    });
    let (offset, limit) = (query.offset(), u64::from(query.limit()));
    let pager =
        shown.then(|| view! { <Pager address=address offset limit total=list.total noun/> });
    view! {
        <ProjectPage project part>
            {around}
            {strange_note(strange)}
            {body}
            {pager}
        </ProjectPage>
    }
    .into_any()
}

/// Says what of the address was left out.
pub(in crate::pages) fn strange_note(strange: Vec<&'static str>) -> Option<AnyView> {
    let said = strange.join(" ");
    (!said.is_empty()).then(|| view! { <Note>{said}</Note> }.into_any())
}

/// The address of this part of the list, with its filter.
fn address(path: &str, query: &ListQuery, filter: (&str, &str)) -> String {
    let ListQuery { q, sort, cursor, .. } = query;
    let text = |value: &'_ Option<String>| value.clone().unwrap_or_default();
    [("q", text(q)), (filter.0, filter.1.into()), ("sort", text(sort)), ("offset", text(cursor))]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .fold(path.to_owned(), |address, (key, value)| with_query(&address, key, Some(&value)))
}

/// The page lies beyond the last one.
pub(in crate::pages) fn beyond(total: u64, noun: &str, first: String) -> AnyView {
    let text = format!("The list ends before: it has {} {noun}.", format::count(total));
    view! {
        <EmptyState
            icon="table"
            title="Beyond the last page"
            text=text
            way=(first, "To the first page")
        />
    }
    .into_any()
}

/// Nothing fits what the list is narrowed to.
pub(super) fn no_match(noun: &str, (q, filter): (&str, &str), path: String) -> AnyView {
    let text = match (q.is_empty(), filter.is_empty()) {
        (false, true) => format!("Nothing here is called like “{q}”."),
        (true, _) => format!("None of the {noun} here is “{filter}”."),
        (false, false) => format!("None of the {noun} called like “{q}” is “{filter}”."),
    };
    view! {
        <EmptyState
            icon="search"
            title=format!("No {noun} match")
            text=text
            way=(path, "Show all")
        />
    }
    .into_any()
}

fn nothing_yet(project: &Project, part: Part) -> AnyView {
    let path = project.path();
    let edits = project.role >= Some(Role::Edit);
    let upload = edits.then(|| {
        view! {
            <a class="btn primary" href=path.upload_page()>
                <Icon name="upload"/>
                "Upload data"
            </a>
        }
    });
    let train = edits.then(|| {
        view! {
            <a class="btn primary" href=path.train_page(None)>
                <Icon name="activity"/>
                "Train a model"
            </a>
        }
    });
    match part {
        Part::Datasets => view! {
            <EmptyState
                icon="database"
                title="No datasets yet"
                text="A dataset is a table with versions: each upload makes one, none is ever \
                      overwritten, and every earlier one can be made current again."
            >
                {upload}
            </EmptyState>
        }
        .into_any(),
        Part::Models => view! {
            <EmptyState
                icon="box"
                title="No models yet"
                text="A model predicts one column of a dataset from the others. Each training \
                      makes a version, measured on rows that it has not seen."
            >
                {train}
            </EmptyState>
        }
        .into_any(),
        Part::Runs | Part::Overview | Part::Members | Part::Settings => view! {
            <EmptyState
                icon="activity"
                title="No runs yet"
                text="A run is one training with its settings, curves, log and result. All of \
                      them stay here to be compared."
            >
                {train}
            </EmptyState>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_list_says_what_is_shown() {
        let query = ListQuery {
            limit: None,
            cursor: Some("50".into()),
            q: Some("a b".into()),
            sort: Some("-name".into()),
        };
        let whole = address("/a/b/runs", &query, ("status", "failed"));
        assert_eq!(whole, "/a/b/runs?q=a%20b&status=failed&sort=-name&offset=50");
        let plain = address("/a/b/runs", &ListQuery::default(), ("status", ""));
        assert_eq!(plain, "/a/b/runs");
    }
}
