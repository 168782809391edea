//! The data of a dataset's page.

use super::ask::Ask;
use super::row::OneRow;
use crate::Failure;
use leptos::prelude::*;
use mlhub_domain::access::Role;
use mlhub_domain::datasets::{Dataset, DatasetPath, DatasetVersion, VersionState};
use mlhub_domain::jobs::Job;
use mlhub_domain::lists::List;
use mlhub_domain::profile::Profile;
use mlhub_domain::tables::{Filter, RejectedPage, Rows, RowsQuery, Sort};

/// Rows on a page.
pub(super) const ROWS: u32 = 100;
/// The most columns of the table on the page; the download has all.
pub(super) const COLUMNS: usize = 60;

/// What the page shows.
pub(super) struct Looked {
    /// The dataset.
    pub(super) dataset: Dataset,
    /// What the one who asks may do; `None` for a visitor without a role.
    pub(super) role: Option<Role>,
    /// The version that is looked at; `None` before the first upload.
    pub(super) version: Option<DatasetVersion>,
    /// The job that reads the newest version, while there is one.
    pub(super) job: Option<Job>,
    /// Statistics of the version that is looked at, once it is ready.
    pub(super) profile: Option<Profile>,
    /// What was asked for.
    pub(super) ask: Ask,
    /// The part that is shown.
    pub(super) content: Content,
}

/// What a part of the page needs besides the profile.
pub(super) enum Content {
    /// Nothing.
    Nothing,
    /// Rows, or why they could not be had as they were asked for.
    Rows(Result<Table, String>),
    /// Versions.
    Versions(List<DatasetVersion>),
    /// Rejected cells and rows.
    Rejected(RejectedPage),
    /// The address of this server, for snippets.
    Origin(String),
}

/// Rows on a page.
pub(super) struct Table {
    /// The rows.
    pub(super) rows: Rows,
    /// The one that is looked at by itself, if one is and it is there.
    pub(super) row: Option<OneRow>,
}

impl Looked {
    /// Where the dataset is.
    pub(super) fn at(&self) -> DatasetPath {
        self.dataset.path()
    }

    /// Whether the one who asks may upload, train and roll back.
    pub(super) fn edits(&self) -> bool {
        self.role >= Some(Role::Edit)
    }

    /// The version that is looked at, if it can be.
    pub(super) fn ready(&self) -> Option<&DatasetVersion> {
        self.version.as_ref().filter(|version| version.state == VersionState::Ready)
    }
}

/// Fetches it.
pub(super) async fn show_dataset(at: DatasetPath, ask: Ask) -> Result<Looked, Failure> {
    on_server!({
        use super::ask::Part;
        use mlhub_hub::{Error, IfFound as _, datasets, projects};
        let (hub, actor) = crate::ssr::caller()?;
        let number = match ask.version.as_str() {
            "" => None,
            text => {
                let nowhere = |_| Error::not_found(format!("{}, version {text}", at.page()));
                Some(text.parse::<u32>().map_err(nowhere)?)
            }
        };
        let datasets::Moment { dataset, version } =
            datasets::moment(&hub, &actor, &at, number).await?;
        // A dataset may be seen by more people than its project is.
        let role = projects::get(&hub, &actor, &at.project()).await.if_found()?;
        let role = role.and_then(|project| project.role);
        // Who may change nothing has no such tab.
        let closed = ask.part() == Part::Settings && role < Some(Role::Edit);
        let ask = if closed { Ask { tab: String::new(), ..ask } } else { ask };
        let processing = |v: &&DatasetVersion| v.state == VersionState::Processing;
        let job = match dataset.latest.as_ref().filter(processing) {
            Some(latest) => reading_job(latest).await?,
            None => None,
        };
        let ready = version.as_ref().filter(|version| version.state == VersionState::Ready);
        let profile = match ready {
            Some(ready) => Some(datasets::profile(&hub, &actor, &at, ready.version).await?),
            None => None,
        };
        let content = content(&at, ready, &ask).await?;
        Ok(Looked { dataset, role, version, job, profile, ask, content })
    })
}

/// The job that reads a version, while there is one.
pub(in crate::pages) async fn reading_job(
    version: &DatasetVersion,
) -> Result<Option<Job>, Failure> {
    on_server!({
        use mlhub_hub::IfFound as _;
        let Some(job) = version.job else { return Ok(None) };
        let (hub, actor) = crate::ssr::caller()?;
        // Who sees the dataset without the project sees it without its jobs.
        Ok(mlhub_hub::jobs::get(&hub, &actor, job).await.if_found()?)
    })
}

/// The part of the page that is asked for; `ready` is the version that is looked at, if it can be.
async fn content(
    at: &DatasetPath,
    ready: Option<&DatasetVersion>,
    ask: &Ask,
) -> Result<Content, Failure> {
    on_server!({
        use super::ask::Part;
        use mlhub_domain::lists::ListQuery;
        use mlhub_hub::datasets;
        let (hub, actor) = crate::ssr::caller()?;
        Ok(match (ask.part(), ready) {
            (Part::Versions, _) => {
                let cursor = Some(ask.offset.clone()).filter(|offset| !offset.is_empty());
                let query = ListQuery { cursor, ..ListQuery::default() };
                Content::Versions(datasets::versions(&hub, &actor, at, &query).await?)
            }
            (Part::Data, Some(ready)) => Content::Rows(table(at, ready, ask).await?),
            (Part::Rejected, Some(ready)) => {
                let page = (ask.before(), ROWS);
                let found = datasets::rejected(&hub, &actor, at, ready.version, page).await?;
                Content::Rejected(found)
            }
            (Part::Use, _) => Content::Origin(crate::ssr::origin()),
            (Part::Data | Part::Profile | Part::Rejected | Part::Settings, _) => Content::Nothing,
        })
    })
}

/// The rows of a version, and the one that is looked at by itself; or why they cannot be had.
async fn table(
    at: &DatasetPath,
    version: &DatasetVersion,
    ask: &Ask,
) -> Result<Result<Table, String>, Failure> {
    on_server!({
        use mlhub_domain::problem::Kind;
        use mlhub_hub::datasets;
        let (hub, actor) = crate::ssr::caller()?;
        let query = match query(version, ask) {
            Ok(query) => query,
            Err(why) => return Ok(Err(why)),
        };
        let rows = match datasets::rows(&hub, &actor, at, version.version, query.clone()).await {
            Ok(rows) => rows,
            Err(error) if error.kind() == Kind::Invalid => {
                return Ok(Err(error.problem().detail.clone()));
            }
            Err(error) => return Err(error.into()),
        };
        let Some(place) = ask.place() else { return Ok(Ok(Table { rows, row: None })) };
        let row = OneRow::among(&rows, &query, place);
        if row.is_some() && query.columns.is_empty() {
            return Ok(Ok(Table { rows, row }));
        }
        // Elsewhere, or wider than the table on the page.
        let one = RowsQuery { offset: place - 1, limit: 1, columns: Vec::new(), ..query };
        let alone = datasets::rows(&hub, &actor, at, version.version, one.clone()).await?;
        Ok(Ok(Table { rows, row: OneRow::among(&alone, &one, place) }))
    })
}

/// What is asked for of the rows of a version, or why that cannot be read.
fn query(version: &DatasetVersion, ask: &Ask) -> Result<RowsQuery, String> {
    let filters = ask.filters.iter().map(|text| text.parse::<Filter>());
    let filters = filters.collect::<Result<_, _>>().map_err(|bad| format!("{bad}."))?;
    let sort = Some(ask.sort.as_str()).filter(|key| !key.is_empty()).map(Sort::from);
    let shown = if version.columns.len() > COLUMNS { COLUMNS } else { 0 };
    Ok(RowsQuery {
        offset: ask.before(),
        limit: ROWS,
        columns: version.columns.iter().take(shown).map(|c| c.name.clone()).collect(),
        filters,
        search: Some(ask.q.clone()).filter(|text| !text.is_empty()),
        sort: sort.into_iter().collect(),
    })
}

/// How far the reading of a version is.
#[server(prefix = "/fn", endpoint = "datasets/progress")]
pub(super) async fn reading_progress(
    at: DatasetPath,
    version: u32,
) -> Result<(VersionState, Option<Job>), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    let version = mlhub_hub::datasets::version(&hub, &actor, &at, version).await?;
    Ok((version.state, reading_job(&version).await?))
}

/// Makes a version the one that is shown and used.
#[server(prefix = "/fn", endpoint = "datasets/make-current")]
pub(super) async fn make_current(at: DatasetPath, version: u32) -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    mlhub_hub::datasets::make_current(&hub, &actor, &at, version).await?;
    Ok(())
}
