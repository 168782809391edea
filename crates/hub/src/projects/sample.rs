//! A project to look around in.

use super::{NewProject, create};
use crate::{Actor, Error, Hub, datasets};
use bytes::Bytes;
use mlhub_domain::access::Visibility;
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::names::{DatasetName, ProjectName};
use mlhub_domain::problem::Code;
use mlhub_domain::projects::ProjectPath;

/// 150 irises, measured by Edgar Anderson and published by R. A. Fisher in 1936: public domain.
const IRIS: &[u8] = include_bytes!("../../../../fixtures/sample/iris.csv");

/// How many projects of this name somebody may have before it becomes too many.
const MOST: u32 = 20;

/// Makes a private project with a small dataset in it, ready to train on once its job has read it.
///
/// # Errors
/// `Unauthenticated`; `ProjectNameTaken` when one has made it again and again.
pub async fn sample(hub: &Hub, actor: &Actor) -> Result<DatasetPath, Error> {
    let project = make(hub, actor).await?;
    let name = "iris".parse::<DatasetName>().expect("a plain word is a name");
    let description = "Length and width of sepals and petals of 150 irises of three species.";
    let new =
        datasets::New { name: name.clone(), description: description.into(), visibility: None };
    datasets::create(hub, actor, &project, &new, None).await?;
    let at = project.dataset(name);
    let bytes = futures_util::stream::once(async { Ok(Bytes::from_static(IRIS)) });
    let file = datasets::Incoming { name: "iris.csv", key: None, bytes };
    datasets::upload(hub, actor, &at, file).await?;
    Ok(at)
}

/// `flowers`, or the first of `flowers-2`, `flowers-3`, … that is free.
async fn make(hub: &Hub, actor: &Actor) -> Result<ProjectPath, Error> {
    let mut number = 1;
    loop {
        let name = if number == 1 { "flowers".to_owned() } else { format!("flowers-{number}") };
        let new = NewProject {
            name: name.parse::<ProjectName>().expect("a word and a number are a name"),
            visibility: Visibility::Private,
            description: "A sample: predict the species of an iris from four measurements. Data: Fisher, 1936; public domain.".into(),
        };
        match create(hub, actor, &new, None).await {
            Ok(project) => return Ok(project.path()),
            Err(error) if error.problem().code == Code::ProjectNameTaken && number < MOST => {
                number += 1;
            }
            Err(error) => return Err(error),
        }
    }
}
