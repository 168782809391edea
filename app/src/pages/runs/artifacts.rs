//! What one can take away of a run.

use crate::components::{Card, Hash, Icon};
use crate::format;
use leptos::prelude::*;
use mlhub_domain::runs::{Artifact, ArtifactKind};

/// The files of a run, each to be downloaded.
#[component]
pub(super) fn ArtifactsCard(artifacts: Vec<Artifact>) -> impl IntoView {
    let files = artifacts.into_iter().map(file).collect_view();
    view! {
        <Card title="Artifacts" id="artifacts">
            <ul class="files" role="list">
                {files}
            </ul>
        </Card>
    }
    .into_any()
}

fn file(artifact: Artifact) -> AnyView {
    let what = match artifact.kind {
        ArtifactKind::Model => "the model",
        ArtifactKind::Evaluation => "its evaluation, as JSON",
        ArtifactKind::Log => "the whole log, as text",
    };
    let size = artifact.size.map(|size| format!(", {}", format::bytes(size)));
    let hash = artifact.sha256.map(|sha256| view! { <Hash digest=sha256.to_string()/> });
    let (name, href) = (artifact.name.clone(), artifact.href);
    view! {
        <li>
            <a href=href download=artifact.name>
                <Icon name="download"/>
                {name}
            </a>
            <span class="muted small">{what} {size}</span>
            {hash}
        </li>
    }
    .into_any()
}
