//! A project to look around in.

use super::NewProject;
use super::create::make;
use crate::{Actor, Error, Hub, access, datasets, db};
use bytes::Bytes;
use db::AsyncConnection as _;
use db::grant::Edit;
use mlhub_domain::access::Visibility;
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::names::{DatasetName, ProjectName};
use mlhub_domain::problem::Code;

/// 150 irises, measured by Edgar Anderson and published by R. A. Fisher in 1936: public domain.
const IRIS: &[u8] = include_bytes!("../../../../fixtures/sample/iris.csv");

/// How many projects of this name somebody may have before it becomes too many.
const MOST: u32 = 20;

/// Makes a private project with a small dataset in it, ready to train on once its job has read it:
/// all of that, or nothing. It is called `flowers`, or the first of `flowers-2`, `flowers-3`, … that
/// is free.
///
/// # Errors
/// `Unauthenticated`; `ProjectNameTaken` when one has made it again and again.
pub async fn sample(hub: &Hub, actor: &Actor) -> Result<DatasetPath, Error> {
    access::account::<Edit>(actor)?;
    let bytes = futures_util::stream::once(async { Ok(Bytes::from_static(IRIS)) });
    let stored = datasets::store(hub, hub.settings().upload_limit, bytes).await?;
    let name = "iris".parse::<DatasetName>().expect("a plain word is a name");
    let description =
        "Length and width of sepals and petals of 150 irises of three species.".into();
    let iris = datasets::New { name, description, visibility: None };
    let mut number = 1;
    loop {
        let name = if number == 1 { "flowers".to_owned() } else { format!("flowers-{number}") };
        let flowers = NewProject {
            name: name.parse::<ProjectName>().expect("a word and a number are a name"),
            visibility: Visibility::Private,
            description: "A sample: predict the species of an iris from four measurements. Data: Fisher, 1936; public domain.".into(),
        };
        let mut conn = hub.conn().await?;
        let made = conn.transaction(async |conn| {
            let at = make(hub, conn, actor, &flowers).await?;
            let (new, file) = ((&at, &iris), (&stored, "iris.csv"));
            datasets::create_from(hub, conn, actor, new, file).await?;
            Ok::<_, Error>(at.dataset(iris.name.clone()))
        });
        match made.await {
            Err(error) if error.problem().code == Code::ProjectNameTaken && number < MOST => {
                number += 1;
            }
            made => return made,
        }
    }
}
