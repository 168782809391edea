//! The lists of a project: searched, sorted and paged by the address.

use super::frame::{Part, ProjectPage};
use super::tables::{DatasetTable, ModelTable, RunTable};
use crate::components::{EmptyState, Icon, Pager, SortLink, with_query};
use crate::{Failure, load, routes};
use leptos::prelude::*;
use mlhub_domain::access::Role;
use mlhub_domain::dashboard::{DatasetCard, ModelCard, RunCard};
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::projects::{Project, ProjectPath};

/// A project and a page of one of its lists.
struct Content<T> {
    project: Project,
    query: ListQuery,
    list: List<T>,
}

/// Datasets of a project.
async fn datasets(at: ProjectPath, query: ListQuery) -> Result<Content<DatasetCard>, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        let project = mlhub_hub::projects::get(&hub, &actor, &at).await?;
        let list =
            mlhub_hub::datasets::list(&hub, &actor, &at, &query).await?.map(DatasetCard::from);
        Ok(Content { project, query, list })
    })
}

/// Models of a project.
async fn models(at: ProjectPath, query: ListQuery) -> Result<Content<ModelCard>, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        let project = mlhub_hub::projects::get(&hub, &actor, &at).await?;
        let list = mlhub_hub::models::list(&hub, &actor, &at, &query).await?.map(ModelCard::from);
        Ok(Content { project, query, list })
    })
}

/// Runs of a project.
async fn runs(at: ProjectPath, query: ListQuery) -> Result<Content<RunCard>, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        let project = mlhub_hub::projects::get(&hub, &actor, &at).await?;
        let listing = mlhub_hub::runs::Listing { query: query.clone(), ..Default::default() };
        let list = mlhub_hub::runs::list(&hub, &actor, &at, &listing).await?;
        Ok(Content { project, query, list: list.map(|run| RunCard::new(&at, run)) })
    })
}

/// `/{owner}/{project}/datasets`
#[component]
pub fn ProjectDatasets() -> impl IntoView {
    let fetch = |(at, query)| datasets(at, query);
    load(routes::listing(), fetch, |content| {
        let show = |items, head: AnyView| view! { <DatasetTable items head/> }.into_any();
        let heads = [
            Column::sorted("name", "Dataset"),
            Column::number("Rows"),
            Column::number("Columns"),
            Column::number("Version"),
            Column::plain("Seen by"),
            Column::sorted("updated", "Updated"),
        ];
        page(content, Part::Datasets, "datasets", &heads, show)
    })
}

/// `/{owner}/{project}/models`
#[component]
pub fn ProjectModels() -> impl IntoView {
    let fetch = |(at, query)| models(at, query);
    load(routes::listing(), fetch, |content| {
        let show = |items, head: AnyView| view! { <ModelTable items head/> }.into_any();
        let heads = [
            Column::sorted("name", "Model"),
            Column::plain("Predicts"),
            Column::number("Measured"),
            Column::number("Against the baseline"),
            Column::number("Version"),
            Column::plain("Seen by"),
            Column::plain("Updated"),
        ];
        page(content, Part::Models, "models", &heads, show)
    })
}

/// `/{owner}/{project}/runs`
#[component]
pub fn ProjectRuns() -> impl IntoView {
    let fetch = |(at, query)| runs(at, query);
    load(routes::listing(), fetch, |content| {
        let show = |items, head: AnyView| view! { <RunTable items head/> }.into_any();
        let heads = [
            Column::sorted("run", "Run"),
            Column::plain("Status"),
            Column::plain("Model"),
            Column::plain("Trained on"),
            Column::number("Measured"),
            Column::number("Took"),
            Column::plain("Started"),
        ];
        page(content, Part::Runs, "runs", &heads, show)
    })
}

/// The head of a column.
struct Column {
    key: Option<&'static str>,
    word: &'static str,
    number: bool,
}

impl Column {
    const fn plain(word: &'static str) -> Self {
        Self { key: None, word, number: false }
    }

    const fn number(word: &'static str) -> Self {
        Self { key: None, word, number: true }
    }

    const fn sorted(key: &'static str, word: &'static str) -> Self {
        Self { key: Some(key), word, number: false }
    }

    fn view(&self, address: &str, sort: &str) -> AnyView {
        let class = self.number.then_some("num");
        let Some(key) = self.key else {
            return view! { <th class=class>{self.word}</th> }.into_any();
        };
        let order = match sort.strip_prefix('-') {
            Some(falling) if falling == key => Some("descending"),
            None if sort == key => Some("ascending"),
            Some(_) | None => None,
        };
        view! {
            <th class=class aria-sort=order>
                <SortLink address=address sort=sort key=key label=self.word/>
            </th>
        }
        .into_any()
    }
}

/// A list with its search, its table and its pages; or what it is for, while there is nothing.
fn page<T>(
    content: Content<T>,
    part: Part,
    noun: &'static str,
    columns: &[Column],
    table: impl FnOnce(Vec<T>, AnyView) -> AnyView,
) -> AnyView {
    let Content { project, query, list } = content;
    let path = format!("{}/{noun}", project.path().page());
    let q = query.q.clone().unwrap_or_default();
    let sort = query.sort.clone().unwrap_or_default();
    let address = address(&path, &query);
    let body = if list.items.is_empty() && q.is_empty() && query.offset() == 0 {
        nothing_yet(&project, part)
    } else if list.items.is_empty() {
        no_match(noun, &q, path.clone())
    } else {
        let head = columns.iter().map(|column| column.view(&address, &sort)).collect_view();
        table(list.items, head.into_any())
    };
    let (offset, limit) = (query.offset(), u64::from(query.limit()));
    let around = (list.total > 0 || !q.is_empty()).then(|| {
        view! { <Search path=path noun=noun q=q sort=sort/> }
    });
    let pager = (list.total > 0)
        .then(|| view! { <Pager address=address offset limit total=list.total noun/> });
    view! {
        <ProjectPage project part>
            {around}
            {body}
            {pager}
        </ProjectPage>
    }
    .into_any()
}

/// The address of this part of the list.
fn address(path: &str, query: &ListQuery) -> String {
    let keys = [("q", &query.q), ("sort", &query.sort), ("offset", &query.cursor)];
    keys.into_iter()
        .fold(path.to_owned(), |address, (key, value)| with_query(&address, key, value.as_deref()))
}

/// A field that narrows the list by name; the order stays.
#[component]
fn Search(path: String, noun: &'static str, q: String, sort: String) -> impl IntoView {
    let kept = (!sort.is_empty()).then(|| view! { <input type="hidden" name="sort" value=sort/> });
    view! {
        <form method="get" action=path class="toolbar" role="search">
            <input
                type="search"
                name="q"
                value=q
                placeholder="Find by name"
                aria-label=format!("Find {noun} by name")
            />
            {kept}
            <button class="btn">"Find"</button>
        </form>
    }
}

fn no_match(noun: &str, q: &str, path: String) -> AnyView {
    view! {
        <EmptyState
            icon="search"
            title=format!("No {noun} match")
            text=format!("Nothing here is called like “{q}”.")
        >
            <a class="btn" href=path>
                "Show all"
            </a>
        </EmptyState>
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
        assert_eq!(address("/a/b/runs", &query), "/a/b/runs?q=a%20b&sort=-name&offset=50");
        assert_eq!(address("/a/b/runs", &ListQuery::default()), "/a/b/runs");
    }
}
