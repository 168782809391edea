//! Which address shows which page. Every route renders completely before the first byte is sent
//! (`SsrMode::Async`): status, title and cookies may depend on the data, and nothing needs script.

use crate::pages::{
    Appearance, DashboardPage, DatasetPage, Design, Docs, Explore, Landing, LogInPage, Members,
    ModelPage, NewDataset, NewModel, NewProject, NotFound, OwnerPage, Profile, ProjectDatasets,
    ProjectHome, ProjectModels, ProjectRuns, ProjectSettings, RunPage, Security, SetUpPage,
    SignUpPage, Tokens,
};
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route};
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::params::ParamsMap;
use leptos_router::{SsrMode, path};
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::lists::ListQuery;
use mlhub_domain::models::ModelPath;
use mlhub_domain::names::OwnerName;
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::RunPath;
use std::str::FromStr;

/// All pages.
#[component]
pub fn Routing() -> impl IntoView {
    view! {
        <FlatRoutes fallback=NotFound>
            <Route path=path!("/") view=Landing ssr=SsrMode::Async/>
            <Route path=path!("/login") view=LogInPage ssr=SsrMode::Async/>
            <Route path=path!("/signup") view=SignUpPage ssr=SsrMode::Async/>
            <Route path=path!("/setup") view=SetUpPage ssr=SsrMode::Async/>
            <Route path=path!("/design") view=Design ssr=SsrMode::Async/>
            <Route path=path!("/docs") view=Docs ssr=SsrMode::Async/>
            <Route path=path!("/explore") view=Explore ssr=SsrMode::Async/>
            <Route path=path!("/dashboard") view=DashboardPage ssr=SsrMode::Async/>
            <Route path=path!("/dashboard/new") view=NewProject ssr=SsrMode::Async/>
            <Route path=path!("/settings") view=Profile ssr=SsrMode::Async/>
            <Route path=path!("/settings/appearance") view=Appearance ssr=SsrMode::Async/>
            <Route path=path!("/settings/security") view=Security ssr=SsrMode::Async/>
            <Route path=path!("/settings/tokens") view=Tokens ssr=SsrMode::Async/>
            <Route path=path!("/:owner") view=OwnerPage ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project") view=ProjectHome ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project/datasets") view=ProjectDatasets ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project/models") view=ProjectModels ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project/runs") view=ProjectRuns ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project/members") view=Members ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project/upload") view=NewDataset ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project/datasets/:name") view=DatasetPage ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project/train") view=NewModel ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project/models/:name") view=ModelPage ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project/runs/:run") view=RunPage ssr=SsrMode::Async/>
            <Route path=path!("/:owner/:project/settings") view=ProjectSettings ssr=SsrMode::Async/>
        </FlatRoutes>
    }
}

/// What the address names, read from the segments that its route calls `owner`, `project`, `name`,
/// `run`. `None` for a segment that cannot be a name: nothing is there then.
pub fn params<T: FromParams>() -> Option<T> {
    use_params_map().with_untracked(T::from_params)
}

/// The value of `key` in the query of the address; empty when it is not there.
pub fn query(key: &str) -> String {
    use_query_map().with_untracked(|map| map.get(key)).unwrap_or_default()
}

/// Which part of a list the query of the address asks for: `q`, `sort`, `offset`. An offset that is
/// no number is the start.
pub fn list() -> ListQuery {
    let get = |key| Some(query(key)).filter(|text| !text.is_empty());
    let cursor = get("offset").filter(|offset| offset.parse::<u64>().is_ok());
    ListQuery { limit: None, cursor, q: get("q"), sort: get("sort") }
}

/// What the address names together with the part of the list that its query asks for.
pub fn listing<T: FromParams>() -> Option<(T, ListQuery)> {
    Some((params()?, list()))
}

/// A thing that the segments of an address name.
pub trait FromParams: Sized {
    /// Reads it; `None` when a segment is missing or cannot be a name.
    fn from_params(map: &ParamsMap) -> Option<Self>;
}

/// The segment `key`, parsed.
pub fn segment<T: FromStr>(map: &ParamsMap, key: &str) -> Option<T> {
    map.get_str(key)?.parse().ok()
}

impl FromParams for OwnerName {
    fn from_params(map: &ParamsMap) -> Option<Self> {
        segment(map, "owner")
    }
}

impl FromParams for ProjectPath {
    fn from_params(map: &ParamsMap) -> Option<Self> {
        Some(Self { owner: segment(map, "owner")?, project: segment(map, "project")? })
    }
}

impl FromParams for DatasetPath {
    fn from_params(map: &ParamsMap) -> Option<Self> {
        let ProjectPath { owner, project } = ProjectPath::from_params(map)?;
        Some(Self { owner, project, name: segment(map, "name")? })
    }
}

impl FromParams for ModelPath {
    fn from_params(map: &ParamsMap) -> Option<Self> {
        let ProjectPath { owner, project } = ProjectPath::from_params(map)?;
        Some(Self { owner, project, name: segment(map, "name")? })
    }
}

impl FromParams for RunPath {
    fn from_params(map: &ParamsMap) -> Option<Self> {
        let ProjectPath { owner, project } = ProjectPath::from_params(map)?;
        Some(Self { owner, project, run: segment(map, "run")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_run() {
        let mut map = ParamsMap::new();
        map.insert("owner", "ada".into());
        map.insert("project", "titanic".into());
        map.insert("run", "7".into());
        assert_eq!(RunPath::from_params(&map).unwrap().page(), "/ada/titanic/runs/7");
        map.insert("owner", "Not A Name".into());
        assert_eq!(RunPath::from_params(&map), None);
    }
}
